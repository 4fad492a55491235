/** A page that begins at a place which was counted is the page that lies there, whatever was written or taken away since. */
import { assert, describe, layer } from "@effect/vitest"
import * as MbsQuery from "@orch/api/mbs/MbsQuery"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as SqlClient from "effect/sql/SqlClient"
import * as MbsPlaces from "../../src/mbs/MbsPlaces.ts"
import * as MbsSettling from "../../src/mbs/MbsSettling.ts"
import * as MbsListStatements from "../../src/mbs/statements/MbsListStatements.ts"
import * as MbsPlaceStatements from "../../src/mbs/statements/MbsPlaceStatements.ts"
import { databases } from "../support/Databases.ts"
import * as StoredBuilds from "./StoredBuilds.ts"

const components = (query: string) => Result.getOrThrow(MbsQuery.parseComponents(new URLSearchParams(query)))

const sizes: MbsPlaces.Sizes = { long: 1, apart: 4, changes: 0 }
const perPage = 5

const listed = Effect.fnUntraced(function*(
  query: MbsQuery.ComponentQuery,
  page: { readonly page: number; readonly perPage: number },
  known: MbsListStatements.Known
) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* MbsListStatements.listComponents(sql, query, page, known)
  return rows.map(({ id }) => Number(id))
})

/** How many pages lie between two that are looked at; each list is looked at elsewhere, and so are they all after each change. */
const step = 11
let turn = 0

/** Pages of every list with places are what the whole list has there; how many of them began at a place. */
const agree = Effect.fnUntraced(function*(after: string) {
  const sql = yield* SqlClient.SqlClient
  let found = 0
  for (const list of MbsPlaceStatements.lists) {
    turn++
    const query = components(list.startsWith("-") ? `order_desc_by=${list.slice(1)}` : `order_by=${list}`)
    assert.strictEqual(MbsPlaceStatements.listOf(query), list)
    const ids = yield* listed(query, { page: 1, perPage: 10_000 }, { total: undefined })
    for (let page = 1 + turn % step; page * perPage <= ids.length; page += step) {
      const offset = (page - 1) * perPage
      const mark = yield* MbsPlaceStatements.find(sql, list, offset)
      if (mark === undefined) continue
      found++
      assert.isAtMost(mark.before, offset)
      assert.deepStrictEqual(
        yield* listed(query, { page, perPage }, { total: ids.length, mark }),
        ids.slice(offset, offset + perPage),
        `${list} page ${page} ${after}`
      )
    }
  }
  return found
})

describe.each(databases)("places in long lists of components on $name", ({ layer: database }) => {
  layer(database)((it) => {
    it.effect("are not kept of short lists", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* StoredBuilds.fill(1, 14)
        yield* MbsSettling.settleAll
        yield* MbsPlaces.count({ ...sizes, long: 1000 })
        assert.deepStrictEqual(yield* sql`SELECT FROM mbs_place`, [])
        assert.deepStrictEqual(yield* sql`SELECT FROM mbs_settled_change`, [])
      }))

    it.effect("tell exactly how many rows lie before them, also of what was changed since they were counted", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* StoredBuilds.fill(15, 42)
        yield* MbsSettling.settleAll
        yield* MbsPlaces.count(sizes)
        assert.isAbove(yield* agree("once learnt"), 15)
        // Builds begin and end; others are resumed with other tasks, and some of them end again.
        yield* StoredBuilds.fill(43, 70)
        assert.isAbove(yield* agree("beside new builds"), 15)
        yield* MbsSettling.settleAll
        assert.isAbove(yield* agree("beside builds that ended"), 15)
        yield* sql`UPDATE module_build SET state = 'build' WHERE id IN (5, 12, 40)`
        yield* sql`UPDATE component_build SET task = (task::int + 50)::text WHERE module_build_id IN (5, 12)`
        assert.isAbove(yield* agree("beside builds that were resumed"), 15)
        yield* sql`UPDATE module_build SET state = 'garbage' WHERE id IN (12, 19)`
        yield* MbsSettling.settleAll
        assert.isAbove(yield* agree("beside builds that ended again"), 15)
        yield* MbsPlaces.count(sizes)
        assert.deepStrictEqual(yield* sql`SELECT FROM mbs_settled_change`, [])
        assert.isAbove(yield* agree("counted again"), 30)
        // What grew was divided.
        assert.deepStrictEqual(yield* sql`SELECT FROM mbs_place WHERE amount > ${4 * sizes.apart}`, [])
        const sums = yield* sql`
          SELECT DISTINCT sum(amount) = (SELECT count(*) FROM mbs_settled_component) AS all FROM mbs_place GROUP BY list`
        assert.deepStrictEqual(sums, [{ all: true }])
      }))

    it.effect("are counted once while few rows were written", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* StoredBuilds.fill(71, 84)
        yield* MbsSettling.settleAll
        yield* MbsPlaces.count({ ...sizes, changes: 1000 })
        assert.isAbove((yield* sql`SELECT FROM mbs_settled_change`).length, 20)
        assert.isAbove(yield* agree("beside few changes"), 30)
      }))

    it.effect("are those of lists in one order of many values, without a filter", () =>
      Effect.sync(() => {
        const list = (text: string) => MbsPlaceStatements.listOf(components(text))
        assert.strictEqual(list("order_by=package&format=rpms"), "package")
        for (
          const text of [
            "",
            "order_by=state",
            "order_by=package&order_by=nvr",
            "order_by=id&order_by=nvr",
            "order_by=nvr&state=1",
            "order_by=nvr&package=p",
            "order_by=nvr&format=images"
          ]
        ) assert.isUndefined(list(text), text)
      }))
  })
})
