/** `/find`. */
import { SearchHit } from "@orch/api/orch/SearchApi"
import * as FindPage from "@orch/web/FindPage"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Asked, PageModule } from "./PageModule.ts"

const find = ({ ask, prefix, query }: Asked) => {
  const q = (query.get("q") ?? "").trim()
  const shown = (hits: ReadonlyArray<SearchHit>, problem: string | undefined, status: number) => ({
    status,
    page: FindPage.page({ q, hits, problem, prefix })
  })
  return q === ""
    ? Effect.succeed(shown([], undefined, 200))
    : ask(`/orch/v1/search?${new URLSearchParams({ q })}`, Schema.Array(SearchHit)).pipe(
      Effect.map((hits) => shown(hits, undefined, 200)),
      Effect.catch((refused) =>
        refused.status === 400 ? Effect.succeed(shown([], refused.message, 400)) : Effect.fail(refused)
      )
    )
}

export const pages: ReadonlyArray<PageModule> = [{ address: "/find", make: find }]
