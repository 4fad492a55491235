/** Package builds and build nodes for the Promise client. */
import * as Effect from "effect/Effect"
import type { Calls } from "./Calls.ts"
import type { BuildNodes, PackageBuilds } from "./PackageBuilds.ts"
import { numbers } from "./QueryNumbers.ts"

const path = (id: number) => ({ params: { id: `${id}` } })

/** The functions of `PackageBuilds` over the calls of one client. */
export const make = ({ run }: Calls): PackageBuilds => ({
  submit: (payload) => run((client) => client.packageBuilds.submit({ payload })),
  list: ({ limit, offset, running, ...query } = {}) =>
    run((client) =>
      client.packageBuilds.list({
        query: {
          ...query,
          ...(running === undefined ? {} : { running: running ? "true" as const : "false" as const }),
          ...numbers({ limit, offset })
        }
      })
    ),
  get: (id) => run((client) => client.packageBuilds.get(path(id))),
  actions: (id) => run((client) => client.actions.packageBuild(path(id))),
  forecast: (id) => run((client) => client.forecasts.packageBuild(path(id))),
  explain: (id) => run((client) => client.packageBuilds.explain(path(id))),
  cancel: (id) => run((client) => client.packageBuilds.cancel(path(id))),
  restart: (id, payload = {}) => run((client) => client.packageBuilds.restart({ ...path(id), payload })),
  prioritize: (id, priority) => run((client) => client.packageBuilds.prioritize({ ...path(id), payload: { priority } }))
})

/** The functions of `BuildNodes` over the calls of one client. */
export const makeNodes = ({ run }: Calls): BuildNodes => ({
  list: () => run((client) => client.buildNodes.list()),
  adjust: (name, payload) => run((client) => client.buildNodes.adjust({ params: { name }, payload })),
  token: (name) => run((client) => Effect.map(client.buildNodes.token({ params: { name } }), ({ token }) => token)),
  remove: (name) => run((client) => client.buildNodes.remove({ params: { name } }))
})
