/** What is asked about module builds beyond one of them: lists, what others can be built against, how many there are. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { ComponentState } from "../../modulebuild/ComponentBuild.ts"
import type { ModuleBuildState, Progress } from "../../modulebuild/ModuleBuild.ts"
import type { ModulePlan } from "../../modulebuild/ModulePlan.ts"
import type { StoreUnavailable } from "../StoreUnavailable.ts"

/** One line of a list; times are milliseconds since the epoch. */
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

/** Which builds are wanted; everything that is given has to fit. */
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

/** Some of the builds that fit, and how many there are in all. */
export interface Page {
  readonly items: ReadonlyArray<Summary>
  readonly total: number
}

/** How many builds and components there are in each state. */
export interface Counts {
  readonly builds: Readonly<Partial<Record<ModuleBuildState, number>>>
  readonly components: Readonly<Partial<Record<ComponentState, number>>>
}

/** The questions. */
export interface Interface {
  readonly list: (query: Query) => Effect.Effect<Page, StoreUnavailable>
  /**
   * The ready builds of these modules that are not scratch builds, newest first, at most `perModule` of each name:
   * everything a new build can be resolved against.
   */
  readonly ready: (
    names: ReadonlyArray<string>,
    perModule: number
  ) => Effect.Effect<ReadonlyArray<ReadyBuild>, StoreUnavailable>
  /** For gauges. */
  readonly counts: Effect.Effect<Counts, StoreUnavailable>
}

/** The index of module builds. */
export class ModuleBuildIndex extends Context.Service<ModuleBuildIndex, Interface>()(
  "@orch/core/ports/modulebuild/ModuleBuildIndex"
) {}
