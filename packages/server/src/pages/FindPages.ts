/** `/find`. */
import { SearchHit } from "@orch/api/orch/SearchApi"
import * as FindPage from "@orch/web/FindPage"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { answered, type Asked, type PageModule, textIn } from "./PageModule.ts"

const find = ({ ask, prefix, query }: Asked) => {
  const q = textIn(query)("q")
  return answered(
    q === "" ? Effect.succeed([]) : ask(`/orch/v1/search?${new URLSearchParams({ q })}`, Schema.Array(SearchHit)),
    (hits = [], problem) => FindPage.page({ q, hits, problem, prefix })
  )
}

export const pages: ReadonlyArray<PageModule> = [{ address: "/find", make: find }]
