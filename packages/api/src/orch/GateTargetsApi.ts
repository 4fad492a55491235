/** Gates of sets: what candidates can go to a target together, and why the others cannot. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { BadRequest, Forbidden, NotFound, Unauthorized, Unavailable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"

const name = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(1024))
const relations = Schema.Array(name).check(Schema.isMaxLength(10_000))

/** A target, as `targets.yaml` of the gates names it. */
export const GateTarget = Schema.Struct({
  name: Schema.String,
  arches: Schema.Array(Schema.String),
  /** What is offered there besides what was promoted, with `{arch}`. */
  repositories: Schema.Array(Schema.String),
  /** The point that each candidate has to be let through at; null where none is asked. */
  decision_context: Schema.NullOr(Schema.String),
  /** Null: the policies of any product version are enough. */
  product_version: Schema.NullOr(Schema.String),
  subject_type: Schema.String,
  /** How many packages were promoted there and are there still. */
  packages: Schema.Number
}).annotate({ identifier: "GateTarget" })
/** A target. */
export interface GateTarget extends Schema.Schema.Type<typeof GateTarget> {}

/** A package that a candidate brings: `nevra` is `name-[epoch:]version-release.arch`, the rest in RPM's notation. */
export const CandidatePackage = Schema.Struct({
  nevra: name,
  requires: Schema.optionalKey(relations),
  provides: Schema.optionalKey(relations)
}).annotate({ identifier: "CandidatePackage" })
/** A package that a candidate brings. */
export interface CandidatePackage extends Schema.Schema.Type<typeof CandidatePackage> {}

/** What may be promoted. Without `packages`, `id` is the number or the name:stream:version:context of a finished module build. */
export const PromotionCandidate = Schema.Struct({
  id: name,
  /** What the gate knows it by, where that is not its id. */
  subject: Schema.optionalKey(name),
  /** All packages of one line give way to it, such as `perl:5.30`; for a module it is its name and stream. */
  line: Schema.optionalKey(name),
  packages: Schema.optionalKey(Schema.Array(CandidatePackage).check(Schema.isMaxLength(20_000)))
}).annotate({ identifier: "PromotionCandidate" })
/** What may be promoted. */
export interface PromotionCandidate extends Schema.Schema.Type<typeof PromotionCandidate> {}

/** What was promoted together and what was not, with why. Times are RFC 3339 in UTC. */
export const GatePromotion = Schema.Struct({
  /** Null where it was only tried. */
  number: Schema.NullOr(Schema.Number),
  target: Schema.String,
  at: Schema.String,
  by: Schema.String,
  promoted: Schema.Array(Schema.String),
  refused: Schema.Array(Schema.Struct({ id: Schema.String, reason: Schema.String })),
  /** Whether no larger set would do; false where there was too much to try. */
  is_largest: Schema.Boolean
}).annotate({ identifier: "GatePromotion" })
/** What was promoted and what was not. */
export interface GatePromotion extends Schema.Schema.Type<typeof GatePromotion> {}

const params = { name: Schema.String }

/** Gates of sets below `/orch/v1/gates/targets`. */
export class GateTargetsApi extends HttpApiGroup.make("gateTargets")
  .add(
    HttpApiEndpoint.get("targets", "/", { success: Schema.Array(GateTarget), error: Unavailable }).annotate(
      Right,
      "read"
    ),
    /** What was promoted, the newest first; `before` goes on below a number. */
    HttpApiEndpoint.get("promotions", "/:name/promotions", {
      params,
      query: { limit: Schema.optionalKey(Schema.String), before: Schema.optionalKey(Schema.String) },
      success: Schema.Array(GatePromotion),
      error: [BadRequest, NotFound, Unavailable]
    }).annotate(Right, "read"),
    /** Promotes the largest set after which everything can be installed that could be before. */
    HttpApiEndpoint.post("promote", "/:name/promotions", {
      params,
      payload: Schema.Struct({
        candidates: Schema.Array(PromotionCandidate).check(Schema.isMinLength(1), Schema.isMaxLength(500)),
        /** Only says what would be promoted. */
        dry_run: Schema.optionalKey(Schema.Boolean)
      }),
      success: GatePromotion,
      error: [BadRequest, Unauthorized, Forbidden, NotFound, Unavailable]
    }).annotate(Right, "administer")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1/gates/targets")
  .annotateMerge(OpenApi.annotations({ title: "Gates of sets" }))
{}
