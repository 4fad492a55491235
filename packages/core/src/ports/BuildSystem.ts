/**
 * The build farm as the engine sees it: Koji, a pool of builders, the machine under the desk.
 *
 * Every operation is keyed and safe to repeat: a crash between doing and remembering is answered by doing again, and the
 * implementation must find what the first attempt left. Answers come element by element, since one bad component must not
 * cost its neighbours. What a farm cannot do is said in `capabilities`, never by throwing.
 *
 * @see ../testing/BuildSystemContract.ts for the promises every implementation is held to.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

/**
 * Why an operation as a whole did not happen.
 *
 * - `unreachable`: nobody answered in time; the engine retries.
 * - `refused`: the farm does not let us; `message` names the missing permission. Not retried.
 * - `conflict`: something of that name exists and is not ours. Not retried.
 * - `rejected`: the input can never work. Not retried.
 * - `gone`: what was asked about no longer exists.
 */
export class BuildSystemError extends Schema.TaggedError<BuildSystemError>()("BuildSystemError", {
  reason: Schema.Literals(["unreachable", "refused", "conflict", "rejected", "gone"]),
  operation: Schema.String,
  message: Schema.String,
  cause: Schema.optional(Schema.Defect())
}) {
  /** Whether the same call may succeed later without anybody changing anything. */
  get isRetryable(): boolean {
    return this.reason === "unreachable"
  }
}

/** What a farm can do, discovered once. */
export interface Capabilities {
  /** Name for people and logs, such as `koji` or `local`. */
  readonly name: string
  /** Architectures it builds for, in RPM's spelling. */
  readonly arches: ReadonlyArray<string>
  /** Platform streams it offers, such as `el9`; `undefined` when it takes any. */
  readonly platforms: ReadonlyArray<string> | undefined
  /** Whether it announces changes by itself (`hints`); without it, only asking tells. */
  readonly hints: boolean
  /** The most components one `submit` or `observe` call should carry. */
  readonly bulk: number
}

/** A module that must be present in the buildroot: what Koji inherits from, what a local farm mounts. */
export const BuildrootModule = Schema.Struct({
  name: Schema.String,
  stream: Schema.String,
  version: Schema.BigInt,
  context: Schema.String,
  /** Where the farm finds its packages: a Koji tag, a repository URL; absent for a platform the farm itself stands for. */
  location: Schema.optionalKey(Schema.String)
})
export interface BuildrootModule extends Schema.Schema.Type<typeof BuildrootModule> {}

/** What the place in which components are built must look like. */
export const BuildrootPlan = Schema.Struct({
  /** Stable key of the module build; the same key always means the same buildroot. */
  key: Schema.String,
  name: Schema.String,
  stream: Schema.String,
  version: Schema.BigInt,
  context: Schema.String,
  /** Platform stream, such as `el9`. */
  platform: Schema.String,
  arches: Schema.Array(Schema.String),
  /** Without the leading dot, such as `module_el9+12+1a2b3c4d`. */
  distTag: Schema.String,
  /** Text of the RPM macro file that every component is built with (`buildopts.rpms.macros` and `%_module_*`). */
  macros: Schema.String,
  /** Source packages that may be built here. */
  packages: Schema.Array(Schema.String),
  modules: Schema.Array(BuildrootModule),
  /** Packages installed before any BuildRequires, by group (`build`, `srpm-build`). */
  groups: Schema.Record(Schema.String, Schema.Array(Schema.String)),
  /** Names that must not be taken from the buildroot's modules (their `filter`). */
  blocked: Schema.Array(Schema.String),
  scratch: Schema.Boolean
})
export interface BuildrootPlan extends Schema.Schema.Type<typeof BuildrootPlan> {}

/** A prepared buildroot; `id` is the farm's own name for it. */
export const Buildroot = Schema.Struct({ key: Schema.String, id: Schema.String })
export interface Buildroot extends Schema.Schema.Type<typeof Buildroot> {}

/** Where a component's spec and sources are. */
export const ComponentSource = Schema.Union([
  Schema.TaggedStruct("Git", { repository: Schema.String, commit: Schema.String }),
  Schema.TaggedStruct("Srpm", { location: Schema.String })
])
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
  /** The same component's build is not to be installed for users, only to build others. */
  buildOnly: Schema.Boolean
})
export interface ComponentRequest extends Schema.Schema.Type<typeof ComponentRequest> {}

/** The farm's name of one task. */
export const TaskId = Schema.String.pipe(Schema.brand("TaskId"))
export type TaskId = typeof TaskId.Type

/** What became of one request. */
export type Submission =
  | { readonly _tag: "Accepted"; readonly key: string; readonly task: TaskId; readonly adopted: boolean }
  | { readonly _tag: "Rejected"; readonly key: string; readonly reason: string }

/** One file a component's build left behind. */
export const Artifact = Schema.Struct({
  /** `name-epoch:version-release.arch`, the epoch always written. */
  nevra: Schema.String,
  /** Where a repository host can fetch it: a path or URL of the farm's. */
  location: Schema.String,
  license: Schema.optionalKey(Schema.String),
  /** `size` in bytes, `sha256` in lower-case hexadecimal digits; absent where the farm does not tell. */
  size: Schema.optionalKey(Schema.Number),
  sha256: Schema.optionalKey(Schema.String)
})
export interface Artifact extends Schema.Schema.Type<typeof Artifact> {}

/**
 * What the farm says of one task. `gone` means that it has no record of it: the engine submits the request again.
 * A task may go back from `open` to `free` (a builder was lost).
 */
export const TaskState = Schema.Literals(["free", "open", "closed", "failed", "canceled", "gone"])
export type TaskState = typeof TaskState.Type

export const Observation = Schema.Struct({
  task: TaskId,
  state: TaskState,
  /** `name-version-release` of the source package, once known. */
  nvr: Schema.optionalKey(Schema.String),
  artifacts: Schema.Array(Artifact),
  /** For people: why it failed. */
  reason: Schema.optionalKey(Schema.String),
  /** Where its log can be read: an absolute URL, or a path below this server's root. */
  log: Schema.optionalKey(Schema.String)
})
export interface Observation extends Schema.Schema.Type<typeof Observation> {}

/** A component whose task closed. */
export const BuiltComponent = Schema.Struct({
  component: Schema.String,
  task: TaskId,
  nvr: Schema.String,
  artifacts: Schema.Array(Artifact)
})
export interface BuiltComponent extends Schema.Schema.Type<typeof BuiltComponent> {}

/** A repository generation that was asked for. */
export const RepositoryRequest = Schema.Struct({ buildroot: Schema.String, id: Schema.String })
export interface RepositoryRequest extends Schema.Schema.Type<typeof RepositoryRequest> {}

/** `Ready` only when the repository has been seen to contain every admitted build. */
export type RepositoryState =
  | { readonly _tag: "Pending"; readonly reason: string }
  | { readonly _tag: "Ready" }
  | { readonly _tag: "Failed"; readonly reason: string }

/** How the module build ended, for `finish`. */
export type Outcome =
  | { readonly _tag: "Succeeded"; readonly builds: ReadonlyArray<BuiltComponent> }
  | { readonly _tag: "Failed"; readonly reason: string }

export interface Interface {
  readonly capabilities: Capabilities
  /** Creates or converges the buildroot of `plan.key`. Safe to repeat, also with another process doing the same. */
  readonly prepare: (plan: BuildrootPlan) => Effect.Effect<Buildroot, BuildSystemError>
  /**
   * Submits components, answering each request once, in order. A request whose key is known to the farm is adopted,
   * not submitted again. A `Rejected` element fails that component alone.
   */
  readonly submit: (
    buildroot: Buildroot,
    requests: ReadonlyArray<ComponentRequest>
  ) => Effect.Effect<ReadonlyArray<Submission>, BuildSystemError>
  /** Asks for many tasks at once; one observation per task, in order. */
  readonly observe: (tasks: ReadonlyArray<TaskId>) => Effect.Effect<ReadonlyArray<Observation>, BuildSystemError>
  /** Ends tasks; those that have already ended are left alone. */
  readonly cancel: (tasks: ReadonlyArray<TaskId>) => Effect.Effect<void, BuildSystemError>
  /** Puts builds into the buildroot and asks for its repository to be generated anew. */
  readonly admit: (
    buildroot: Buildroot,
    builds: ReadonlyArray<BuiltComponent>
  ) => Effect.Effect<RepositoryRequest, BuildSystemError>
  readonly observeRepository: (request: RepositoryRequest) => Effect.Effect<RepositoryState, BuildSystemError>
  /** Releases what the buildroot holds; the builds of a succeeded module are kept where the farm keeps releases. */
  readonly finish: (buildroot: Buildroot, outcome: Outcome) => Effect.Effect<void, BuildSystemError>
  /** Tasks worth asking about now. Only a hint: it may repeat, lag, or stay silent. Empty where `capabilities.hints` is false. */
  readonly hints: Stream.Stream<TaskId>
}

export class BuildSystem extends Context.Service<BuildSystem, Interface>()("@orch/core/ports/BuildSystem") {
  /**
   * A build system from plain async functions, for people who do not write Effect.
   *
   * A function that rejects is taken as `unreachable` and retried, unless it rejects with a `BuildSystemError`.
   * `submit` answers one request; the tasks of one call are submitted one after the other.
   */
  static readonly fromPromises = (promises: Promises): Layer.Layer<BuildSystem> =>
    Layer.succeed(BuildSystem, makeFromPromises(promises))
}

export interface Promises {
  readonly capabilities: Capabilities
  readonly prepare: (plan: BuildrootPlan, signal: AbortSignal) => Promise<Buildroot>
  readonly submit: (buildroot: Buildroot, request: ComponentRequest, signal: AbortSignal) => Promise<Submission>
  readonly observe: (tasks: ReadonlyArray<TaskId>, signal: AbortSignal) => Promise<ReadonlyArray<Observation>>
  readonly cancel: (tasks: ReadonlyArray<TaskId>, signal: AbortSignal) => Promise<void>
  readonly admit: (
    buildroot: Buildroot,
    builds: ReadonlyArray<BuiltComponent>,
    signal: AbortSignal
  ) => Promise<RepositoryRequest>
  readonly observeRepository: (request: RepositoryRequest, signal: AbortSignal) => Promise<RepositoryState>
  readonly finish: (buildroot: Buildroot, outcome: Outcome, signal: AbortSignal) => Promise<void>
}

const attempt = <A>(operation: string, run: (signal: AbortSignal) => Promise<A>): Effect.Effect<A, BuildSystemError> =>
  Effect.tryPromise({
    try: run,
    catch: (cause) =>
      cause instanceof BuildSystemError
        ? cause
        : new BuildSystemError({
          reason: "unreachable",
          operation,
          message: cause instanceof Error ? cause.message : String(cause),
          cause
        })
  })

const makeFromPromises = (self: Promises): Interface => ({
  capabilities: { ...self.capabilities, hints: false },
  prepare: (plan) => attempt("prepare", (signal) => self.prepare(plan, signal)),
  submit: (buildroot, requests) =>
    Effect.forEach(requests, (request) => attempt("submit", (signal) => self.submit(buildroot, request, signal))),
  observe: (tasks) => attempt("observe", (signal) => self.observe(tasks, signal)),
  cancel: (tasks) => attempt("cancel", (signal) => self.cancel(tasks, signal)),
  admit: (buildroot, builds) => attempt("admit", (signal) => self.admit(buildroot, builds, signal)),
  observeRepository: (request) => attempt("observeRepository", (signal) => self.observeRepository(request, signal)),
  finish: (buildroot, outcome) => attempt("finish", (signal) => self.finish(buildroot, outcome, signal)),
  hints: Stream.empty
})
