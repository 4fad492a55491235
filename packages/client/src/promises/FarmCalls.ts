/** The farm for the Promise client. */
import type { Calls } from "./Calls.ts"
import type { Farm } from "./Farm.ts"
import { numbers } from "./QueryNumbers.ts"

/** The functions of `Farm` over the calls of one client. */
export const make = ({ run }: Calls): Farm => ({
  overview: () => run((client) => client.farm.overview()),
  queue: ({ limit, offset, ...query } = {}) =>
    run((client) => client.farm.queue({ query: { ...query, ...numbers({ limit, offset }) } }))
})
