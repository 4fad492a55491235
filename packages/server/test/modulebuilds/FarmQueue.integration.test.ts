/** The queue of the farm from rows, on every database this machine offers. */
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import * as BuilderPool from "../../src/builders/BuilderPool.ts"
import * as FarmQueue from "../../src/farmqueue/FarmQueue.ts"
import * as ModuleBuildsLayer from "../../src/modulebuilds/ModuleBuildsLayer.ts"
import { databases } from "../support/Databases.ts"
import * as Statements from "../support/Statements.ts"
import * as BuildRows from "./BuildRows.ts"

const offer = (id: number, fields: Partial<BuilderPool.Offer> = {}): BuilderPool.Offer => ({
  id,
  life: "package-build",
  process: 1,
  part: `el9/x86_64/${id}`,
  attempt: 1,
  arch: "x86_64",
  package: `p${id}`,
  url: `https://git/p${id}`,
  owner: "ann",
  class: "",
  priority: 0,
  path: 1,
  seconds: 60,
  payload: {},
  ...fields
})

for (const database of databases) {
  const queueLayer = FarmQueue.layer({ total: 2, perOwner: 1 }, [ModuleBuildsLayer.farmSource]).pipe(
    Layer.provideMerge(BuilderPool.layer()),
    Layer.provideMerge(database.layer)
  )
  layer(queueLayer, { timeout: "60 seconds", excludeTestServices: true })(
    `the queue of the farm on ${database.name}`,
    (it) => {
      it.effect("is in the order of hand-outs, with the reason of each place, and who is in front", () =>
        Effect.gen(function*() {
          const queue = yield* FarmQueue.FarmQueue
          const sql = yield* SqlClient.SqlClient
          yield* BuildRows.clear
          const plans = { a: { arches: ["x86_64"] }, b: { arches: ["x86_64"], priority: 5 }, c: { arches: ["x86_64"] } }
          const first = yield* BuildRows.insert({ state: "build", planned: ["a", "b", "c"], plans }, [
            ["a", "submitting"],
            ["b", "submitting"],
            ["c", "building", { open: true, submittedAt: 1000 }]
          ])
          const other = yield* BuildRows.insert({ state: "build", owner: "bob", planned: ["a"], plans }, [[
            "a",
            "submitting"
          ]])
          const third = yield* BuildRows.insert({ state: "build", owner: "eve", planned: ["a", "b"], plans }, [
            ["a", "building", { open: false, submittedAt: 2000 }],
            ["b", "building", { open: false, submittedAt: 1500 }]
          ])
          const found = yield* queue.queue
          const places = found.entries.map(({ build, kind, part, place }) => `${kind} ${place}: ${part} of ${build}`)
          assert.deepStrictEqual(places, [
            `slot 1: a of ${other}`,
            `slot 2: b of ${first}`,
            `slot 3: a of ${first}`,
            `builder 1: b of ${third}`,
            `builder 2: a of ${third}`
          ])
          assert.match(found.entries[1]!.sentence, /^Waits for a slot: .*\.$/)
          assert.strictEqual(found.running.length, 3)
          assert.deepStrictEqual(FarmQueue.placeOf(found, "module-build", first, new Set(["a"]))?.ahead, [
            { life: "module-build", build: first, part: "b", owner: "ann" },
            { life: "module-build", build: other, part: "a", owner: "bob" }
          ])
          assert.isUndefined(FarmQueue.placeOf(found, "module-build", first, new Set(["c"])))
          yield* sql`DELETE FROM module_build`
        }))

      it.effect("tells of tasks of the pool where they stand, and of a module's component as the module's", () =>
        Effect.gen(function*() {
          const queue = yield* FarmQueue.FarmQueue
          const pool = yield* BuilderPool.BuilderPool
          const sql = yield* SqlClient.SqlClient
          yield* BuildRows.clear
          yield* sql`DELETE FROM builder_task`
          const build = yield* BuildRows.insert({ state: "build", planned: ["zlib"] }, [["zlib", "building", {
            submittedAt: 1
          }]])
          yield* sql`UPDATE component_build SET task = '77' WHERE module_build_id = ${build}`
          yield* pool.offer([
            offer(1),
            offer(2, { priority: 5, owner: "bob" }),
            offer(3, { life: "module-component", process: 77, part: "x86_64", owner: "eve", arch: "s390x" })
          ])
          yield* pool.adjustNode("n1", { slots: 1 })
          yield* sql`UPDATE builder_node SET arches = '{x86_64}', seen_at = ${Date.now()}`
          const found = yield* queue.queue
          assert.deepStrictEqual(found.entries.map(({ build, life, part, place }) => [place, life, build, part]), [
            [1, "package-build", 1, "el9/x86_64/2"],
            [2, "package-build", 1, "el9/x86_64/1"],
            [3, "module-build", build, "zlib"]
          ])
          assert.match(found.entries[0]!.sentence, /It is number 1 in the queue/)
          assert.strictEqual(found.entries[0]!.node, "n1")
          assert.match(found.entries[2]!.sentence, /No node builds for s390x/)
          const more = Array.from({ length: 40 }, (_, n) => offer(100 + n))
          const few = yield* Statements.counted(queue.queue)
          yield* pool.offer(more)
          const many = yield* Statements.counted(queue.queue)
          assert.strictEqual(many.statements, few.statements)
          assert.strictEqual(many.value.entries.length, 43)
        }))

      it.effect("counts what was finished by stretches of time, a module's component once", () =>
        Effect.gen(function*() {
          const queue = yield* FarmQueue.FarmQueue
          const pool = yield* BuilderPool.BuilderPool
          const sql = yield* SqlClient.SqlClient
          yield* BuildRows.clear
          yield* sql`DELETE FROM builder_task`
          yield* pool.offer([offer(1), offer(3, { life: "module-component", process: 77 })])
          yield* BuildRows.insert({ state: "build", planned: ["a", "b", "c"] }, [
            ["a", "available", { finishedAt: 5000 }],
            ["b", "failed", { finishedAt: 5500 }],
            ["c", "built", { finishedAt: 500 }]
          ])
          yield* pool.took([
            { task: 1, package: "p", arch: "x86_64", seconds: 1, at: 6100 },
            { task: 3, package: "q", arch: "x86_64", seconds: 1, at: 6100 }
          ])
          assert.deepStrictEqual(yield* queue.finished(1000, 1000), [
            { place: 4, built: 1, failed: 1 },
            { place: 5, built: 1, failed: 0 }
          ])
        }))
    }
  )
}
