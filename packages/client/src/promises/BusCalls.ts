/** Message brokers for the Promise client. */
import type { Bus } from "./Bus.ts"
import type { Calls } from "./Calls.ts"
import { numbers } from "./QueryNumbers.ts"

/** The functions of `Bus` over the calls of one client. */
export const make = ({ run }: Calls): Bus => ({
  status: () => run((client) => client.bus.status()),
  messages: ({ before, limit, ...query } = {}) =>
    run((client) => client.bus.messages({ query: { ...query, ...numbers({ before, limit }) } })),
  retry: (number) => run((client) => client.bus.retry({ params: { number: `${number}` } })),
  topics: () => run((client) => client.bus.topics()),
  schema: (topic) => run((client) => client.bus.topic({ params: { topic } }))
})
