/** Releases for the Promise client. */
import type { Calls } from "./Calls.ts"
import { numbers } from "./QueryNumbers.ts"
import type { Releases } from "./Releases.ts"

const path = (id: number) => ({ params: { id: `${id}` } })

/** The functions of `Releases` over the calls of one client. */
export const make = ({ run }: Calls): Releases => ({
  plan: (payload) => run((client) => client.releases.plan({ payload })),
  list: ({ limit, offset, ...query } = {}) =>
    run((client) => client.releases.list({ query: { ...query, ...numbers({ limit, offset }) } })),
  get: (id) => run((client) => client.releases.get(path(id))),
  explain: (id) => run((client) => client.releases.explain(path(id))),
  actions: (id) => run((client) => client.actions.release(path(id))),
  replan: (id) => run((client) => client.releases.replan(path(id))),
  commit: (id) => run((client) => client.releases.commit(path(id))),
  revert: (id, why) =>
    run((client) => client.releases.revert({ ...path(id), payload: why === undefined ? {} : { why } })),
  remove: (id) => run((client) => client.releases.remove(path(id)))
})
