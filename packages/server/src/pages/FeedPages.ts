/** `/builds`. */
import { FeedPage as Feed } from "@orch/api/orch/FeedApi"
import * as FeedPage from "@orch/web/FeedPage"
import { answered, type Asked, type PageModule } from "./PageModule.ts"

const feed = ({ ask, now, prefix, query }: Asked) => {
  const q = query.get("q") ?? ""
  const asked = new URLSearchParams(q === "" ? {} : { q })
  const before = query.get("before")
  if (before !== null) asked.set("before", before)
  return answered(
    ask(`/orch/v1/feed/?${asked}`, Feed),
    (found, problem) => FeedPage.page({ q, feed: found, problem, now, prefix })
  )
}

export const pages: ReadonlyArray<PageModule> = [{ address: "/builds", make: feed }]
