/** Gates for the Promise client. */
import type { Calls } from "./Calls.ts"
import type { Gates } from "./Gates.ts"
import { numbers } from "./QueryNumbers.ts"

/** The functions of `Gates` over the calls of one client. */
export const make = ({ run }: Calls): Gates => ({
  decide: (query) => run((client) => client.gates.decide({ query })),
  waivers: ({ limit, ...query } = {}) =>
    run((client) => client.gates.waivers({ query: { ...query, ...numbers({ limit }) } })),
  waive: (payload) => run((client) => client.gates.waive({ payload })),
  revoke: (id) => run((client) => client.gates.revoke({ params: { number: `${id}` } }))
})
