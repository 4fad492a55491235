/** Lists are the same whether what they show of ended builds was written down or not, and whichever end they are read from. */
import { assert, describe, layer } from "@effect/vitest"
import * as MbsQuery from "@orch/api/mbs/MbsQuery"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as SqlClient from "effect/sql/SqlClient"
import type * as Marks from "../../src/Marks.ts"
import * as MbsSettling from "../../src/mbs/MbsSettling.ts"
import * as MbsListStatements from "../../src/mbs/statements/MbsListStatements.ts"
import * as MbsMarks from "../../src/mbs/statements/MbsMarks.ts"
import * as MbsTallyStatements from "../../src/mbs/statements/MbsTallyStatements.ts"
import { databases } from "../support/Databases.ts"
import * as StoredBuilds from "./StoredBuilds.ts"

const modules = (query: string) => Result.getOrThrow(MbsQuery.parseModules(new URLSearchParams(query)))
const components = (query: string) => Result.getOrThrow(MbsQuery.parseComponents(new URLSearchParams(query)))

const orders = (columns: ReadonlyArray<string>) =>
  columns.flatMap((column) => [`order_by=${column}`, `order_desc_by=${column}`])

const moduleQueries = [
  "",
  ...orders(MbsQuery.moduleColumns),
  "order_desc_by=state&order_desc_by=name",
  "order_by=name&order_by=koji_tag&order_by=build_context",
  "order_desc_by=build_context&order_desc_by=scmurl&order_desc_by=id",
  "state=failed&order_by=owner",
  "scratch=false&order_desc_by=modulemd",
  "order_desc_by=modulemd&order_desc_by=id",
  "state=ready&state=garbage",
  "name=m2&order_desc_by=batch",
  "koji_tag=tag-2",
  "modulemd=d7",
  "srpms=[]&scratch=false",
  "stream_version_lte=80020",
  "modified_after=1970-01-01T00:00:05Z",
  "batch=2",
  "state=42"
]
const componentQueries = [
  "",
  ...orders(MbsQuery.componentColumns),
  "order_by=state&order_by=package",
  "order_by=package&order_by=nvr",
  "order_desc_by=ref&order_desc_by=state_reason&order_desc_by=task_id",
  "order_by=reused_component_id&order_by=state&order_by=nvr&order_by=id",
  "state=0",
  "state=3&order_desc_by=task_id",
  "state=1&tagged=true",
  "task_id=20",
  "task_id=02",
  "nvr=p1-1-3",
  `ref=${"3".repeat(40)}`,
  "module_build=9&order_by=weight",
  "reused_component_id=1000",
  "build_time_only=true"
]

interface Row {
  readonly id: bigint
}

/** Rows between two marks. */
const every = 37

type Listing = (
  page: number,
  perPage: number,
  known: MbsListStatements.Known
) => Effect.Effect<ReadonlyArray<Row>, unknown>
type Learning = Effect.Effect<ReadonlyArray<Marks.Mark<MbsMarks.Key>>, unknown>

/** All ids of a list; a page in its latter half is the same from either end, and a page behind a mark is the same from there. */
const idsOf = Effect.fnUntraced(
  function*(text: string, count: Effect.Effect<number, unknown>, list: Listing, learn: Learning | undefined) {
    const total = yield* count
    const rows = yield* list(1, 1000, { total: undefined })
    const ids = rows.map(({ id }) => Number(id))
    assert.strictEqual(ids.length, total, text)
    const perPage = Math.ceil(total / 4) + 1
    const page = (yield* list(4, perPage, { total })).map(({ id }) => Number(id))
    assert.deepStrictEqual(page, ids.slice(3 * perPage, 4 * perPage), text)
    // Of orders by several columns, too, as long as the first one has many values.
    if (/_by=(package|name|ref|build_context)&/.test(text)) assert.isDefined(learn, text)
    const marks = learn === undefined ? [] : yield* learn
    if (learn !== undefined) assert.strictEqual(marks.length, Math.ceil(total / every), text)
    for (const mark of marks) {
      const number = Math.ceil(mark.before / 5) + 1
      const found = yield* list(number, 5, { total, mark })
      assert.deepStrictEqual(found.map(({ id }) => Number(id)), ids.slice(5 * (number - 1), 5 * number), text)
    }
    return { ids, rows }
  }
)

/** What the counts by ranges say is what the list has, on every page. */
const placesAgree = Effect.fnUntraced(function*(
  text: string,
  query: MbsQuery.ComponentQuery,
  ids: ReadonlyArray<number>
) {
  if (!MbsTallyStatements.counts(query)) return
  const sql = yield* SqlClient.SqlClient
  for (const page of [2, Math.ceil(ids.length / 7)]) {
    const { places, total } = yield* MbsTallyStatements.find(sql, query, { page, perPage: 7 }, 0)
    assert.strictEqual(total, ids.length, text)
    if (places.length === 0) continue
    const rows = yield* MbsTallyStatements.list(sql, query, { page, perPage: 7 }, places)
    assert.deepStrictEqual(
      rows.map(({ id }) => Number(id)),
      ids.slice(7 * (page - 1), 7 * page),
      `${text} page ${page}`
    )
  }
})

/** Pages that are found by counts hold what lies there in the whole list. */
const tallyAgrees = Effect.fnUntraced(function*(texts: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  for (const text of texts) {
    const query = components(text)
    const listed = yield* MbsListStatements.listComponents(sql, query, { page: 1, perPage: 1000 }, { total: undefined })
    yield* placesAgree(text, query, listed.map(({ id }) => Number(id)))
  }
})

/** Every list, by ids, and the rows of the whole lists. */
const all = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const found: Record<string, ReadonlyArray<unknown>> = {}
  for (const text of moduleQueries) {
    const query = modules(text)
    const { ids, rows } = yield* idsOf(
      text,
      MbsListStatements.countingModules(sql, query).count(undefined),
      (page, perPage, known) => MbsListStatements.listModules(sql, query, { page, perPage }, known),
      MbsMarks.has(sql, query.order) ? MbsListStatements.learnModules(sql, query, every) : undefined
    )
    found[`modules ${text}`] = text === "" ? rows : ids
  }
  for (const text of componentQueries) {
    const query = components(text)
    const { ids, rows } = yield* idsOf(
      text,
      MbsListStatements.countingComponents(sql, query).count(undefined),
      (page, perPage, known) => MbsListStatements.listComponents(sql, query, { page, perPage }, known),
      MbsMarks.has(sql, query.order) ? MbsListStatements.learnComponents(sql, query, every) : undefined
    )
    found[`components ${text}`] = text === "" ? rows : ids
    yield* placesAgree(text, query, ids)
  }
  return found
})

describe.each(databases)("what lists show of ended builds on $name", ({ layer: database }) => {
  layer(database)((it) => {
    it.effect("does not depend on whether it was written down", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* StoredBuilds.fill(1, 42)
        const before = yield* all
        yield* MbsSettling.settleAll
        const written = yield* sql<{ readonly id: bigint }>`SELECT id FROM mbs_settled_module ORDER BY id`
        assert.deepStrictEqual(
          written.map(({ id }) => Number(id)),
          Array.from({ length: 42 }, (_, index) => index + 1).filter((n) => n % 7 >= 4)
        )
        assert.deepStrictEqual(yield* all, before)
        // Many small changes of the counts are added up.
        yield* MbsTallyStatements.addUp(sql, 0)
        assert.deepStrictEqual(yield* sql`SELECT FROM mbs_tally WHERE NOT is_whole`, [])
        yield* tallyAgrees(["", "state=1&tagged=true", "order_desc_by=batch"])
        // Each list has something to show, or it tells nothing.
        assert.deepStrictEqual(
          Object.entries(before).filter(([, ids]) => ids.length === 0).map(([name]) => name),
          ["modules state=42", "components task_id=02"]
        )
      }))

    it.effect("is taken away by whoever changes such a build again", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const rows = (id: number) =>
          sql`SELECT id FROM mbs_settled_module WHERE id = ${id} UNION ALL
            SELECT id FROM mbs_settled_component WHERE module_id = ${id}`
        assert.isAbove((yield* rows(5)).length, 3)
        yield* sql`UPDATE module_build SET state = 'garbage', modified_at = now() WHERE id = 5`
        assert.strictEqual((yield* rows(5)).length, 0)
        const shown = yield* MbsListStatements.listModules(sql, modules("state=garbage&order_desc_by=time_modified"), {
          page: 1,
          perPage: 1
        }, { total: undefined })
        assert.deepStrictEqual(shown.map(({ id }) => Number(id)), [5])
        yield* MbsSettling.settleAll
        assert.isAbove((yield* rows(5)).length, 3)
        yield* sql`UPDATE module_build SET state = 'build' WHERE id = 5`
        yield* MbsSettling.settleAll
        assert.strictEqual((yield* rows(5)).length, 0)
        yield* tallyAgrees(["", "state=1", "order_desc_by=batch&order_desc_by=state"])
      }))
  })
})
