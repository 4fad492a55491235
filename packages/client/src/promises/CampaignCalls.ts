/** Campaigns for the Promise client. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as WatchCampaign from "../WatchCampaign.ts"
import type { Calls } from "./Calls.ts"
import type { Campaigns } from "./Campaigns.ts"
import { numbers } from "./QueryNumbers.ts"

const path = (id: number) => ({ params: { id: `${id}` } })
const only = (node: string | undefined) => ({ payload: node === undefined ? {} : { node } })

/** The functions of `Campaigns` over the calls of one client. */
export const make = ({ iterate, run }: Calls): Campaigns => ({
  impact: ({ limit, offset, ...query }) =>
    run((client) => client.campaigns.impact({ query: { ...query, ...numbers({ limit, offset }) } })),
  plan: (payload) => run((client) => client.campaigns.plan({ payload })),
  list: ({ limit, offset, ...query } = {}) =>
    run((client) => client.campaigns.list({ query: { ...query, ...numbers({ limit, offset }) } })),
  get: (id) => run((client) => client.campaigns.get(path(id))),
  approve: (id) => run((client) => client.campaigns.approve(path(id))),
  hold: (id, payload = {}) => run((client) => client.campaigns.hold({ ...path(id), payload })),
  letGo: (id, node) => run((client) => client.campaigns.letGo({ ...path(id), ...only(node) })),
  resume: (id, node) => run((client) => client.campaigns.resume({ ...path(id), ...only(node) })),
  cancel: (id) => run((client) => client.campaigns.cancel(path(id))),
  watch: (id) => iterate((client) => WatchCampaign.watch(client, id)),
  finished: (id) =>
    run((client) => Effect.flatMap(Stream.runLast(WatchCampaign.watch(client, id)), (last) => Effect.fromOption(last)))
})
