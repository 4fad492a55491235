/** The feed for the Promise client. */
import type { Calls } from "./Calls.ts"
import type { Feed } from "./Feed.ts"
import { numbers } from "./QueryNumbers.ts"

/** The functions of `Feed` over the calls of one client. */
export const make = ({ run }: Calls): Feed => ({
  list: ({ before, limit, q } = {}) =>
    run((client) =>
      client.feed.list({
        query: {
          ...(q === undefined ? {} : { q }),
          ...numbers({ before, limit })
        }
      })
    ),
  counts: (filters) => run((client) => client.feed.counts({ query: { q: filters } }))
})
