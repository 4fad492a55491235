/** What is kept of builds and their inputs counts for as long as the builds are ready. On every database this machine offers. */
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as Statements from "../../src/traces/statements/TraceStatements.ts"
import * as BuildRows from "../modulebuilds/BuildRows.ts"
import { databases } from "../support/Databases.ts"

const input = "same"

/** A ready build that made this of the input. */
const built = Effect.fnUntraced(function*(output: string) {
  const id = yield* BuildRows.insert({ state: "ready", planned: ["zlib"] })
  yield* Statements.noteModule(id, `demo:1:${id}:c1`, { interface: "i", content: output, needs: new Map() })
  yield* Statements.noteComponents(id, [{ input, component: "zlib", output }])
  return id
})

/** A ready build whose packages need these; true where a version counts. */
const needing = Effect.fnUntraced(function*(needs: Readonly<Record<string, boolean>>) {
  const id = yield* BuildRows.insert({ state: "ready", planned: ["zlib"] })
  yield* Statements.noteModule(id, `needs:1:${id}:c1`, {
    interface: "i",
    content: "c",
    needs: new Map(Object.entries(needs))
  })
  return id
})

const retire = (id: number) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => sql`UPDATE module_build SET state = 'garbage' WHERE id = ${id}`)

const builds = Effect.map(Statements.find([input, "other"]), (all) => all.map(({ build }) => build))

const conflicts = Effect.flatMap(SqlClient.SqlClient, (sql) =>
  Effect.map(
    sql<{ build: bigint }>`SELECT build FROM trace_conflict ORDER BY build`,
    (rows) => rows.map(({ build }) => Number(build))
  ))

for (const database of databases) {
  layer(database.layer, { timeout: "60 seconds", excludeTestServices: true })(`traces on ${database.name}`, (it) => {
    it.effect("give way to those of a later build when theirs is not ready any more, and are forgotten then", () =>
      Effect.gen(function*() {
        const first = yield* built("a")
        const second = yield* built("b")
        assert.deepStrictEqual(yield* builds, [first])
        assert.deepStrictEqual(yield* conflicts, [second])
        assert.strictEqual(yield* Statements.forget(10), 0)

        yield* retire(first)
        assert.deepStrictEqual(yield* builds, [])
        const third = yield* built("c")
        assert.deepStrictEqual(yield* builds, [third])

        yield* retire(second)
        assert.deepStrictEqual([yield* Statements.forget(1), yield* Statements.forget(10)], [1, 1])
        assert.strictEqual(yield* Statements.forget(10), 0)
        assert.deepStrictEqual(yield* conflicts, [])
        assert.deepStrictEqual(yield* builds, [third])
        const held = yield* Statements.contents([first, second, third].map((id) => `demo:1:${id}:c1`))
        assert.deepStrictEqual([...held], [[`demo:1:${third}:c1`, "c"]])
        assert.deepStrictEqual(yield* Statements.unread(10), [])
      }))

    it.effect("say at once of any number of builds which need what is gone; one of which nothing is known may", () =>
      Effect.gen(function*() {
        const named = yield* needing({ "libz.so.1": false, "zlib'\\": false })
        const versioned = yield* needing({ zlib: true })
        const unversioned = yield* needing({ zlib: false })
        const unknown = yield* BuildRows.insert({ state: "ready", planned: ["zlib"] })
        const all = [named, versioned, unversioned, unknown]
        const lacking = (names: ReadonlyArray<string>, versions: ReadonlyArray<string>) =>
          Effect.map(Statements.needing(all, names, versions), (found) => [...found].sort((a, b) => a - b))
        assert.deepStrictEqual(yield* lacking(["libz.so.1"], []), [named, unknown])
        assert.deepStrictEqual(yield* lacking(["zlib'\\"], []), [named, unknown])
        assert.deepStrictEqual(yield* lacking(["zlib"], []), [versioned, unversioned, unknown])
        assert.deepStrictEqual(yield* lacking([], ["zlib"]), [versioned, unknown])
        assert.deepStrictEqual(yield* lacking(["perl"], ["perl"]), [unknown])

        // What was read before it was known that anybody asks is read again.
        yield* Effect.flatMap(
          SqlClient.SqlClient,
          (sql) => sql`UPDATE trace_module SET needs = NULL WHERE build = ${named}`
        )
        assert.deepStrictEqual(yield* Statements.unread(10), [named, unknown])
      }))
  })
}
