/**
 * Nodes that die in the middle of builds, report twice, and report late: each task counts once, and every build ends with the right packages,
 * those without architecture and the tests once.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FaceServer from "./FaceServer.ts"

const names = ["one", "two", "three"]
const arches = ["i686", "x86_64", "aarch64"]
const builds = 2
const nodes = 8
/** Seconds a lease lasts, the shortest that can be set. */
const lease = 5

/** The packages of each name once for each architecture, of different bytes, as builds that are repeated have. */
const variants = (() => {
  const first = FaceServer.makePackages(names)
  if (first === undefined) return undefined
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_100)
  const second = FaceServer.makePackages(names)
  return second === undefined ? undefined : [first, second]
})()

/** Numbers that look random and are the same in each run. */
const dice = (seed: number) => () => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
  return seed / 2_147_483_648
}

interface Held {
  readonly task: FaceServer.Task
  readonly artifacts: ReadonlyArray<FaceServer.Reported>
}

describe.skipIf(variants === undefined)("nodes that fail (needs rpmbuild)", () => {
  it.live("cost nothing but time: no task counts twice, and none is lost", () =>
    Effect.scoped(Effect.gen(function*() {
      const server = yield* FaceServer.start({ ORCH_BUILDER_LEASE: String(lease), ORCH_BUILDER_TRIES: "50" })
      yield* server.ask("POST", "/platforms/", "root", { ...FaceServer.platform, name: "wide", arch_list: arches })
      const tokens: Array<string> = []
      for (let node = 0; node < nodes; node++) {
        const { body } = yield* server.send("POST", `/orch/v1/build-nodes/n${node}/token`, "root")
        tokens.push((body as { readonly token: string }).token)
      }
      const say = (token: string, path: string, body: unknown) =>
        Effect.promise(async () => {
          const reply = await fetch(`${server.url}/api/v1/build_node/${path}`, {
            method: "POST",
            headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
            body: JSON.stringify(body)
          })
          return { status: reply.status, body: await reply.json() as unknown }
        })
      const files = new Map<string, FaceServer.Reported>()
      for (const [variant, all] of variants!.entries()) {
        for (const [name, bytes] of all) files.set(`${variant}/${name}`, yield* server.upload("node1", name, bytes))
      }
      const ids: Array<number> = []
      for (let build = 0; build < builds; build++) {
        ids.push(yield* server.submit(names, { platforms: [{ name: "wide", arch_list: arches }] }))
      }
      /** Reports that were taken, by task. */
      const counted = new Map<number, number>()
      const doubtful = new Set<number>()
      const dead: Array<Held & { readonly token: string }> = []
      const bring = Effect.fnUntraced(function*(token: string, { artifacts, task }: Held) {
        const { status } = yield* say(token, "build_done", {
          task_id: task.id,
          status: "done",
          artifacts,
          lease: task.lease
        })
        if (status === 200) counted.set(task.id, (counted.get(task.id) ?? 0) + 1)
        else if (status !== 409) doubtful.add(status)
      })
      let done = false
      const node = Effect.fnUntraced(function*(index: number) {
        const token = tokens[index]!
        const roll = dice(index + 1)
        while (!done) {
          const { body } = yield* say(token, "get_task", { supported_arches: ["src", ...arches], wait: 1 })
          if (body === null) continue
          const task = body as FaceServer.Task
          const name = /([a-z]+)\.git$/.exec(task.ref.url)![1]!
          const variant = roll() < 0.5 ? 0 : 1
          const file = files.get(`${variant}/${name}-1.0-1.${task.arch === "src" ? "src" : "noarch"}.rpm`)!
          const held = { task, artifacts: [file] }
          const chance = roll()
          if (chance < 0.15) {
            // Killed in the middle; what it began is reported by its ghost, later.
            dead.push({ ...held, token })
          } else if (chance < 0.45) {
            yield* Effect.all([bring(token, held), bring(token, held)], { concurrency: 2 })
          } else {
            yield* bring(token, held)
            if (chance < 0.6) {
              yield* say(token, "build_done", { task_id: task.id, status: "failed", artifacts: [], lease: task.lease })
            }
          }
        }
      })
      const ghosts = Effect.gen(function*() {
        while (!done) {
          yield* Effect.sleep(`${lease * 1000 + 2_000} millis`)
          for (const held of dead.splice(0)) yield* bring(held.token, held)
        }
      })
      const watch = Effect.gen(function*() {
        for (const id of ids) yield* server.finished(id)
        done = true
      })
      yield* Effect.all([watch, ghosts, ...Array.from({ length: nodes }, (_, index) => node(index))], {
        concurrency: "unbounded"
      })
      for (const held of dead.splice(0)) yield* bring(held.token, held)
      assert.isEmpty([...doubtful], "reports are taken or late, nothing else")
      const finished = yield* Effect.forEach(ids, (id) =>
        server.until(
          server.get(id),
          ({ tasks }) => tasks.every(({ arch, test_tasks }) => arch === "src" || test_tasks.length > 0)
        ))
      for (const { id, tasks } of finished) {
        assert.lengthOf(tasks, names.length * (arches.length + 1))
        assert.deepStrictEqual(
          [...new Set(tasks.map(({ error, status }) => `${status} ${error}`))],
          ["2 null"],
          `${id}`
        )
        for (const { arch, id: task, test_tasks } of tasks) {
          assert.strictEqual(counted.get(task), 1, `reports of task ${task} that counted`)
          assert.deepStrictEqual(test_tasks.map(({ revision }) => revision), arch === "src" ? [] : [1])
        }
        for (const [index, name] of names.entries()) {
          const own = tasks.filter((task) => task.index === index)
          const hrefs = (suffix: string) =>
            own.map(({ artifacts }) => artifacts.filter((one) => one.name === `${name}-1.0-1.${suffix}.rpm`))
          assert.isTrue(hrefs("src").every((found) => found.length === 1), "each task has the source package once")
          assert.lengthOf(new Set(hrefs("src").flat().map(({ href }) => href)), 1)
          const shared = hrefs("noarch").slice(1)
          assert.isTrue(shared.every((found) => found.length === 1), "each architecture has the package once")
          assert.lengthOf(new Set(shared.flat().map(({ href }) => href)), 1, "and it is the same file everywhere")
        }
      }
    })), 240_000)
})
