/** The history of branches for the Promise client. */
import type { Calls } from "./Calls.ts"
import type { History } from "./History.ts"
import { numbers } from "./QueryNumbers.ts"

/** The functions of `History` over the calls of one client. */
export const make = ({ run }: Calls): History => ({
  refs: ({ after, limit, ...query } = {}) =>
    run((client) => client.history.refs({ query: { ...query, ...numbers({ after, limit }) } })),
  at: (query) => run((client) => client.history.at({ query })),
  intervals: ({ limit, ...query }) =>
    run((client) => client.history.intervals({ query: { ...query, ...numbers({ limit }) } })),
  commits: ({ limit, ...query }) =>
    run((client) => client.history.commits({ query: { ...query, ...numbers({ limit }) } })),
  stale: ({ before, limit, ...query } = {}) =>
    run((client) => client.history.stale({ query: { ...query, ...numbers({ before, limit }) } })),
  observe: (payload) => run((client) => client.history.observe({ payload }))
})
