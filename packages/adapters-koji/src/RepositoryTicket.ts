/**
 * What a repository request of ours leads back to, also in another process: kept as JSON in the port's opaque id.
 *
 * Two kinds: a repository that has to contain builds, and a build that has to be there before a preparation can go on.
 */
import type { RepositoryRequest } from "@orch/core/ports/BuildSystem"
import type * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const Awaited = Schema.Struct({
  /** NVR of the build that is being made, and the task that makes it. */
  built: Schema.String,
  task: Schema.Number
})
/** What a ticket waits for. */
export type Awaited = typeof Awaited.Type

const Wanted = Schema.Struct({
  /** Builds that the repository must contain. */
  nvrs: Schema.Array(Schema.String),
  /** The hub's request, from 1.35 on. */
  request: Schema.optionalKey(Schema.Number),
  /** Our `newRepo` task. */
  task: Schema.optionalKey(Schema.Number),
  /** Of which tag, where not of the buildroot's build tag. */
  tag: Schema.optionalKey(Schema.String)
})
/** What the repository must contain. */
export type Wanted = typeof Wanted.Type

/** A repository that was asked for, as an id that outlives this process. */
export type RepositoryTicket = Awaited | Wanted

const Text = Schema.fromJsonString(Schema.Union([Awaited, Wanted]))

/** The ticket as the text that the port carries. `parse` reads it back. */
export const format: (ticket: RepositoryTicket) => string = Schema.encodeSync(Text)

/** Fails for ids that are none of ours. */
export const parse = ({ id }: Pick<RepositoryRequest, "id">): Result.Result<RepositoryTicket, unknown> =>
  Schema.decodeUnknownResult(Text)(id)
