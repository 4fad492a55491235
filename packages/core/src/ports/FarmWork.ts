/**
 * What the processes of all lives want of the farm: tasks and repositories somebody has to ask about, and parts that wait
 * for a slot. Lives share one farm, so slots are handed out over all of them.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { RepositoryRequest } from "../farm/Buildroot.ts"
import type { Active, Candidate, Share } from "../farm/FairShare.ts"
import type { TaskId } from "../farm/Task.ts"
import type { StoreUnavailable } from "./StoreUnavailable.ts"

/** A task somebody has to ask the build system about. */
export interface OutstandingTask {
  readonly life: string
  readonly process: number
  /** The part of the process that waits for it. */
  readonly part: string
  readonly task: TaskId
}

/** A repository somebody has to ask the build system about. */
export interface OutstandingRepository {
  readonly life: string
  readonly process: number
  readonly request: RepositoryRequest
}

/** A module build of a farm that owns it, which somebody has to ask about. */
export interface OutstandingModule {
  readonly life: string
  readonly process: number
  /** The farm's name of it. */
  readonly module: string
}

/** Nobody waits for longer than so many milliseconds until a farm is asked about a module build that it owns. */
export const longestQuiet = 300_000

/** The operations. */
export interface Interface {
  /**
   * Takes at most `limit` tasks of a life that nobody has asked about for `notSince` milliseconds, and marks them asked
   * about now, so that several server processes share the work.
   */
  readonly claimTasks: (
    life: string,
    notSince: number,
    limit: number
  ) => Effect.Effect<ReadonlyArray<OutstandingTask>, StoreUnavailable>
  /** The same for repositories. */
  readonly claimRepositories: (
    life: string,
    notSince: number,
    limit: number
  ) => Effect.Effect<ReadonlyArray<OutstandingRepository>, StoreUnavailable>
  /**
   * The same for module builds that the farm owns: each when nobody asked for `notSince` milliseconds or, where that is longer, an
   * eighth of the time that nothing has changed about it; after `longestQuiet` at the latest.
   */
  readonly claimModules: (
    life: string,
    notSince: number,
    limit: number
  ) => Effect.Effect<ReadonlyArray<OutstandingModule>, StoreUnavailable>
  /** Who waits for these module builds of the farm, of all lives. */
  readonly findModules: (
    modules: ReadonlyArray<string>
  ) => Effect.Effect<ReadonlyArray<OutstandingModule>, StoreUnavailable>
  /** Who waits for these tasks, of all lives. */
  readonly findTasks: (
    tasks: ReadonlyArray<TaskId>
  ) => Effect.Effect<ReadonlyArray<OutstandingTask>, StoreUnavailable>
  /** Who waits for these repositories, of all lives. */
  readonly findRepositories: (
    requests: ReadonlyArray<RepositoryRequest>
  ) => Effect.Effect<ReadonlyArray<OutstandingRepository>, StoreUnavailable>
  /**
   * Lets `choose` pick among the parts that wait to be submitted, of all lives, and remembers its choice for a minute, so
   * that nobody else picks them meanwhile. One caller at a time, in all server processes. Where nothing waits, `active` may
   * be empty.
   */
  readonly grant: (
    choose: (candidates: ReadonlyArray<Candidate>, active: Active) => Share
  ) => Effect.Effect<Share, StoreUnavailable>
}

/** The work for the farm. */
export class FarmWork extends Context.Service<FarmWork, Interface>()("@orch/core/ports/FarmWork") {}
