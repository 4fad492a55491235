/** Builds whose packages the graph has not read yet: found among the newest, and among all. */
import { assert, describe, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Statements from "../../src/graph/statements/FeedStatements.ts"
import * as BuildRows from "../modulebuilds/BuildRows.ts"
import { databases } from "../support/Databases.ts"

const found = (limit: number, without: ReadonlyArray<string>, newest?: number) =>
  Effect.map(Statements.unread(limit, without, newest), (rows) => rows.map(({ build }) => build))

describe.each(databases)("unread builds on $name", ({ layer: database }) => {
  layer(database)((it) => {
    it.effect("are found among the newest that have ended, or among all, the newest first", () =>
      Effect.gen(function*() {
        const ids: Array<number> = []
        for (let n = 0; n < 5; n++) ids.push(yield* BuildRows.insert({ state: "ready", planned: ["zlib"] }))
        yield* BuildRows.insert({ state: "build", planned: ["zlib"] })
        const [first, second, third, fourth, fifth] = ids as [number, number, number, number, number]
        assert.deepStrictEqual(yield* found(10, []), [fifth, fourth, third, second, first])
        assert.deepStrictEqual(yield* found(10, [], 2), [fifth, fourth])
        for (const build of [fifth, third]) {
          yield* Statements.note({ kind: "module-build", build, stamp: "" }, undefined)
        }
        assert.deepStrictEqual(yield* found(10, [], 3), [fourth])
        assert.deepStrictEqual(yield* found(10, [`module-build ${fourth}`]), [second, first])
        assert.deepStrictEqual(yield* found(1, [`module-build ${fourth}`]), [second])
        assert.deepStrictEqual(yield* found(10, [`module-build ${fourth}`], 2), [])
      }))
  })
})
