/** What the Promise client tells of the dependency graph. Plain types, held to the API's by a test. */

/** Why one depends on another. */
export type EdgeType = "component" | "build" | "buildroot" | "runtime"

/** A node that was reached, by an edge of which type, from which node (`via`), over how many edges (`depth`). */
export interface ReachedNode {
  readonly node: string
  readonly depth: number
  readonly type: string
  readonly via: string
}

/** One edge: `source` depends on `target`, as `unit` says. */
export interface GraphEdge {
  readonly unit: string
  readonly type: string
  readonly source: string
  readonly target: string
}

/** What to follow, and which part of the answer is wanted. */
export interface GraphQuery {
  /** `modules/NAME:STREAM` or `rpms/NAME`. */
  readonly node: string
  /** At most 64, which is also what counts without it. */
  readonly depth?: number
  /** All without it. */
  readonly types?: ReadonlyArray<EdgeType>
  /** RFC 3339: as the graph was then. */
  readonly at?: string
  readonly limit?: number
  readonly offset?: number
}

/** A part of what was reached, with how many nodes there are in all. */
export interface ReachedNodes {
  readonly total: number
  readonly items: ReadonlyArray<ReachedNode>
}

/** A compose that the graph was told of. `counts`: it is the newest of its product. */
export interface GraphCompose {
  readonly number: number
  readonly compose: string
  readonly product: string
  readonly by: string
  /** RFC 3339 in UTC. */
  readonly at: string
  readonly counts: boolean
}

/** What an import of a compose made known. */
export interface ImportedCompose {
  readonly number: number
  readonly compose: string
  readonly product: string
  readonly packages: number
  readonly modules: number
  readonly edges: number
}

/** The dependency graph. Every function rejects with `RequestFailed`. */
export interface Graph {
  /** What depends on a node, the nearest first. */
  readonly dependants: (query: GraphQuery) => Promise<ReachedNodes>
  /** What a node depends on, the nearest first. */
  readonly dependencies: (query: GraphQuery) => Promise<ReachedNodes>
  /** One of the shortest ways by which a node depends on another; rejects with status 404 where it does not. */
  readonly path: (
    query: { readonly from: string; readonly to: string } & Pick<GraphQuery, "depth" | "types" | "at">
  ) => Promise<ReadonlyArray<ReachedNode>>
  /** How the graph differs from its sources, at most a thousand edges of each kind. */
  readonly audit: () => Promise<{
    readonly missing: ReadonlyArray<GraphEdge>
    readonly surplus: ReadonlyArray<GraphEdge>
  }>
  /** Makes the graph what its sources say. It needs the right to administer. */
  readonly repair: () => Promise<{ readonly begun: number; readonly ended: number }>
  /** Composes that it was told of, the newest first. */
  readonly composes: (query?: { readonly limit?: number }) => Promise<ReadonlyArray<GraphCompose>>
  /** Takes in a finished compose, from the address where it lies. It needs the right to import. */
  readonly importCompose: (url: string) => Promise<ImportedCompose>
}
