/** The farm's unit of work: one component, asked for under a key, observed until it ends. */
import * as Schema from "effect/Schema"
import { Artifact } from "./Artifact.ts"

/** Where a component's spec and sources are. */
export const ComponentSource = Schema.Union([
  Schema.TaggedStruct("Git", { repository: Schema.String, commit: Schema.String }),
  Schema.TaggedStruct("Srpm", { location: Schema.String })
])
/** A repository with a commit, or the place of a source package. */
export type ComponentSource = typeof ComponentSource.Type

/** One component to be built. */
export const ComponentRequest = Schema.Struct({
  /** `<module build key>/<component>/<attempt>`: what a later attempt of the same call looks for before it submits. */
  key: Schema.String,
  component: Schema.String,
  source: ComponentSource,
  arches: Schema.Array(Schema.String),
  /** Larger starts earlier: the weight of the longest path of components that wait for this one. */
  priority: Schema.Number,
  /** Larger goes before everything that is less urgent, whatever the priorities; what people submit has 0, as where it is absent. */
  urgency: Schema.optionalKey(Schema.Number),
  /** The same component's build is not to be installed for users, only to build others. */
  buildOnly: Schema.Boolean,
  /** Which pass over a package that is built more than once, from 1, see `Pass`; absent for the last, and for most packages. */
  pass: Schema.optionalKey(Schema.Number),
  /** Whether others wait for this very component, and not only for all that are built beside it; absent where nobody does. */
  isAwaited: Schema.optionalKey(Schema.Boolean)
})
/** What a farm is asked to build, decoded. */
export interface ComponentRequest extends Schema.Schema.Type<typeof ComponentRequest> {}

/** What is known of components beyond the components themselves when they are submitted. */
export interface SubmitOptions {
  /**
   * Whether nobody has tried to submit them before, as far as the caller knows: looking for what an earlier attempt left may
   * then wait until they are submitted. False where it is left out.
   */
  readonly isFirstTry?: boolean
}

/** What a closed task left behind: what brief observations leave out. */
export interface Result {
  readonly artifacts: ReadonlyArray<Artifact>
  /** As in `Observation`. */
  readonly log?: string
}

/** A package that a buildroot held: its name, and the name of the source package that it was made from where the farm knows it. */
export interface HeldPackage {
  readonly name: string
  readonly source?: string
}

/** What went into a build and what it offers, as far as the farm knows; what is absent is not known. */
export interface BuildInputs {
  /** What its source package asks for to be built, as rpm writes it. */
  readonly requires?: ReadonlyArray<string>
  /** Names that its packages offer. */
  readonly provides?: ReadonlyArray<string>
  /** What was installed while it was built, on one architecture. */
  readonly buildroot?: ReadonlyArray<HeldPackage>
}

/** How much is asked of tasks. */
export interface ObserveOptions {
  /** Whether `artifacts` and `log` of closed tasks may be left out, to be asked for later, of all of them together. */
  readonly isBrief?: boolean
}

/** The farm's name of one task. */
export const TaskId = Schema.String.pipe(Schema.brand("TaskId"))
/** The farm's name of one task: any text, which only the farm reads. */
export type TaskId = typeof TaskId.Type

/**
 * What the farm says of one task. `gone` means that it has no record of it: the engine submits the request again.
 * A task may go back from `open` to `free` (a builder was lost).
 */
export const TaskState = Schema.Literals(["free", "open", "closed", "failed", "canceled", "gone"])
/** What the farm says of one task, see the schema of that name. */
export type TaskState = typeof TaskState.Type

/** What the farm says of one task when it is asked. */
export const Observation = Schema.Struct({
  task: TaskId,
  state: TaskState,
  /** `name-version-release` of the source package, once known. */
  nvr: Schema.optionalKey(Schema.String),
  /** What a closed task left behind; empty before. */
  artifacts: Schema.Array(Artifact),
  /** For people: why it failed. */
  reason: Schema.optionalKey(Schema.String),
  /** Where its log can be read: an absolute URL, or a path below this server's root. */
  log: Schema.optionalKey(Schema.String)
})
/** What the farm says of one task when it is asked, decoded. */
export interface Observation extends Schema.Schema.Type<typeof Observation> {}

/** A component whose task closed. */
export const BuiltComponent = Schema.Struct({
  component: Schema.String,
  task: TaskId,
  nvr: Schema.String,
  artifacts: Schema.Array(Artifact)
})
/** A component whose task closed, decoded: its package and what was left behind. */
export interface BuiltComponent extends Schema.Schema.Type<typeof BuiltComponent> {}
