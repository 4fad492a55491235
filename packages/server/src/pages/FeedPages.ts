/** `/builds`, and the same as an Atom feed. */
import { QueuePage } from "@orch/api/orch/FarmApi"
import { FeedCounts, FeedPage as Feed } from "@orch/api/orch/FeedApi"
import * as Atom from "@orch/web/Atom"
import * as FeedPage from "@orch/web/FeedPage"
import * as Effect from "effect/Effect"
import { answered, type Asked, type PageModule } from "./PageModule.ts"

const addressOf = (q: string, before: string | null) =>
  `/orch/v1/feed/?${new URLSearchParams({ ...(q === "" ? {} : { q }), ...(before === null ? {} : { before }) })}`

const feed = ({ ask, now, prefix, query, viewer }: Asked) =>
  Effect.gen(function*() {
    const views = FeedPage.views(viewer).map(([, filter]) => ["q", filter])
    const counts = yield* ask(`/orch/v1/feed/counts?${new URLSearchParams(views)}`, FeedCounts)
    const hasOwn = counts.some((one) => one.q === FeedPage.mine && one.total > 0)
    const q = query.get("q") ?? (hasOwn ? FeedPage.mine : "")
    // Where the farm cannot be asked, the feed is there all the same.
    const waiting = yield* ask("/orch/v1/farm/queue?limit=1", QueuePage).pipe(
      Effect.map(({ total }) => total),
      Effect.orElseSucceed(() => undefined)
    )
    return yield* answered(
      ask(addressOf(q, query.get("before")), Feed),
      (found, problem) => FeedPage.page({ q, feed: found, problem, counts, waiting, viewer, now, prefix })
    )
  })

const atom = ({ ask, now, origin, query }: Asked) => {
  const q = query.get("q") ?? ""
  return Effect.map(ask(addressOf(q, null), Feed), ({ items }) => ({
    text: Atom.feed({ q, items, origin, now }),
    type: "application/atom+xml; charset=utf-8"
  }))
}

export const pages: ReadonlyArray<PageModule> = [
  { address: "/builds", make: feed },
  { address: "/builds.atom", make: atom }
]
