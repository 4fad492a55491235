/** When builds are expected to end, part by part, and how far they are. */
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { NotFound, Unavailable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"
import { ExpectedEnd } from "./ExpectedEnd.ts"

/** How long something usually takes, in seconds: the median of earlier runs, and between what most of them lie. */
export const UsualTime = Schema.Struct({
  seconds: Schema.Number,
  low: Schema.Number,
  high: Schema.Number,
  runs: Schema.Number
}).annotate({ identifier: "UsualTime" })
/** How long something usually takes. */
export interface UsualTime extends Schema.Schema.Type<typeof UsualTime> {}

/** When a build is expected to end. Times are RFC 3339 in UTC. */
export const BuildForecast = Schema.Struct({
  expected: Schema.NullOr(ExpectedEnd),
  /** Why nothing is expected, one sentence; null where something is, or the build has ended. */
  why_not: Schema.NullOr(Schema.String),
  progress: Schema.Struct({
    done: Schema.Number,
    total: Schema.Number,
    /** Why it is not as far as it seemed before: what is built again, and why. */
    back: Schema.NullOr(Schema.String)
  }),
  /** Components of a module, tasks of a package build, in the order of the plan. */
  parts: Schema.Array(Schema.Struct({
    name: Schema.String,
    /** Null where fewer than three earlier runs are known. */
    usual: Schema.NullOr(UsualTime),
    /** Seconds that it took, or has taken until now; null where it has not begun or was not built here. */
    took: Schema.NullOr(Schema.Number),
    starts_at: Schema.NullOr(Schema.String),
    ends_at: Schema.NullOr(Schema.String)
  }))
}).annotate({ identifier: "BuildForecast" })
/** When a build is expected to end. */
export interface BuildForecast extends Schema.Schema.Type<typeof BuildForecast> {}

const one = { params: { id: Schema.String }, success: BuildForecast, error: [NotFound, Unavailable] as const }

/** Forecasts of builds, `GET /orch/v1/module-builds/ID/forecast` and the same of package builds. */
export class ForecastApi extends HttpApiGroup.make("forecasts")
  .add(
    HttpApiEndpoint.get("moduleBuild", "/module-builds/:id/forecast", one).annotate(Right, "read"),
    HttpApiEndpoint.get("packageBuild", "/package-builds/:id/forecast", one).annotate(Right, "read")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1")
  .annotateMerge(OpenApi.annotations({ title: "Forecasts" }))
{}
