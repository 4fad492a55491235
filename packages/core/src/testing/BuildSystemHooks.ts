/**
 * How the contract suite of `BuildSystem` drives a farm from its other side.
 *
 * A hook that is not given skips the tests that need it, with that reason. On a farm that really builds, `request` chooses
 * sources by the outcome wanted and `settle` is left out.
 */
import type * as Effect from "effect/Effect"
import type {
  Buildroot,
  BuildrootPlan,
  BuildSystem,
  ComponentRequest,
  RepositoryRequest,
  TaskId
} from "../ports/BuildSystem.ts"
import type * as Contract from "./Contract.ts"

/** A request the suite wants; `outcome` is what must become of it, where `settle` does not decide that. */
export interface Wanted {
  readonly key: string
  /** One of `components`. */
  readonly component: string
  /** `rejected`: the farm must refuse this element. `hangs`: must not end by itself. */
  readonly outcome: "closed" | "failed" | "hangs" | "rejected"
}

/** The calls that change something at the farm. */
export type Operation = "prepare" | "submit" | "cancel" | "admit" | "finish"

/** The build system under test, and how the suite drives and watches the farm behind it. */
export interface Options<R, E> extends Contract.Options<BuildSystem | R, E> {
  /** What makes the default plan one for this farm, such as its platform and arches. */
  readonly plan?: Partial<BuildrootPlan>
  readonly request: (wanted: Wanted) => ComponentRequest
  /** Ends a task; left out where tasks end by themselves with the outcome that was wanted. */
  readonly settle?: (task: TaskId, outcome: "closed" | "failed") => Effect.Effect<void, unknown, R>
  /** How many tasks the farm has ever begun for a key. */
  readonly begun?: (key: string) => Effect.Effect<number, unknown, R>
  /** The next such call is done by the farm, and its answer gets lost. */
  readonly loseAnswer?: (operation: Operation) => Effect.Effect<void, unknown, R>
  /** Generates the repository; given where that does not happen by itself. */
  readonly generate?: (request: RepositoryRequest) => Effect.Effect<void, unknown, R>
  /** Components whose packages a build in this buildroot could install now. */
  readonly available?: (buildroot: Buildroot) => Effect.Effect<ReadonlyArray<string>, unknown, R>
  /** Milliseconds to wait for a task or repository; 30,000 unless told. */
  readonly patience?: number
  /** Whether the farm has tasks that can be made to hang, so that canceling them can be seen; true unless told. */
  readonly hangs?: boolean
  /** Whether the farm refuses elements at submission; true unless told. */
  readonly rejects?: boolean
}

/** Every component the suite asks for. */
export const components = ["alpha", "beta", "gamma", "delta", "broken", "hanging", "refused"] as const
/** A component the suite asks for. */
export type ComponentName = typeof components[number]
