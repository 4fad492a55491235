/**
 * The members of hub answers that we read, and nothing else: hubs of different versions send more or fewer.
 *
 * An answer of another shape is taken as no usable answer, since a hub that changed under us cannot be trusted to have done
 * what was asked.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { HubUnreachable, type KojiError } from "./KojiError.ts"
import type { Answer } from "./KojiHub.ts"
import type { Plain } from "./XmlRpc.ts"

/** A tag, as `getTag` shows it. */
export const Tag = Schema.Struct({
  id: Schema.Number,
  name: Schema.String,
  arches: Schema.NullOr(Schema.String),
  locked: Schema.Boolean,
  extra: Schema.optional(Schema.Record(Schema.String, Schema.Unknown))
})
/** A decoded tag; `arches` is a list with blanks between. */
export type Tag = typeof Tag.Type

/** A build target, as `getBuildTarget` shows it. */
export const Target = Schema.Struct({
  id: Schema.Number,
  name: Schema.String,
  build_tag_name: Schema.String,
  dest_tag_name: Schema.String
})
/** A decoded build target. */
export type Target = typeof Target.Type

/** One tag that a tag inherits from, as `getInheritanceData` shows it. */
export const InheritanceLink = Schema.Struct({ parent_id: Schema.Number, name: Schema.String, priority: Schema.Number })
/** A decoded link to a parent; lower priorities are looked at first. */
export type InheritanceLink = typeof InheritanceLink.Type

/** A package that a tag may hold, as `listPackages` shows it. */
export const TagPackage = Schema.Struct({ package_name: Schema.String, blocked: Schema.Boolean })
/** A decoded package of a tag. */
export type TagPackage = typeof TagPackage.Type

/** A group of packages that builders install, as `getTagGroups` shows it. */
export const TagGroup = Schema.Struct({
  name: Schema.String,
  blocked: Schema.Boolean,
  packagelist: Schema.Array(Schema.Struct({ package: Schema.String, blocked: Schema.Boolean }))
})
/** A decoded group with its packages. */
export type TagGroup = typeof TagGroup.Type

/** Task states: 0 FREE, 1 OPEN, 2 CLOSED, 3 CANCELED, 4 ASSIGNED, 5 FAILED. */
export const Task = Schema.Struct({
  id: Schema.Number,
  method: Schema.String,
  state: Schema.Number,
  arch: Schema.optional(Schema.NullOr(Schema.String)),
  create_ts: Schema.optional(Schema.NullOr(Schema.Number)),
  completion_ts: Schema.optional(Schema.NullOr(Schema.Number)),
  request: Schema.optional(Schema.NullOr(Schema.Array(Schema.Unknown)))
})
/** A decoded task; times in seconds since 1970. */
export type Task = typeof Task.Type

/** Build states: 0 BUILDING, 1 COMPLETE, 2 DELETED, 3 FAILED, 4 CANCELED. */
export const Build = Schema.Struct({
  build_id: Schema.Number,
  nvr: Schema.String,
  name: Schema.String,
  version: Schema.String,
  release: Schema.String,
  epoch: Schema.NullOr(Schema.Number),
  state: Schema.Number,
  task_id: Schema.NullOr(Schema.Number),
  owner_name: Schema.String,
  source: Schema.optional(Schema.NullOr(Schema.String)),
  extra: Schema.optional(Schema.Unknown),
  volume_name: Schema.String
})
/** A decoded build. */
export type Build = typeof Build.Type

/** A build in a tag, as `listTagged` shows it. */
export const TaggedBuild = Schema.Struct({
  build_id: Schema.Number,
  nvr: Schema.String,
  package_name: Schema.String,
  create_event: Schema.Number
})
/** A decoded build of a tag; `create_event` is the event of its tagging. */
export type TaggedBuild = typeof TaggedBuild.Type

/** A package of a build, as `listRPMs` shows it. */
export const Rpm = Schema.Struct({
  id: Schema.Number,
  name: Schema.String,
  version: Schema.String,
  release: Schema.String,
  epoch: Schema.NullOr(Schema.Number),
  arch: Schema.String,
  size: Schema.optional(Schema.NullOr(Schema.Number))
})
/** A decoded package of a build; `size` in bytes. */
export type Rpm = typeof Rpm.Type

/** Repository states: 0 INIT, 1 READY, 2 EXPIRED, 3 DELETED, 4 PROBLEM. */
export const Repo = Schema.Struct({ id: Schema.Number, state: Schema.Number, create_event: Schema.Number })
/** A decoded repository; `create_event` is the event that it shows the tag at. */
export type Repo = typeof Repo.Type

/** A request for a repository, as `repo.request` shows it. */
export const RepoRequest = Schema.Struct({
  id: Schema.Number,
  active: Schema.Boolean,
  tries: Schema.Number,
  task_id: Schema.NullOr(Schema.Number)
})

/** What became of a request for a repository, as `repo.checkRequest` shows it. */
export const RepoCheck = Schema.Struct({ repo: Schema.NullOr(Repo), request: Schema.NullOr(RepoRequest) })
/** A decoded request and the repository that fulfils it, once there is one. */
export type RepoCheck = typeof RepoCheck.Type

/** A user, as `getLoggedInUser` shows it. */
export const User = Schema.Struct({ id: Schema.Number, name: Schema.String })
/** A decoded user. */
export type User = typeof User.Type

/** Why a task failed, as `getTaskResult` shows it. */
export const TaskFault = Schema.Struct({ faultCode: Schema.Number, faultString: Schema.String })

/** The answer in this shape. */
export const decode = <A>(
  schema: Schema.Codec<A, unknown>,
  method: string,
  answer: Plain
): Effect.Effect<A, HubUnreachable> => {
  const result = Schema.decodeUnknownResult(schema)(answer)
  return Result.isSuccess(result)
    ? Effect.succeed(result.success)
    : Effect.fail(
      new HubUnreachable({ reason: "malformed", method, text: `an answer of another shape: ${result.failure.message}` })
    )
}

/** The answer of one multicall element in this shape, its fault as a failure. */
export const element = <A>(
  schema: Schema.Codec<A, unknown>,
  method: string,
  answer: Answer | undefined
): Effect.Effect<A, KojiError> =>
  answer === undefined
    ? Effect.fail(new HubUnreachable({ reason: "malformed", method, text: "no answer for a call" }))
    : Result.isFailure(answer)
    ? Effect.fail(answer.failure)
    : decode(schema, method, answer.success)

/** As `element`, with another value instead of a fault: for reads of things that need not exist. */
export const elementOr = <A, B>(
  schema: Schema.Codec<A, unknown>,
  method: string,
  answer: Answer | undefined,
  otherwise: B
): Effect.Effect<A | B, KojiError> =>
  Effect.catchTag(element(schema, method, answer), "KojiFault", () => Effect.succeed(otherwise))
