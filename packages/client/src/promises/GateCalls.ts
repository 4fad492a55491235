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
  targets: () => run((client) => client.gateTargets.targets()),
  promote: (name, candidates, { dryRun = false } = {}) =>
    run((client) => client.gateTargets.promote({ params: { name }, payload: { candidates, dry_run: dryRun } })),
  promotions: (name, query = {}) =>
    run((client) => client.gateTargets.promotions({ params: { name }, query: numbers(query) })),
  revoke: (id) => run((client) => client.gates.revoke({ params: { number: `${id}` } }))
})
