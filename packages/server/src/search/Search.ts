/** Finds things of all kinds by one text: a statement for each kind, at most five of each, what fits best first. */
import type { SearchHit } from "@orch/api/orch/SearchApi"
import type { Search as Text } from "@orch/core/filter/SearchText"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { asUnavailable } from "../database/PgError.ts"
import * as Statements from "./statements/SearchStatements.ts"

/** The search. */
export class Search extends Context.Service<Search, {
  readonly find: (text: Text) => Effect.Effect<ReadonlyArray<SearchHit>, StoreUnavailable>
}>()("@orch/server/search/Search") {}

const most = 5
const rank = { id: 0, name: 1, commit: 2, prefix: 3 } as const

type Statement = (sql: SqlClient.SqlClient, text: Text) => Effect.Effect<ReadonlyArray<Statements.HitRow>, SqlError>

const kinds: ReadonlyArray<readonly [SearchHit["kind"], Statement]> = [
  ["build", Statements.builds],
  ["module", Statements.modules],
  ["package", Statements.packages],
  ["package-build", Statements.packageBuilds],
  ["release", Statements.releases],
  ["repository", Statements.repositories],
  ["node", Statements.nodes],
  ["owner", Statements.owners],
  ["task", Statements.tasks]
]

const hit = (kind: SearchHit["kind"]) => (row: Statements.HitRow): SearchHit => ({
  kind,
  id: `${row.id}`,
  title: row.title,
  state: row.state,
  build: row.build === null ? null : Number(row.build),
  by: row.by
})

/** Of one kind: each once, by what it fits best, and no more than are shown. */
const best = (hits: ReadonlyArray<SearchHit>): ReadonlyArray<SearchHit> => {
  const found = new Map<string, SearchHit>()
  for (const one of hits.toSorted((a, b) => rank[a.by] - rank[b.by])) if (!found.has(one.id)) found.set(one.id, one)
  return [...found.values()].slice(0, most)
}

/** The search in the database. */
export const layer: Layer.Layer<Search, never, SqlClient.SqlClient> = Layer.effect(
  Search,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    return Search.of({
      find: (text) =>
        Effect.forEach(
          kinds.filter(([kind]) => text.kind === undefined || text.kind === kind),
          ([kind, statement]) => Effect.map(statement(sql, text), (rows) => best(rows.map(hit(kind)))),
          { concurrency: 4 }
        ).pipe(
          Effect.map((found) => found.flat().toSorted((a, b) => rank[a.by] - rank[b.by])),
          asUnavailable("Search.find")
        )
    })
  })
)
