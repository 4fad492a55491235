/** Whatever is lost, told twice, told late or in another order: after a repair the graph is the one that is computed from scratch. */
import { assert, describe, it } from "@effect/vitest"
import * as ModuleReach from "@orch/server/campaigns/ModuleReach"
import * as DependencyEdges from "@orch/server/graph/DependencyEdges"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { embedded } from "../support/Databases.ts"

interface Build {
  readonly name: string
  readonly version: number
  readonly needs: ReadonlyArray<string>
  readonly components: ReadonlyArray<string>
}

/** Numbers from 0 up to 1, the same for the same seed. */
const random = (seed: number) => {
  let state = seed
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647
}

/** The edges that follow from the newest build of each module, by name. */
const scratch = (builds: ReadonlyArray<Build>): ReadonlyArray<string> => {
  const newest = new Map<string, Build>()
  for (const one of builds) if ((newest.get(one.name)?.version ?? -1) < one.version) newest.set(one.name, one)
  return [
    ...new Set([...newest.values()].flatMap(({ components, name, needs }) => [
      ...components.map((component) => `component ${name} rpms/${component}`),
      ...needs.flatMap((need) => [`build ${name} modules/${need}:1`, `buildroot ${name} modules/${need}:1`])
    ]))
  ].sort()
}

const told = ({ components, name, needs, version }: Build) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) => {
    const plan = {
      components: components.map((component) => ({
        name: component,
        repository: `https://git.example.org/rpms/${component}`
      })),
      dependencies: { buildrequires: Object.fromEntries(needs.map((need) => [need, ["1"]])), requires: {} },
      modules: needs.map((need) => ({ name: need, stream: "1", version: "1", context: "c" }))
    }
    return sql`
      INSERT INTO module_build (revision, state, reason, name, stream, version, context, owner, scratch, scmurl, plan,
        progress, created_at, modified_at)
      SELECT 1, 'ready', '', ${name}, '1', ${version}::int, 'c', 'alice', false, ${`https://git.example.org/modules/${name}?#0`},
        ${JSON.stringify(plan)}::text::jsonb, '{}', now(), now()
      WHERE NOT EXISTS (SELECT FROM module_build WHERE name = ${name} AND version = ${version}::int)`
  })

describe("the graph", () => {
  it.live("is after a repair what the builds say, in every history, and what campaigns plan from is the same", () =>
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const graph = yield* DependencyEdges.DependencyEdges
      for (let seed = 1; seed <= 20; seed++) {
        const next = random(seed * 7919)
        const pick = <A>(all: ReadonlyArray<A>): A => all[Math.floor(next() * all.length)]!
        const some = (all: ReadonlyArray<string>) => all.filter(() => next() < 0.4)
        yield* sql`TRUNCATE module_build, graph_edge, campaign_module, campaign_use, campaign_source CASCADE`
        const builds: Array<Build> = []
        for (let turn = 0; turn < 12; turn++) {
          const what = next()
          if (what < 0.6) {
            const build = {
              name: pick(["a", "b", "c"]),
              version: Math.floor(next() * 6),
              needs: some(["a", "b", "c"]),
              components: some(["zlib", "curl", "bash"])
            }
            // A repeat says nothing new; an older one that comes late neither.
            const before = builds.find(({ name, version }) => name === build.name && version === build.version)
            if (before === undefined) builds.push(build)
            yield* told(before ?? build)
          } else if (what < 0.7) yield* sql`DELETE FROM graph_edge WHERE number % 3 = ${Math.floor(next() * 3)}::int`
          else if (what < 0.8) {
            yield* sql`INSERT INTO graph_edge (unit, type, source, target, valid_from)
              VALUES ('x', 'build', ${`made-up/${turn}`}, 'rpms/zlib', 0)`
          } else if (
            what < 0.9
          ) yield* sql`UPDATE graph_edge SET valid_to = valid_from + 1 WHERE number % 2 = 0 AND valid_to IS NULL`
          else yield* graph.repair
        }
        yield* graph.repair
        const rows = yield* sql<{ readonly type: string; readonly source: string; readonly target: string }>`
          SELECT DISTINCT type, source, target FROM graph_edge WHERE valid_to IS NULL`
        assert.deepStrictEqual(
          rows.map(({ source, target, type }) => `${type} ${source.slice("modules/".length, -2)} ${target}`).sort(),
          scratch(builds),
          `history ${seed}`
        )
        assert.deepStrictEqual(yield* graph.audit, { missing: [], surplus: [] })
        // What campaigns plan from is the same, though it is kept apart (decision 1640).
        for (const name of new Set(builds.map((build) => build.name))) {
          const { items } = yield* graph.dependants(
            `modules/${name}:1`,
            { depth: 100, types: ["buildroot"], at: undefined },
            { limit: 100, offset: 0 }
          )
          const planned = yield* ModuleReach.candidates([{ subject: `${name}:1` }])
          assert.deepStrictEqual(
            [...planned.names].sort(),
            [...new Set([`${name}:1`, ...items.map(({ node }) => node.slice("modules/".length))])].sort(),
            `what ${name} reaches in history ${seed}`
          )
          const uses = planned.names.flatMap((one, own) =>
            [...planned.uses.ends.subarray(planned.uses.start[own], planned.uses.start[own + 1])]
              .map((used) => `${one} ${planned.names[used]}`)
          )
          const reached = new Set(planned.names)
          const edges = rows.flatMap(({ source, target, type }) => {
            const [by, used] = [source.slice("modules/".length), target.slice("modules/".length)]
            // A module is no reason to build itself again.
            return type === "buildroot" && by !== used && reached.has(by) && reached.has(used) ? [`${by} ${used}`] : []
          })
          assert.deepStrictEqual(uses.sort(), edges.sort())
        }
      }
    }).pipe(Effect.provide(DependencyEdges.layer.pipe(Layer.provideMerge(embedded)))))
})
