/** What a caller needs in order to use an endpoint: declared by the endpoint itself, enforced by the server on the matched route. */
import * as Context from "effect/Context"

/**
 * - `public`: everybody, always: health, descriptions, published files.
 * - `read`: everybody, unless the installation closes reads; then whoever is known.
 * - `known`: whoever can say who they are.
 * - `submit`: whoever may begin and change builds of their own.
 * - `own`: the same, and the handler checks that what is changed is the caller's.
 * - `release`: those who may change production repositories.
 * - `administer`: those who run the place.
 * - `import`: those who may bring in modules that were built elsewhere.
 * - `record`: those who may write repository records and storage nodes.
 */
export type RightName = "public" | "read" | "known" | "submit" | "own" | "release" | "administer" | "import" | "record"

/** The annotation of an endpoint: `endpoint.annotate(Right, "read")`. An endpoint without one is refused to everybody. */
export class Right extends Context.Service<Right, RightName>()("@orch/api/Right") {}
