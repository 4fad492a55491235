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
import { Buildroot, type BuildrootOption, type BuildrootPlan, RepositoryRequest } from "../farm/Buildroot.ts"
import {
  type BuildInputs,
  type BuiltComponent,
  type ComponentRequest,
  Observation,
  type ObserveOptions,
  type Result,
  type SubmitOptions,
  TaskId
} from "../farm/Task.ts"
import { Waiting } from "../farm/Waiting.ts"
import { BuildSystemError } from "./BuildSystemError.ts"
import type * as ModuleFarm from "./ModuleFarm.ts"
import * as PlainFunctions from "./PlainFunctions.ts"

export { Artifact } from "../farm/Artifact.ts"
export { Buildroot, BuildrootModule, BuildrootPlan, RepositoryRequest } from "../farm/Buildroot.ts"
export { BuiltComponent, ComponentRequest, ComponentSource, Observation, TaskId, TaskState } from "../farm/Task.ts"
export type { BuildInputs, HeldPackage, ObserveOptions, Result, SubmitOptions } from "../farm/Task.ts"
export { Waiting } from "../farm/Waiting.ts"
export { BuildSystemError } from "./BuildSystemError.ts"

/**
 * What a farm can do. Read it when it is needed: a farm that was away when it was made learns what it can do when it comes
 * back, and answers from its settings until then.
 */
export interface Capabilities {
  /** Name for people and logs, such as `koji` or `local`. */
  readonly name: string
  /** Architectures it builds for, in RPM's spelling. */
  readonly arches: ReadonlyArray<string>
  /** The architectures of single platforms, where they are not `arches`. */
  readonly platformArches?: Readonly<Record<string, ReadonlyArray<string>>>
  /** Platform streams it offers, such as `el9`; `undefined` when it takes any. */
  readonly platforms: ReadonlyArray<string> | undefined
  /** The tag that a platform's packages are in, by platform stream, where the farm keeps packages in tags. */
  readonly platformTags?: Readonly<Record<string, string>>
  /** Whether it announces changes by itself (`hints`); without it, only asking tells. */
  readonly hints: boolean
  /** The wishes about buildroots that it meets; none unless told. */
  readonly options?: ReadonlyArray<BuildrootOption>
  /** The most components one `submit` or `observe` call should carry. */
  readonly bulk: number
  /** Parts of the farm that have not been reached yet, of which all this is from settings; absent once all have been asked. */
  readonly provisional?: ReadonlyArray<{
    readonly waiting: Waiting
    /** What is built there; absent where it may be anything. */
    readonly platforms?: ReadonlyArray<string> | undefined
  }>
}

/**
 * The architectures that a farm builds a platform's modules for: the platform's own where it has some, else the farm's.
 */
export const archesFor = (
  { arches, platformArches = {} }: Pick<Capabilities, "arches" | "platformArches">,
  platform: string
): ReadonlyArray<string> => (Object.hasOwn(platformArches, platform) ? platformArches[platform] : undefined) ?? arches

/** What became of one request. */
export type Submission =
  | { readonly _tag: "Accepted"; readonly key: string; readonly task: TaskId; readonly adopted: boolean }
  | { readonly _tag: "Rejected"; readonly key: string; readonly reason: string }

/** `Ready` only when the repository has been seen to contain every admitted build. */
export type RepositoryState =
  | { readonly _tag: "Pending"; readonly reason: string; readonly waiting?: Waiting }
  | { readonly _tag: "Ready" }
  | { readonly _tag: "Failed"; readonly reason: string }

/** How the module build ended, for `finish`. */
export type Outcome =
  | { readonly _tag: "Succeeded"; readonly builds: ReadonlyArray<BuiltComponent> }
  | { readonly _tag: "Failed"; readonly reason: string }

/** How one system of the farm is, for health pages, logs and metrics. */
export interface Condition {
  /** Such as `hub fedora`. */
  readonly system: string
  /** Whether it can be used. Why not, and since when, is in `waiting`. */
  readonly available: boolean
  readonly waiting?: Waiting
  /** What to do about it; absent when nothing has to be done or nobody knows. */
  readonly advice?: string
  /** What is wrong with the settings though the system can be used, a sentence each that names the setting. */
  readonly remarks: ReadonlyArray<string>
  /** The platforms that are built there; absent where it may be any. */
  readonly platforms?: ReadonlyArray<string> | undefined
}

/** Whether builds for this platform depend on the system. */
export const concerns = ({ platforms }: Pick<Condition, "platforms">, platform: string): boolean =>
  platforms === undefined || platforms.includes(platform)

/** What a build system offers. Every call fails with `BuildSystemError`, and only where all of it did not happen. */
export interface Interface {
  readonly capabilities: Capabilities
  /**
   * The farm owns module builds: it is handed whole modules by this, and never asked to prepare, submit, admit or finish anything.
   * Absent of farms that build components.
   */
  readonly modules?: ModuleFarm.Interface
  /**
   * Which part of the farm an id of a task or buildroot belongs to, where one part may be away while others answer: they
   * are then asked about in calls of their own. Without it, the farm is one.
   */
  readonly part?: (id: string) => string
  /**
   * Creates or converges the buildroot of `plan.key`. Safe to repeat, also with another process doing the same.
   *
   * Answers at once: what takes builders is begun and named in `awaits`, observed like any repository, and when that is
   * ready `prepare` is called again, until there is nothing to wait for.
   */
  readonly prepare: (plan: BuildrootPlan) => Effect.Effect<Buildroot, BuildSystemError>
  /**
   * Submits components, answering each request once, in order. A request whose key is known to the farm is adopted,
   * not submitted again. A `Rejected` element fails that component alone.
   */
  readonly submit: (
    buildroot: Buildroot,
    requests: ReadonlyArray<ComponentRequest>,
    options?: SubmitOptions
  ) => Effect.Effect<ReadonlyArray<Submission>, BuildSystemError>
  /** Asks for many tasks at once; one observation per task, in order. */
  readonly observe: (
    tasks: ReadonlyArray<TaskId>,
    options?: ObserveOptions
  ) => Effect.Effect<ReadonlyArray<Observation>, BuildSystemError>
  /** What closed tasks left behind, in order. Only of farms that leave it out of brief observations, since it costs them requests. */
  readonly results?: (
    builds: ReadonlyArray<BuiltComponent>
  ) => Effect.Effect<ReadonlyArray<Result>, BuildSystemError>
  /**
   * What went into builds and what they offer, in order; of a build that the farm has forgotten nothing. For people and graphs: nothing is
   * decided by it. Absent where the farm never knows.
   */
  readonly inputs?: (
    builds: ReadonlyArray<BuiltComponent>
  ) => Effect.Effect<ReadonlyArray<BuildInputs>, BuildSystemError>
  /** Ends tasks; those that have already ended are left alone. */
  readonly cancel: (tasks: ReadonlyArray<TaskId>) => Effect.Effect<void, BuildSystemError>
  /** Puts builds into the buildroot and asks for its repository to be generated anew. */
  readonly admit: (
    buildroot: Buildroot,
    builds: ReadonlyArray<BuiltComponent>
  ) => Effect.Effect<RepositoryRequest, BuildSystemError>
  /** Asks for many repositories at once; one state per request, in order. One that nobody asked for is `Failed`. */
  readonly observeRepositories: (
    requests: ReadonlyArray<RepositoryRequest>
  ) => Effect.Effect<ReadonlyArray<RepositoryState>, BuildSystemError>
  /**
   * Releases what the buildroot of the plan holds, however far its preparation came, and if there is none nothing; the builds of
   * a succeeded module are kept where the farm keeps releases. It takes the plan since a build can be canceled before
   * anybody knows what `prepare` answered.
   */
  readonly finish: (plan: BuildrootPlan, outcome: Outcome) => Effect.Effect<void, BuildSystemError>
  /** How many packages it can build at the same time now, as far as it knows. Absent where it never does. */
  readonly slots?: Effect.Effect<number | undefined>
  /** Tasks worth asking about now. Only a hint: it may repeat, lag, or stay silent. Empty where `capabilities.hints` is false. */
  readonly hints: Stream.Stream<TaskId>
  /** Repositories worth asking about now, as `hints` are tasks; absent where the farm never says so. */
  readonly repositoryHints?: Stream.Stream<RepositoryRequest>
  /**
   * The builds of these modules that are in a tag or in what it inherits, as `name-stream-version.context` with the dashes of the
   * stream as underscores; of each stream those alone that are in the nearest tag that has any. `platform` is the stream that
   * is built for. Absent where the farm keeps no modules in tags.
   */
  readonly taggedModules?: (
    platform: string,
    tag: string,
    modules: ReadonlyArray<string>
  ) => Effect.Effect<ReadonlyArray<string>, BuildSystemError>
  /**
   * How the systems behind the farm are, as far as known. One that has said nothing for `silent` milliseconds is asked, and given
   * up after three seconds; one that is away is asked now and then. Absent where there is nothing to be away.
   */
  readonly conditions?: (silent: number) => Effect.Effect<ReadonlyArray<Condition>>
}

/** The port: the farm that the engine has. */
export class BuildSystem extends Context.Service<BuildSystem, Interface>()("@orch/core/ports/BuildSystem") {
  /**
   * A build system from plain async functions, for people who do not write Effect.
   *
   * A function that rejects is taken as `unreachable` and retried, unless it rejects with a `BuildSystemError`, or with any
   * error that has one of its reasons as `reason`. An answer that is not of the port's form is `rejected`, with its place.
   * `submit` answers one request; the tasks of one call are submitted one after the other. `observeRepository`, too, is
   * about one; a final error of it is taken as that repository's failure.
   */
  static readonly fromPromises = (promises: Promises): Layer.Layer<BuildSystem> =>
    Layer.succeed(BuildSystem, makeFromPromises(promises))
}

/**
 * A build system in plain async functions; each has the meaning of the method of that name. `signal` is aborted when
 * nobody waits for the answer any more.
 */
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
  readonly finish: (plan: BuildrootPlan, outcome: Outcome, signal: AbortSignal) => Promise<void>
}

const Answered = Schema.Union([
  Schema.TaggedStruct("Accepted", { key: Schema.String, task: TaskId, adopted: Schema.Boolean }),
  Schema.TaggedStruct("Rejected", { key: Schema.String, reason: Schema.String })
])
const Generation = Schema.Union([
  Schema.TaggedStruct("Pending", { reason: Schema.String, waiting: Schema.optionalKey(Waiting) }),
  Schema.TaggedStruct("Ready", {}),
  Schema.TaggedStruct("Failed", { reason: Schema.String })
])

const fail = (fault: PlainFunctions.Fault): BuildSystemError =>
  fault.cause instanceof BuildSystemError ? fault.cause : new BuildSystemError(fault)

const unlike = (operation: string, message: string) =>
  new BuildSystemError({ reason: "rejected", operation, message: `the adapter's ${operation} ${message}` })

/** The functions of `Promises`, each of which has to be there. */
export const promisesNeeded: ReadonlyArray<keyof Promises> = [
  "prepare",
  "submit",
  "observe",
  "cancel",
  "admit",
  "observeRepository",
  "finish"
]

const makeFromPromises = (self: Promises): Interface => {
  const submitOne = Effect.fnUntraced(function*(buildroot: Buildroot, request: ComponentRequest) {
    const answer = yield* PlainFunctions.call(
      "submit",
      Answered,
      (signal) => self.submit(buildroot, request, signal),
      fail
    )
    if (answer.key === request.key) return answer
    return yield* Effect.fail(unlike("submit", `answers about ${answer.key} when it is asked for ${request.key}`))
  })
  const observe = Effect.fnUntraced(function*(tasks: ReadonlyArray<TaskId>) {
    const seen = yield* PlainFunctions.call(
      "observe",
      Schema.Array(Observation),
      (signal) => self.observe(tasks, signal),
      fail
    )
    if (seen.length === tasks.length && seen.every(({ task }, index) => task === tasks[index])) return seen
    const answered = seen.map(({ task }) => task).join(", ")
    return yield* Effect.fail(
      unlike("observe", `answers about the tasks ${answered} when it is asked for ${tasks.join(", ")}, in this order`)
    )
  })
  const repositoryState = (request: RepositoryRequest) =>
    PlainFunctions.call("observeRepository", Generation, (signal) => self.observeRepository(request, signal), fail)
      .pipe(
        Effect.catchIf(
          ({ isRetryable }) => !isRetryable,
          ({ message }) => Effect.succeed<RepositoryState>({ _tag: "Failed", reason: message })
        )
      )
  return {
    capabilities: { ...self.capabilities, hints: false },
    prepare: (plan) => PlainFunctions.call("prepare", Buildroot, (signal) => self.prepare(plan, signal), fail),
    submit: (buildroot, requests) => Effect.forEach(requests, (request) => submitOne(buildroot, request)),
    observe,
    cancel: (tasks) => PlainFunctions.act("cancel", (signal) => self.cancel(tasks, signal), fail),
    admit: (buildroot, builds) =>
      PlainFunctions.call("admit", RepositoryRequest, (signal) => self.admit(buildroot, builds, signal), fail),
    observeRepositories: (requests) => Effect.forEach(requests, repositoryState),
    finish: (plan, outcome) => PlainFunctions.act("finish", (signal) => self.finish(plan, outcome, signal), fail),
    hints: Stream.empty
  }
}
