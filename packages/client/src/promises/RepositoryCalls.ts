/** Repositories and storage nodes for the Promise client. */
import * as Effect from "effect/Effect"
import type { Calls } from "./Calls.ts"
import { numbers } from "./QueryNumbers.ts"
import type { Repositories } from "./Repositories.ts"

/** The functions of `Repositories` over the calls of one client. */
export const make = ({ run }: Calls): Repositories => ({
  search: ({ commonSha1, limit, ...query } = {}) =>
    run((client) =>
      client.repositories.search({
        query: {
          ...query,
          ...numbers({ limit }),
          ...(commonSha1 === true ? { common_sha1: "true" as const } : {})
        }
      })
    ),
  post: (project, payload) => run((client) => client.repositories.post({ params: { project }, headers: {}, payload })),
  promote: (chacraUrl, release) =>
    run((client) => client.repositories.promote({ headers: {}, payload: { chacra_url: chacraUrl, release } })),
  nodes: () => run((client) => client.repositories.nodes()),
  nextNode: () => run((client) => Effect.map(client.repositories.nextNode({ headers: {} }), ({ url }) => url)),
  registerNode: (host) => run((client) => client.repositories.registerNode({ params: { host }, headers: {} })),
  adjustNode: (host, payload) =>
    run((client) => client.repositories.adjustNode({ params: { host }, headers: {}, payload })),
  removeNode: (host) => run((client) => client.repositories.removeNode({ params: { host }, headers: {} }))
})
