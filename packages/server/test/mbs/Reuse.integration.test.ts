/** Reuse through the whole server and the local farm: a second build takes over what did not change. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Path from "node:path"
import * as SmallProcess from "../../../../tooling/SmallProcess.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import * as SpecFile from "../support/SpecFile.ts"
import * as TestServer from "../support/TestServer.ts"

const missing = ["rpmbuild", "createrepo_c"].filter((program) => !SmallProcess.isInstalled(program))

describe(`reuse on the local farm${missing.length === 0 ? "" : ` [skipped: ${missing.join(", ")} not installed]`}`, () => {
  it.live.skipIf(missing.length > 0)("takes over components that did not change", () =>
    Effect.gen(function*() {
      const { git, url } = yield* TestServer.start({
        ORCH_RECONCILE_INTERVAL: "300",
        ORCH_REBUILD_STRATEGY: "only-changed"
      })
      const [same, changed] = ["same", "changed"].map((name) => TestRepository.make(Path.join(git, "rpms", name)))
      same!.commit({ "same.spec": SpecFile.make("same") })
      changed!.commit({ "changed.spec": SpecFile.make("changed") })
      const module = TestRepository.make(Path.join(git, "modules", "pair"))
      module.git("checkout", "--quiet", "-b", "1")
      const text = TestServer.modulemd({
        same: ["ref: main", "buildorder: 1"],
        changed: ["ref: main", "buildorder: 2"]
      })
        .replace("name: demo", "name: pair").replace("  stream: \"1\"\n", "")
      const submit = (time: number) =>
        Effect.promise(async () => {
          const commit = module.commit({ "pair.yaml": text, note: `${time}` }, time)
          const response = await fetch(`${url}/module-build-service/1/module-builds/?wait=200`, {
            method: "POST",
            body: JSON.stringify({ scmurl: `${module.url}?#${commit}`, branch: "1" })
          })
          return await response.json() as any
        })
      const first = yield* submit(1_700_000_000)
      assert.strictEqual(first.state_name, "ready", first.state_reason)
      changed!.commit({ "changed.spec": SpecFile.make("changed", { version: 2 }) })
      const second = yield* submit(1_700_000_100)
      assert.strictEqual(second.state_name, "ready", second.state_reason)
      assert.deepStrictEqual(second.tasks.rpms.same, {
        ...first.tasks.rpms.same,
        state_reason: second.tasks.rpms.same.state_reason
      })
      assert.notStrictEqual(second.tasks.rpms.changed.nvr, first.tasks.rpms.changed.nvr)
      assert.deepInclude(second, { batch: 3, reused_module_id: first.id })
      assert.strictEqual(second.tasks.rpms.same.state_reason, "Reused component from previous module build")
      const get = (query: string) =>
        Effect.promise(async () =>
          (await (await fetch(`${url}/module-build-service/1/component-builds/?${query}`)).json() as any).items
        )
      const tagged = yield* get(`module_build=${second.id}&tagged=true&tagged_in_final=1&order_by=package`)
      assert.deepStrictEqual(tagged.map((one: any) => one.package), ["changed", "same"])
      const [source] = yield* get(`module_build=${first.id}&package=same`)
      assert.deepStrictEqual(
        (yield* get(`reused_component_id=${source.id}`)).map((one: any) => [one.module_build, one.package]),
        [[second.id, "same"]]
      )
      const { messages } = yield* Effect.promise(async () =>
        await (await fetch(`${url}/module-build-service/1/module-builds/${second.id}/messages?per_page=100`))
          .json() as any
      )
      const texts: ReadonlyArray<string> = messages.map(({ message }: any) => message)
      assert.isTrue(
        texts.some((text) =>
          text.startsWith("The component changed: Cannot reuse the component because the commit hash")
        ),
        texts.join("\n")
      )
      assert.include(texts, `The component same is in state built: Reused from module build ${first.id}`)
      const final = yield* Effect.promise(async () =>
        await (await fetch(`${url}/module-build-service/1/final-modulemd/${second.id}`)).json() as Record<
          string,
          string
        >
      )
      const [document] = Object.values(final)
      assert.include(document, first.tasks.rpms.same.nvr.replace(/-1-/, "-0:1-"))
      assert.include(document, "changed-0:2-")

      // The first API takes over what it can as well, and everybody can ask why.
      module.commit({ "pair.yaml": text, note: "3" }, 1_700_000_200)
      const call = (path: string, init?: RequestInit) =>
        Effect.promise(async () => await (await fetch(`${url}${path}`, init)).json() as any)
      const { id } = yield* call("/rida/module-builds/", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ scmurl: `${module.url}?#1` })
      })
      const third = yield* call(`/rida/module-builds/${id}`).pipe(
        Effect.repeat({ until: ({ state }) => state === "ready" || state === "failed", schedule: Schedule.spaced(200) })
      )
      const nvrs = [second.tasks.rpms.changed.nvr, second.tasks.rpms.same.nvr].map((nvr) => `rpms/${nvr}`)
      assert.deepStrictEqual([third.state, Object.keys(third.tasks).sort()], ["ready", nvrs])
      const explained = yield* call(`/module-build-service/1/module-builds/${second.id}/explain`)
      const reuse = new Map<string, string>(explained.components.map((one: any) => [one.component, one.reuse]))
      assert.strictEqual(reuse.get("same"), "Nothing that counts has changed")
      assert.include(reuse.get("changed"), "the commit hash changed")
    }).pipe(Effect.scoped), 400_000)
})
