/** What was found out about the packages of a build after it: tests and signatures. */
import { SigningState } from "@orch/core/signing/Signing"
import { TestState } from "@orch/core/testrun/TestRun"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { BadRequest, NotFound, Unavailable } from "../ErrorBody.ts"
import { InvalidRequests } from "../InvalidRequests.ts"
import { Right } from "../Right.ts"

/** Tests and signatures of a package build. Times are RFC 3339 in UTC. */
export const PackageChecks = Schema.Struct({
  /** The newest test of each package. */
  tests: Schema.Array(Schema.Struct({
    id: Schema.Number,
    /** Number of the build task that made the package. */
    task: Schema.Number,
    /** `name-version-release`. */
    package: Schema.String,
    /** From 1; each further test of the same package is one more. */
    revision: Schema.Number,
    state: TestState,
    /** Why it is in this state. */
    state_reason: Schema.String,
    finished_at: Schema.NullOr(Schema.String)
  })),
  /** Requests to sign the build, newest first. */
  signings: Schema.Array(Schema.Struct({
    id: Schema.Number,
    /** The last 16 hexadecimal digits of the key's fingerprint. */
    key: Schema.String,
    state: SigningState,
    state_reason: Schema.String,
    /** How many packages are signed by it. */
    packages: Schema.Number,
    asked_by: Schema.String,
    finished_at: Schema.NullOr(Schema.String)
  }))
}).annotate({ identifier: "PackageChecks" })
/** Tests and signatures of a package build. */
export interface PackageChecks extends Schema.Schema.Type<typeof PackageChecks> {}

/** `GET /orch/v1/package-builds/ID/checks`. */
export class PackageChecksApi extends HttpApiGroup.make("packageChecks")
  .add(
    HttpApiEndpoint.get("packageBuild", "/:id/checks", {
      params: { id: Schema.String },
      success: PackageChecks,
      error: [BadRequest, NotFound, Unavailable]
    }).annotate(Right, "read")
  )
  .middleware(InvalidRequests)
  .prefix("/orch/v1/package-builds")
  .annotateMerge(OpenApi.annotations({ title: "Tests and signatures of package builds" }))
{}
