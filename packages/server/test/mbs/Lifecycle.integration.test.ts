/**
 * What the Module Build Service's face tells of builds while they live and after: real builds on the local farm, with the
 * states, reasons and flags that the original records in the same situations.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as SmallProcess from "../../../../tooling/SmallProcess.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import * as SpecFile from "../support/SpecFile.ts"
import * as TestServer from "../support/TestServer.ts"
import * as MbsServer from "./MbsServer.ts"

const missing = ["rpmbuild", "createrepo_c"].filter((program) => !SmallProcess.isInstalled(program))

const document = (name: string, components: ReadonlyArray<string>): string =>
  TestServer.modulemd(
    Object.fromEntries(components.map((component, index) => [component, ["ref: main", `buildorder: ${index}`]]))
  ).replace("name: demo", `name: ${name}`).replace("  summary:", "  version: 7\n  summary:")
    .replace(/ {2}components:\n {4}rpms:\n$/, "")

const serve = Effect.gen(function*() {
  const server = yield* MbsServer.start({
    ORCH_RECONCILE_INTERVAL: "300",
    ORCH_ALLOW_SCRATCH: "true",
    ORCH_ALLOW_YAML: "true",
    // Whether a component builds is told by a file outside of its tree.
    ORCH_LOCAL_SANDBOX: "off"
  })
  const flag = Path.join(server.git, "flag")
  const scripts = { sound: "true", moody: `test -e ${flag}`, slow: "sleep 60" }
  for (const [name, script] of Object.entries(scripts)) {
    TestRepository.make(Path.join(server.git, "rpms", name)).commit({
      [`${name}.spec`]: SpecFile.make(name, { build: script })
    })
  }
  const one = (id: number) =>
    Effect.map(server.call("GET", `/module-build-service/1/module-builds/${id}?verbose=1`), ({ body }) => body)
  const until = (id: number, isReached: (build: any) => boolean) =>
    Effect.repeat(one(id), { until: isReached, schedule: Schedule.spaced("100 millis") })
  const submit = (name: string, components: ReadonlyArray<string>, more = {}, query = "") =>
    Effect.map(server.submit({ modulemd: document(name, components), ...more }, query), ({ body }) => body[0])
  return { ...server, lift: () => Fs.writeFileSync(flag, ""), one, submit, until }
})

const trace = (build: any) => build.state_trace.map(({ reason, state_name }: any) => [state_name, reason])
const plainly = (...states: ReadonlyArray<string>) => states.map((state) => [state, null])

describe(`the life of a build${missing.length === 0 ? "" : ` [skipped: ${missing.join(", ")} not installed]`}`, () => {
  it.live.skipIf(missing.length > 0)("that fails and is resubmitted", () =>
    Effect.gen(function*() {
      const { call, lift, submit, until } = yield* serve
      const failed = yield* submit("retried", ["sound", "moody", "slow"], {}, "?wait=120")
      const reason = "Component(s) moody failed to build."
      assert.deepInclude(failed, { state_name: "failed", state_reason: reason, batch: 3 })
      assert.deepStrictEqual(trace(failed), [...plainly("init", "wait", "build"), ["failed", reason]])
      const { moody, slow, sound } = failed.tasks.rpms
      assert.deepStrictEqual([sound.state, moody.state, slow.state], [1, 3, 3])
      assert.deepStrictEqual(slow, { task_id: null, state: 3, state_reason: reason, nvr: null })
      const tagged = yield* call(
        "GET",
        `/module-build-service/1/component-builds/?module_build=${failed.id}&tagged=true`
      )
      assert.deepStrictEqual(tagged.body.items.map((component: any) => component.package), ["sound"])

      lift()
      const resumed = yield* submit("retried", ["sound", "moody", "slow"], { owner: "bob" })
      assert.deepInclude(resumed, { id: failed.id, state_reason: "Resubmitted by bob", owner: "anonymous" })
      const going = yield* until(failed.id, ({ tasks }) => tasks.rpms.slow.state === 0)
      assert.deepInclude(going, { state_reason: "Resubmitted by bob", time_completed: null, batch: 4 })
      assert.deepStrictEqual(trace(going).slice(4), [["wait", "Resubmitted by bob"], ["build", null]])
      assert.strictEqual(going.tasks.rpms.sound.task_id, sound.task_id)

      const patch = { state: "failed", owner: "anonymous" }
      const canceled = yield* call("PATCH", `/module-build-service/1/module-builds/${failed.id}`, patch)
      assert.deepInclude(canceled.body, { state_name: "failed", state_reason: "Canceled by anonymous.", batch: 4 })
      assert.deepInclude(canceled.body.tasks.rpms.slow, { state: 3, state_reason: "Canceled by anonymous." })
    }).pipe(Effect.scoped), 400_000)

  it.live.skipIf(missing.length > 0)("that has no components, and one that is scratch", () =>
    Effect.gen(function*() {
      const { call, submit } = yield* serve
      const empty = yield* submit("empty", [], {}, "?wait=120")
      assert.deepInclude(empty, { state_name: "ready", state_reason: null, batch: 0, tasks: {} })
      assert.deepStrictEqual(trace(empty), plainly("init", "wait", "build", "done", "ready"))
      assert.match(empty.koji_tag, /^module-empty-1-97-/)
      const scratch = yield* submit("tried", ["sound"], { scratch: true }, "?wait=120")
      assert.deepInclude(scratch, { state_name: "done", state_reason: null, batch: 2 })
      assert.deepStrictEqual(trace(scratch), plainly("init", "wait", "build", "done"))
      assert.match(scratch.koji_tag, /^scrmod-tried-1-97-[0-9a-f]{8}_1\+\d+$/)
      const flags = `module_build=${scratch.id}&tagged=true&tagged_in_final=true`
      const tagged = yield* call("GET", `/module-build-service/1/component-builds/?${flags}`)
      assert.strictEqual(tagged.body.meta.total, 1)
    }).pipe(Effect.scoped), 400_000)
})
