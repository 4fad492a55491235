/** What depends on what, now and at any time since it is recorded. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { BadRequest, Forbidden, NotFound, Unauthorized, Unavailable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"

const node = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(1024))

/** A node that was reached, by an edge of which type, from which node (`via`), over how many edges (`depth`). */
export const ReachedNode = Schema.Struct({
  node: Schema.String,
  depth: Schema.Number,
  type: Schema.String,
  via: Schema.String
}).annotate({ identifier: "ReachedNode" })
/** A node that was reached. */
export interface ReachedNode extends Schema.Schema.Type<typeof ReachedNode> {}

/** One edge: `source` depends on `target`, as the module stream and context `unit` says. */
export const GraphEdge = Schema.Struct({
  unit: Schema.String,
  type: Schema.String,
  source: Schema.String,
  target: Schema.String
}).annotate({ identifier: "GraphEdge" })
/** One edge. */
export interface GraphEdge extends Schema.Schema.Type<typeof GraphEdge> {}

/** A compose that was told of. `counts`: it is the newest of its product. Times are RFC 3339 in UTC. */
export const GraphCompose = Schema.Struct({
  number: Schema.Number,
  compose: Schema.String,
  product: Schema.String,
  by: Schema.String,
  at: Schema.String,
  counts: Schema.Boolean
}).annotate({ identifier: "GraphCompose" })
/** A compose that was told of. */
export interface GraphCompose extends Schema.Schema.Type<typeof GraphCompose> {}

/** What an import of a compose made known: source packages, modules, and edges that follow from them. */
export const ImportedCompose = Schema.Struct({
  number: Schema.Number,
  compose: Schema.String,
  product: Schema.String,
  packages: Schema.Number,
  modules: Schema.Number,
  edges: Schema.Number
}).annotate({ identifier: "ImportedCompose" })
/** What an import of a compose made known. */
export interface ImportedCompose extends Schema.Schema.Type<typeof ImportedCompose> {}

/** `types` separated by commas; `depth` at most 64; `at` RFC 3339. */
const follow = {
  depth: Schema.optionalKey(Schema.String),
  types: Schema.optionalKey(Schema.String),
  at: Schema.optionalKey(Schema.String)
}
const page = { limit: Schema.optionalKey(Schema.String), offset: Schema.optionalKey(Schema.String) }
const reached = Schema.Struct({ total: Schema.Number, items: Schema.Array(ReachedNode) })
const read = [BadRequest, NotFound, Unavailable] as const

/** The dependency graph below `/orch/v1/graph`. Nodes are `modules/NAME:STREAM`, `rpms/NAME` and `composes/PRODUCT`. */
export class GraphApi extends HttpApiGroup.make("graph")
  .add(
    /** What depends on a node, the nearest first. */
    HttpApiEndpoint.get("dependants", "/dependants", {
      query: { node, ...follow, ...page },
      success: reached,
      error: read
    }).annotate(Right, "read"),
    /** What a node depends on, the nearest first. */
    HttpApiEndpoint.get("dependencies", "/dependencies", {
      query: { node, ...follow, ...page },
      success: reached,
      error: read
    }).annotate(Right, "read"),
    /** One of the shortest ways by which a node depends on another. */
    HttpApiEndpoint.get("path", "/path", {
      query: { from: node, to: node, ...follow },
      success: Schema.Array(ReachedNode),
      error: read
    }).annotate(Right, "read"),
    /** How the graph differs from what the builds say, at most a thousand edges of each kind. */
    HttpApiEndpoint.get("audit", "/audit", {
      success: Schema.Struct({ missing: Schema.Array(GraphEdge), surplus: Schema.Array(GraphEdge) }),
      error: Unavailable
    }).annotate(Right, "read"),
    /** Makes the graph what the builds say. */
    HttpApiEndpoint.post("repair", "/repair", {
      success: Schema.Struct({ begun: Schema.Number, ended: Schema.Number }),
      error: [Unauthorized, Forbidden, Unavailable]
    }).annotate(Right, "administer"),
    /** Composes that were told of, the newest first. */
    HttpApiEndpoint.get("composes", "/composes", {
      query: { limit: Schema.optionalKey(Schema.String) },
      success: Schema.Array(GraphCompose),
      error: [BadRequest, Unavailable]
    }).annotate(Right, "read"),
    /**
     * Takes in a finished compose: from the address where it lies, or its `rpms.json` and `modules.json` as productmd writes them, with the documents
     * of its modules in any number of texts.
     */
    HttpApiEndpoint.post("importCompose", "/composes", {
      payload: Schema.Struct({
        url: Schema.optionalKey(node),
        rpms: Schema.optionalKey(Schema.Json),
        modules: Schema.optionalKey(Schema.Json),
        modulemds: Schema.optionalKey(Schema.Array(Schema.String).check(Schema.isMaxLength(10_000))),
        status: Schema.optionalKey(Schema.Literals(["FINISHED", "FINISHED_INCOMPLETE"]))
      }),
      success: ImportedCompose,
      error: [BadRequest, Unauthorized, Forbidden, Unavailable]
    }).annotate(Right, "import")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1/graph")
  .annotateMerge(OpenApi.annotations({ title: "Dependency graph" }))
{}
