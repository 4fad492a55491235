/** What depends on what follows from the builds alone, on both databases. */
import { assert, describe, it } from "@effect/vitest"
import * as DependencyEdges from "@orch/server/graph/DependencyEdges"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { databases } from "../support/Databases.ts"
import * as Statements from "../support/Statements.ts"

const page = { limit: 1000, offset: 0 }
const everything = { depth: 64, types: DependencyEdges.types, at: undefined }

interface Told {
  readonly name: string
  readonly version: number
  readonly needs: ReadonlyArray<string>
  readonly components: ReadonlyArray<string>
}

/** A finished build, as much of its row as the graph reads. */
const build = ({ components, name, needs, version }: Told) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => {
    const plan = {
      components: components.map((component) => ({ name: component })),
      dependencies: {
        buildrequires: Object.fromEntries(needs.map((need) => [need, ["1"]])),
        requires: { platform: ["el9"] }
      },
      modules: [...needs.map((need) => ({ name: need, stream: "1" })), { name: "platform", stream: "el9" }]
    }
    return sql`
      INSERT INTO module_build (revision, state, reason, name, stream, version, context, owner, scratch, plan, progress,
        created_at, modified_at)
      VALUES (1, 'ready', '', ${name}, '1', ${version}::int, 'c0ffee', 'alice', false, ${
      JSON.stringify(plan)
    }::text::jsonb, '{}',
        now(), now())`
  })

describe.each(databases)("the graph on $name", ({ layer: database }) => {
  it.live("follows from builds, keeps what it was, and is mended whatever happened to it", () =>
    Effect.gen(function*() {
      const graph = yield* DependencyEdges.DependencyEdges
      const sql = yield* SqlClient.SqlClient
      yield* build({ name: "base", version: 1, needs: [], components: ["zlib"] })
      yield* build({ name: "lang", version: 1, needs: ["base"], components: ["perl"] })
      yield* build({ name: "web", version: 1, needs: ["lang"], components: ["httpd"] })
      assert.isAbove((yield* graph.audit).missing.length, 0)
      // Whoever asks while an audit runs waits for the next one together with the others.
      const many = yield* Statements.counted(
        Effect.all(Array.from({ length: 8 }, () => graph.audit), { concurrency: "unbounded" })
      )
      assert.isAtMost(many.statements, 4)
      assert.isTrue(many.value.every(({ missing }) => missing.length > 0))
      yield* graph.repair
      assert.deepStrictEqual(yield* graph.repair, { begun: 0, ended: 0 })

      const found = (yield* graph.dependants("rpms/zlib", everything, page)).items
      assert.deepStrictEqual(found.map(({ depth, node, type, via }) => [depth, node, type, via]), [
        [1, "modules/base:1", "component", "rpms/zlib"],
        [2, "modules/lang:1", "build", "modules/base:1"],
        [3, "modules/web:1", "build", "modules/lang:1"]
      ])
      assert.lengthOf((yield* graph.dependants("rpms/zlib", { ...everything, depth: 1 }, page)).items, 1)
      assert.lengthOf((yield* graph.dependants("rpms/zlib", { ...everything, types: ["component"] }, page)).items, 1)
      const path = yield* graph.path("modules/web:1", "rpms/zlib", everything)
      assert.deepStrictEqual(path.map(({ node }) => node), [
        "modules/lang:1",
        "modules/base:1",
        "rpms/zlib"
      ])

      assert.deepStrictEqual(yield* graph.path("rpms/zlib", "modules/web:1", everything), [])
      assert.deepInclude(yield* graph.dependants("rpms/zlib", everything, { limit: 1, offset: 1 }), { total: 3 })

      // A later build that no longer needs it; before that, it did.
      const before = Date.now() * 1000
      yield* Effect.sleep("5 millis")
      yield* build({ name: "web", version: 2, needs: [], components: ["httpd"] })
      assert.deepStrictEqual(yield* graph.repair, { begun: 0, ended: 2 })
      assert.lengthOf((yield* graph.dependants("rpms/zlib", everything, page)).items, 2)
      assert.lengthOf((yield* graph.dependants("rpms/zlib", { ...everything, at: before }, page)).items, 3)
      // An older build that comes late changes nothing.
      yield* build({ name: "web", version: 0, needs: ["lang"], components: [] })
      assert.deepStrictEqual(yield* graph.repair, { begun: 0, ended: 0 })

      // Whatever is lost or made up is found and mended.
      yield* sql`DELETE FROM graph_edge WHERE type = 'component'`
      yield* sql`INSERT INTO graph_edge (unit, type, source, target, valid_from) VALUES ('x', 'build', 'a', 'b', 0)`
      const audit = yield* graph.audit
      assert.deepStrictEqual([audit.missing.length, audit.surplus.length], [3, 1])
      assert.deepStrictEqual(yield* graph.repair, { begun: 3, ended: 1 })
      assert.deepStrictEqual(yield* graph.audit, { missing: [], surplus: [] })
    }).pipe(Effect.provide(DependencyEdges.layer.pipe(Layer.provideMerge(database)))))

  // The planner once took a level for a row, and compared each edge with each node that was reached: minutes for this graph.
  it.live("follows edges in time that grows with them, also where a level is about as large as the last", () =>
    Effect.gen(function*() {
      const graph = yield* DependencyEdges.DependencyEdges
      const sql = yield* SqlClient.SqlClient
      yield* sql`
        INSERT INTO graph_edge (unit, type, source, target, valid_from)
        SELECT 'u' || i, 'build', 'n' || i, 'n' || (i * 3 + k) % 12000, 0
        FROM generate_series(0, 11999) AS i, generate_series(1, 3) AS k`
      const began = performance.now()
      const { total } = yield* graph.dependants("n77", everything, page)
      const took = performance.now() - began
      assert.strictEqual(total, 11_999)
      assert.isBelow(took, 10_000)
    }).pipe(Effect.provide(DependencyEdges.layer.pipe(Layer.provideMerge(database)))))

  it.live("has edges followed once for all pages, and again after any of them changed", () =>
    Effect.gen(function*() {
      const graph = yield* DependencyEdges.DependencyEdges
      const sql = yield* SqlClient.SqlClient
      yield* sql`
        INSERT INTO graph_edge (unit, type, source, target, valid_from)
        SELECT 'u', 'build', 'leaf-' || i, 'root', 0 FROM generate_series(1, 1200) AS i`
      const asked = (offset: number) => Statements.counted(graph.dependants("root", everything, { limit: 500, offset }))
      const first = yield* asked(0)
      const second = yield* asked(400)
      assert.isAbove(first.statements, 1)
      assert.strictEqual(second.statements, 1)
      assert.deepStrictEqual([first.value.total, second.value.total], [1200, 1200])
      assert.deepStrictEqual(second.value.items.slice(0, 100), first.value.items.slice(400))
      // Those who ask at once share one answer.
      yield* sql`UPDATE graph_edge SET valid_to = 1 WHERE source = 'leaf-77'`
      const many = yield* Statements.counted(
        Effect.all(Array.from({ length: 8 }, () => graph.dependants("root", everything, page)), {
          concurrency: "unbounded"
        })
      )
      assert.isTrue(many.value.every(({ total }) => total === 1199))
      assert.isAtMost(many.statements, 8 + first.statements)
      yield* sql`DELETE FROM graph_edge WHERE source = 'leaf-78'`
      assert.strictEqual((yield* graph.dependants("root", everything, page)).total, 1198)
      yield* sql`
        INSERT INTO graph_edge (unit, type, source, target, valid_from) VALUES ('u', 'build', 'over', 'leaf-1', 0)`
      assert.strictEqual((yield* graph.dependants("root", everything, page)).total, 1199)
    }).pipe(Effect.provide(DependencyEdges.layer.pipe(Layer.provideMerge(database)))))
})
