/** How processes are told of their tasks, against a pool of rows in memory. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import { BuilderPool, type Untold } from "../../src/builders/BuilderPool.ts"
import * as TaskNews from "../../src/builders/TaskNews.ts"
import * as ReportedTask from "./ReportedTask.ts"

/** A pool that holds what is untold, and counts what it is asked. */
const poolOf = (rows: ReadonlyArray<Untold>) => {
  const untold = new Map(rows.map((one) => [one.id, one]))
  const asked = { untold: 0, took: [] as Array<number> }
  const pool = {
    untold: (_life: string, limit: number, after = 0) =>
      Effect.sync(() => {
        asked.untold++
        return [...untold.values()].filter(({ id }) => Number(id) > after).slice(0, limit)
      }),
    tell: (told: ReadonlyArray<Untold>) => Effect.sync(() => told.forEach(({ id }) => untold.delete(id))),
    took: (samples: ReadonlyArray<unknown>) => Effect.sync(() => void asked.took.push(samples.length))
  }
  return { untold, asked, layer: Layer.succeed(BuilderPool, pool as unknown as BuilderPool["Service"]) }
}

describe("processes that are told of their tasks", () => {
  it.effect("are told behind others that cannot be, however many those are", () => {
    // More than one pass looks at.
    const poison = Array.from({ length: 300 }, (_, index) => ReportedTask.make(index + 1, 1 + index % 2))
    const { asked, layer, untold } = poolOf([
      ...poison,
      ...[3, 4, 5].map((process) => ReportedTask.make(1_000 + process, process))
    ])
    return Effect.gen(function*() {
      const pass = yield* TaskNews.passes({
        life: "package-build",
        failed: "not told",
        tell: (process, news) =>
          process === 1
            ? Effect.die("it cannot be read")
            : process === 2
            ? Effect.fail("it is refused")
            : Effect.succeed(news.map(({ arch, id, package: name }) => ({
              task: Number(id),
              package: name,
              arch,
              seconds: 1,
              at: 0
            })))
      })
      assert.isAbove(yield* pass, 0, "there may be more behind the first ones")
      assert.strictEqual(yield* pass, 3)
      assert.deepStrictEqual([...untold.values()].map(({ process }) => Number(process)).filter((one) => one > 2), [])
      assert.lengthOf([...untold], 300, "and what could not be told is tried again")
      assert.deepStrictEqual(asked.took, [3], "what builds took is written down at once")
      yield* pass
      assert.strictEqual(yield* pass, 0, "until something is new there is nothing to do at once")
    }).pipe(Effect.provide(layer), Effect.provideService(References.MinimumLogLevel, "None"))
  })
})
