/**
 * Where module builds live: their state, their events, and the commands and announcements that come out of each event.
 *
 * `apply` is the only way to change a build, and one transaction: take the build's lock, drop events whose key was seen,
 * decide, append the events, write what changed, queue the commands, put the announcements in the outbox. Either all of
 * it is there afterwards or nothing.
 *
 * @see ../testing/ProcessStoreContract.ts for the promises every implementation is held to.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { RepositoryRequest } from "../farm/Buildroot.ts"
import type { Active, Candidate, Share } from "../farm/FairShare.ts"
import type { TaskId } from "../farm/Task.ts"
import type { ComponentState } from "../modulebuild/ComponentBuild.ts"
import type { ModuleBuild, ModuleBuildState, Progress } from "../modulebuild/ModuleBuild.ts"
import type { ModuleBuildEvent } from "../modulebuild/ModuleBuildEvent.ts"
import type { ModulePlan } from "../modulebuild/ModulePlan.ts"
import { IllegalTransition } from "../modulebuild/Transition.ts"

/** The storage could not answer. Nothing is known to have changed; the caller may try again. */
export class StoreUnavailable extends Schema.TaggedError<StoreUnavailable>()("StoreUnavailable", {
  operation: Schema.String,
  message: Schema.String,
  cause: Schema.optional(Schema.Defect())
}) {}

export class ModuleBuildNotFound extends Schema.TaggedError<ModuleBuildNotFound>()("ModuleBuildNotFound", {
  id: Schema.Number
}) {}

/** A build of this name:stream:version:context exists and has not failed. */
export class ModuleBuildExists extends Schema.TaggedError<ModuleBuildExists>()("ModuleBuildExists", {
  id: Schema.Number,
  nsvc: Schema.String,
  state: Schema.String
}) {}

/** An event and the key that makes it happen once; observations need none, since repeating them changes nothing. */
export interface Keyed {
  readonly event: ModuleBuildEvent
  readonly key: string | undefined
}

export interface Applied {
  readonly build: ModuleBuild
  /** How often the build has changed; grows by one with each changing transaction. */
  readonly revision: number
  /** Whether this call changed anything. */
  readonly changed: boolean
}

/** An event as it was stored. */
export interface Recorded {
  readonly sequence: number
  readonly event: ModuleBuildEvent
}

/** One line of a list. */
export interface Summary {
  readonly id: number
  readonly state: ModuleBuildState
  readonly reason: string
  readonly name: string
  readonly stream: string
  readonly version: bigint
  readonly context: string
  readonly owner: string
  readonly scratch: boolean
  readonly createdAt: number
  readonly modifiedAt: number
  readonly completedAt: number | undefined
}

/** A build that others can be built against. */
export interface ReadyBuild {
  readonly id: number
  readonly plan: ModulePlan
  readonly progress: Progress
}

export interface Query {
  readonly states?: ReadonlyArray<ModuleBuildState>
  readonly name?: string
  /** Any of these. */
  readonly names?: ReadonlyArray<string>
  readonly stream?: string
  readonly owner?: string
  /** Milliseconds since the epoch; only builds that have not changed since. */
  readonly modifiedBefore?: number
  readonly order?: "oldest" | "newest"
  readonly limit: number
  readonly offset: number
}

export interface Page {
  readonly items: ReadonlyArray<Summary>
  readonly total: number
}

/** A task somebody has to ask the build system about. */
export interface OutstandingTask {
  readonly build: number
  readonly component: string
  readonly task: TaskId
}

export interface OutstandingRepository {
  readonly build: number
  readonly request: RepositoryRequest
}

export interface Outstanding {
  readonly tasks: ReadonlyArray<OutstandingTask>
  readonly repositories: ReadonlyArray<OutstandingRepository>
}

export interface Interface {
  /**
   * Stores a new build with its first event. `ModuleBuildExists` where one of the same name, stream, version and context
   * is there that has not failed or been retired; scratch builds never collide.
   */
  readonly create: (
    plan: ModulePlan,
    event: ModuleBuildEvent
  ) => Effect.Effect<Applied, ModuleBuildExists | StoreUnavailable>
  /**
   * Applies events in order, in one transaction; refusing one refuses all. A build is not brought back to life
   * (`IllegalTransition`) when another one has taken its name, stream, version and context.
   */
  readonly apply: (
    id: number,
    events: ReadonlyArray<Keyed>
  ) => Effect.Effect<Applied, IllegalTransition | ModuleBuildNotFound | StoreUnavailable>
  /** The build at `atLeast` or any later revision. */
  readonly get: (id: number, atLeast?: number) => Effect.Effect<Applied, ModuleBuildNotFound | StoreUnavailable>
  readonly list: (query: Query) => Effect.Effect<Page, StoreUnavailable>
  /**
   * The ready builds of these modules that are not scratch builds, newest first, at most `perModule` of each name:
   * everything a new build can be resolved against.
   */
  readonly ready: (
    names: ReadonlyArray<string>,
    perModule: number
  ) => Effect.Effect<ReadonlyArray<ReadyBuild>, StoreUnavailable>
  /** Events of one build after a sequence number, oldest first. */
  readonly history: (
    id: number,
    after: number,
    limit: number
  ) => Effect.Effect<ReadonlyArray<Recorded>, StoreUnavailable>
  /**
   * Takes tasks and repositories that nobody has asked about for `notSince` milliseconds, and marks them asked about
   * now, so that several processes share the work.
   */
  readonly claimOutstanding: (
    notSince: number,
    limit: number
  ) => Effect.Effect<Outstanding, StoreUnavailable>
  /** The components that wait for these tasks. */
  readonly findTasks: (
    tasks: ReadonlyArray<TaskId>
  ) => Effect.Effect<ReadonlyArray<OutstandingTask>, StoreUnavailable>
  /**
   * Lets `choose` pick among the components that wait to be submitted, and remembers its choice for a minute, so that
   * nobody else picks them meanwhile. One caller at a time, in all processes. Where nothing waits, `active` may be empty.
   */
  readonly grant: (
    choose: (candidates: ReadonlyArray<Candidate>, active: Active) => Share
  ) => Effect.Effect<Share, StoreUnavailable>
  /** How many builds and components there are in each state, for gauges. */
  readonly counts: Effect.Effect<{
    readonly builds: Readonly<Partial<Record<ModuleBuildState, number>>>
    readonly components: Readonly<Partial<Record<ComponentState, number>>>
  }, StoreUnavailable>
}

export class ProcessStore extends Context.Service<ProcessStore, Interface>()("@orch/core/ports/ProcessStore") {}

/** The identity of a queued command: the same change of the same build never queues it twice. */
export const commandId = (build: number, revision: number, index: number): string => `${build}.${revision}.${index}`

/** Events without those whose key was seen, and of those that share a key only the first. */
export const fresh = (events: ReadonlyArray<Keyed>, isSeen: (key: string) => boolean): ReadonlyArray<Keyed> => {
  const taken = new Set<string>()
  return events.filter(({ key }) => {
    if (key === undefined) return true
    if (isSeen(key) || taken.has(key)) return false
    taken.add(key)
    return true
  })
}

/** Why a build cannot be brought back to life. */
export const placeTaken = (state: ModuleBuildState, events: ReadonlyArray<Keyed>, holder: number): IllegalTransition =>
  new IllegalTransition({
    state,
    event: events.at(-1)?.event._tag ?? "",
    message: `module build ${holder} of the same name, stream, version and context has taken its place`
  })
