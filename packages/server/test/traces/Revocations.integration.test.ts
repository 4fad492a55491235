/** What is taken no more when a result is revoked: all that was made with it, in whichever module. On every database this machine offers. */
import { assert, layer } from "@effect/vitest"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import * as Revocations from "../../src/traces/Revocations.ts"
import * as Kept from "../../src/traces/statements/RevocationStatements.ts"
import * as Statements from "../../src/traces/statements/TraceStatements.ts"
import * as BuildRows from "../modulebuilds/BuildRows.ts"
import { databases } from "../support/Databases.ts"

/** A ready build of components, one after another; those of `taken` are from another build. */
const built = Effect.fnUntraced(function*(
  name: string,
  components: ReadonlyArray<string>,
  uses: ReadonlyArray<string> = [],
  taken: Readonly<Record<string, string>> = {}
) {
  const sql = yield* SqlClient.SqlClient
  const plans = Object.fromEntries(
    components.map((component, at) => [component, { batch: at + 1, afterBatch: at, after: components.slice(0, at) }])
  )
  const id = yield* BuildRows.insert(
    { name, state: "ready", planned: components, plans },
    components.map((component) => [component, "available", taken[component] === undefined ? {} : { reusedFrom: 1 }])
  )
  for (const component of components) {
    const task = taken[component] ?? `${name}/${component}`
    yield* sql`UPDATE component_build SET task = ${task} WHERE module_build_id = ${id} AND name = ${component}`
  }
  const [row] = yield* sql<{ nsvc: string }>`
    SELECT name || ':' || stream || ':' || version || ':' || context AS nsvc FROM module_build WHERE id = ${id}`
  yield* Statements.noteModule(id, row!.nsvc, { interface: "i", content: name, needs: new Map() })
  yield* Statements.noteBuildroot(id, uses)
  yield* Statements.noteComponents(
    id,
    components.map((one) => ({ input: `${name}/${one}`, component: one, output: "o" }))
  )
  return { nsvc: row!.nsvc }
})

/** A build as the store has it, as far as it is looked at. */
const stored = Layer.effect(
  ModuleBuilds,
  Effect.map(SqlClient.SqlClient, (sql) =>
    ({
      get: (id: number) =>
        Effect.gen(function*() {
          const [row] = yield* sql<{ plan: object }>`SELECT plan FROM module_build WHERE id = ${id}`
          const held = yield* sql<{ name: string; task: string }>`
          SELECT name, task FROM component_build WHERE module_build_id = ${id}`
          return { state: { id, plan: row!.plan, components: new Map(held.map((one) => [one.name, one])) } }
        })
    }) as never)
)

for (const database of databases) {
  layer(Revocations.layer.pipe(Layer.provide(stored), Layer.provideMerge(database.layer)), {
    timeout: "60 seconds",
    excludeTestServices: true
  })(`revoked results on ${database.name}`, (it) => {
    it.effect("take along what any module made with them, at any distance, and nothing that was made without", () =>
      Effect.gen(function*() {
        const revocations = yield* Revocations.Revocations
        const low = yield* built("low", ["zlib", "later"])
        // Took the result over, and built something after it.
        const twin = yield* built("twin", ["zlib", "own"], [], { zlib: "low/zlib" })
        const mid = yield* built("mid", ["tool"], [low.nsvc])
        const top = yield* built("top", ["older", "app"], [mid.nsvc], { older: "elsewhere/older" })
        yield* built("beside", ["other"], [twin.nsvc])
        yield* built("apart", ["alone"])

        const revoked = (yield* revocations.revokeTrace("low/zlib", "ann", "a bad builder"))!
        assert.deepStrictEqual(revoked, {
          components: ["zlib", "later"],
          modules: ["low:1", "twin:1"],
          derived: ["beside:1", "mid:1", "top:1"]
        })
        const every = ["low/zlib", "low/later", "twin/own", "mid/tool", "top/app", "beside/other"]
        const left = ["elsewhere/older", "apart/alone"]
        assert.deepStrictEqual([...yield* Kept.among([...every, ...left])].sort(), [...every].sort())
        const found = yield* Statements.find([...every, "top/older", "apart/alone"])
        assert.deepStrictEqual(found.map(({ input }) => input).sort(), ["apart/alone", "top/older"])

        // Asked again, it says the same of what has to be planned.
        const again = (yield* revocations.revokeTrace("low/zlib", "ann", "again"))!
        assert.deepStrictEqual(again, { ...revoked, components: [] })
        assert.isUndefined(yield* revocations.revokeTrace("mid/tool", "ann", ""))

        // What is built with one of them afterwards is known by that.
        assert.deepStrictEqual(yield* Kept.held([top.nsvc]), { by: "ann", why: "a bad builder" })
        assert.isUndefined(yield* Kept.held(["apart:1:1:c1"]))
      }))
  })
}
