/** The dependency graph for the Promise client. */
import type { Calls } from "./Calls.ts"
import type { Graph, GraphQuery } from "./Graph.ts"
import { numbers } from "./QueryNumbers.ts"

const followed = ({ at, depth, types }: Pick<GraphQuery, "depth" | "types" | "at">) => ({
  ...numbers({ depth }),
  ...(at === undefined ? {} : { at }),
  ...(types === undefined ? {} : { types: types.join(",") })
})

const asked = ({ limit, node, offset, ...follow }: GraphQuery) => ({
  node,
  ...followed(follow),
  ...numbers({ limit, offset })
})

/** The functions of `Graph` over the calls of one client. */
export const make = ({ run }: Calls): Graph => ({
  dependants: (query) => run((client) => client.graph.dependants({ query: asked(query) })),
  dependencies: (query) => run((client) => client.graph.dependencies({ query: asked(query) })),
  path: ({ from, to, ...follow }) => run((client) => client.graph.path({ query: { from, to, ...followed(follow) } })),
  audit: () => run((client) => client.graph.audit()),
  repair: () => run((client) => client.graph.repair()),
  composes: (query = {}) => run((client) => client.graph.composes({ query: numbers(query) })),
  importCompose: (url) => run((client) => client.graph.importCompose({ payload: { url } }))
})
