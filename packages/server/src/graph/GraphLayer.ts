/** The dependency graph in operation: what feeds it, and the graph that follows. */
import * as Layer from "effect/Layer"
import type { Mode } from "../localbuild/sandbox/SandboxChoice.ts"
import type { Allowed } from "../outgoing/AddressRules.ts"
import * as DependencyEdges from "./DependencyEdges.ts"
import * as GraphFeeds from "./GraphFeeds.ts"

/** Everything of the graph. */
export const layer = (config: { readonly localSandbox: Mode; readonly outgoingAllow: Allowed }) =>
  Layer.merge(DependencyEdges.upToDate, GraphFeeds.upkeep).pipe(
    Layer.provideMerge(Layer.merge(DependencyEdges.layer, GraphFeeds.layer(config)))
  )
