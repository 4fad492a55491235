/** `/builds`. */
import { FeedPage as Feed } from "@orch/api/orch/FeedApi"
import * as FeedPage from "@orch/web/FeedPage"
import * as Effect from "effect/Effect"
import type { Asked, PageModule } from "./PageModule.ts"

const feed = ({ ask, now, prefix, query }: Asked) => {
  const q = query.get("q") ?? ""
  const asked = new URLSearchParams(q === "" ? {} : { q })
  const before = query.get("before")
  if (before !== null) asked.set("before", before)
  return ask(`/orch/v1/feed/?${asked}`, Feed).pipe(
    Effect.map((page) => ({ status: 200, page: FeedPage.page({ q, feed: page, problem: undefined, now, prefix }) })),
    // A filter that cannot be understood stays in its field, with what is wrong with it.
    Effect.catch((refused) =>
      refused.status === 400
        ? Effect.succeed({
          status: 400,
          page: FeedPage.page({ q, feed: undefined, problem: refused.message, now, prefix })
        })
        : Effect.fail(refused)
    )
  )
}

export const pages: ReadonlyArray<PageModule> = [{ address: "/builds", make: feed }]
