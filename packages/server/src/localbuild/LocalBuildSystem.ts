/**
 * The embedded default build farm: real RPMs, built on this machine with `rpmbuild`.
 *
 * It is for development, demonstrations and small installations. Builds are kept apart by their own trees and RPM databases,
 * and confined where the machine allows it (`sandbox`); `docs/security.md` says what that is worth.
 */
import { isBase } from "@orch/core/farm/Buildroot"
import * as InstalledPackages from "@orch/core/farm/InstalledPackages"
import * as Nevra from "@orch/core/Nevra"
import type {
  BuildInputs,
  BuildrootPlan,
  ComponentRequest,
  Observation,
  RepositoryState,
  Submission
} from "@orch/core/ports/BuildSystem"
import { BuildSystem, BuildSystemError, TaskId } from "@orch/core/ports/BuildSystem"
import { SourceControl } from "@orch/core/ports/SourceControl"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as AtomicFile from "../programs/AtomicFile.ts"
import * as RemoveTree from "../programs/RemoveTree.ts"
import * as SharedLock from "../programs/SharedLock.ts"
import * as Spawner from "../programs/Spawner.ts"
import * as BuildrootFiles from "./BuildrootFiles.ts"
import * as BuildrootRepository from "./BuildrootRepository.ts"
import * as FarmDirectory from "./FarmDirectory.ts"
import * as FarmScheduler from "./FarmScheduler.ts"
import * as FarmTask from "./FarmTask.ts"
import * as FarmUpkeep from "./FarmUpkeep.ts"
import * as PlatformDatabase from "./PlatformDatabase.ts"
import type { RpmToolError } from "./RpmTool.ts"
import * as SandboxChoice from "./sandbox/SandboxChoice.ts"

export interface Options {
  /** The farm is kept in `farm` below it; processes may share it. */
  readonly dataDir: string
  /** Platform streams that this machine stands in for; `el8,el9,f41` by default. */
  readonly platforms?: ReadonlyArray<string> | undefined
  /** Builds at the same time; one for each core by default. */
  readonly concurrency?: number | undefined
  /** Milliseconds after which one build is ended; an hour by default. */
  readonly timeout?: number | undefined
  /** Whether builds are confined; where that works by default. */
  readonly sandbox?: SandboxChoice.Mode | undefined
  /** Where the programs that make sandboxes are looked for; `PATH` unless told. */
  readonly searchPath?: string | undefined
  /** Whether confined builds may use the network; not by default. */
  readonly network?: boolean | undefined
  /** Bytes of memory one build may take; half of the machine's by default. */
  readonly maxMemoryBytes?: number | undefined
  /** Processes and threads of a confined build; 1024 by default. */
  readonly maxProcesses?: number | undefined
  /** Bytes on disk one build may take; 16 GiB by default. */
  readonly maxTreeBytes?: number | undefined
  /** Days after which tasks and buildroots go that nobody needs; 0, the default, for never. */
  readonly keepDays?: number | undefined
  /** Bytes that the tasks may take together; 0, the default, for any number. */
  readonly keepBytes?: number | undefined
  /** The file of a source package that a request names; without it, the farm builds from git alone. */
  readonly sourcePackage?: ((location: string) => string | undefined) | undefined
}

export const defaultPlatforms: ReadonlyArray<string> = ["el8", "el9", "f41"]

const arches: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64", ppc64: "ppc64le", s390x: "s390x" }

/** The machine's architecture in RPM's spelling. */
export const hostArch: string = arches[process.arch] ?? process.arch

export const layer = (options: Options): Layer.Layer<BuildSystem, never, SourceControl> =>
  Layer.effect(BuildSystem, make(options))

const toolFailure = (operation: string) => ({ message, reason }: RpmToolError) =>
  new BuildSystemError({
    reason: reason === "missing" ? "refused" : "unreachable",
    operation,
    message
  })

/** Where the packages of a module that others build on lie: below our own repositories, or anywhere as `file://`. */
const moduleDirectory = (dataDir: string, location: string): string | undefined => {
  const path = location.startsWith("/repositories/")
    ? Path.join(dataDir, location)
    : location.startsWith("file://")
    ? decodeURIComponent(location.slice("file://".length))
    : Path.isAbsolute(location)
    ? location
    : undefined
  return path !== undefined && Fs.existsSync(path) ? Fs.realpathSync(path) : undefined
}

/** Whether only the source package of a component is wanted. */
const isSourceOnly = ({ arches }: ComponentRequest): boolean =>
  arches.length > 0 && arches.every((arch) => arch === "src")

const archProblem = (request: ComponentRequest): string | undefined =>
  request.arches.length === 0 || isSourceOnly(request)
    || request.arches.some((arch) => arch === hostArch || arch === "noarch")
    ? undefined
    : `the local farm builds for ${hostArch}, not for ${request.arches.join(", ")}`

const nameOfFile = (file: string): string => Path.basename(file).replace(/-[^-]+-[^-]+\.[^.]+\.rpm$/, "")

export const make = Effect.fn("LocalBuildSystem.make")(function*(options: Options) {
  const sources = yield* SourceControl
  const dataDir = Path.resolve(options.dataDir)
  const farm = FarmDirectory.make(dataDir)
  const platforms = options.platforms ?? defaultPlatforms
  const sandbox = yield* SandboxChoice.make(options.sandbox ?? "auto", farm.root, options.searchPath)
  const slots = Math.max(1, options.concurrency ?? Os.availableParallelism())
  const scheduler = yield* FarmScheduler.make({
    farm,
    sources,
    concurrency: slots,
    timeoutMillis: options.timeout ?? 3_600_000,
    maxLogBytes: 64 * 1024 * 1024,
    maxTreeBytes: options.maxTreeBytes ?? 16 * 1024 * 1024 * 1024,
    maxMemoryBytes: options.maxMemoryBytes ?? Os.totalmem() / 2,
    maxProcesses: options.maxProcesses ?? 1024,
    network: options.network ?? false,
    sandbox,
    sourcePackage: options.sourcePackage ?? (() => undefined)
  })

  const fail = (operation: string, reason: BuildSystemError["reason"], message: string) =>
    new BuildSystemError({ reason, operation, message })

  const locked = <A, E>(id: string, operation: string, use: Effect.Effect<A, E>) =>
    SharedLock.withLock({
      path: `${FarmDirectory.buildrootPath(farm, id)}.lock`,
      waitMillis: 120_000,
      onTimeout: () => fail(operation, "unreachable", `another process has been changing buildroot ${id} for 120 s`)
    }, use)

  const modulePackages = Effect.fnUntraced(function*(plan: BuildrootPlan) {
    const found: Array<string> = []
    for (const module of plan.modules) {
      const { context, filter = [], kept = [], location, name, stream, version } = module
      if (isBase(module) || location === undefined) continue
      const directory = moduleDirectory(dataDir, location)
      if (directory === undefined) {
        const nsvc = `${name}:${stream}:${version}:${context}`
        return yield* fail("prepare", "rejected", `the packages of ${nsvc} at ${location} are not on this machine`)
      }
      const keptFiles = new Set(kept.map((nevra) => Nevra.formatFileName(Nevra.parseUnsafe(nevra))))
      for (const entry of Fs.readdirSync(directory, { recursive: true, withFileTypes: true })) {
        const wanted = entry.isFile() && entry.name.endsWith(".rpm") && !entry.name.endsWith(".src.rpm")
        const package_ = nameOfFile(entry.name)
        const isBlocked = plan.blocked.includes(package_) || (filter.includes(package_) && !keptFiles.has(entry.name))
        if (wanted && !isBlocked) {
          found.push(Path.join(entry.parentPath, entry.name))
        }
      }
    }
    return found.sort()
  })

  const prepare = Effect.fnUntraced(function*(plan: BuildrootPlan) {
    if (!platforms.includes(plan.platform)) {
      return yield* fail(
        "prepare",
        "rejected",
        `the local farm has no platform ${JSON.stringify(plan.platform)}; it stands in for ${platforms.join(", ")}`
      )
    }
    const foreign = plan.arches.filter((arch) => arch !== hostArch && arch !== "noarch")
    if (foreign.length > 0) {
      return yield* fail("prepare", "rejected", `the local farm builds for ${hostArch}, not for ${foreign.join(", ")}`)
    }
    yield* PlatformDatabase.ensure(farm.platforms, plan.platform).pipe(Effect.mapError(toolFailure("prepare")))
    yield* Effect.mapError(sandbox, ({ message }) => fail("prepare", "refused", message))
    const id = FarmDirectory.buildrootId(plan)
    const directory = FarmDirectory.buildrootPath(farm, id)
    const packages = yield* modulePackages(plan)
    yield* locked(
      id,
      "prepare",
      Effect.gen(function*() {
        yield* Effect.tryPromise({
          try: () => BuildrootFiles.write(directory, plan, packages),
          catch: (cause) => fail("prepare", "unreachable", `the farm's directory cannot be written: ${String(cause)}`)
        })
        if (BuildrootRepository.current(directory) === 0) yield* BuildrootRepository.admit(directory, [])
      }).pipe(Effect.catchTag("RpmToolError", (error) => Effect.fail(toolFailure("prepare")(error))))
    )
    return { key: plan.key, id }
  })

  const find = (id: string): BuildrootFiles.Prepared | undefined =>
    FarmDirectory.isId(id) ? BuildrootFiles.read(FarmDirectory.buildrootPath(farm, id)) : undefined
  const unknown = (id: string): string => `the local farm has no buildroot ${id}`
  const known = (operation: string, id: string) =>
    Effect.suspend(() => {
      const found = find(id)
      return found === undefined ? Effect.fail(fail(operation, "gone", unknown(id))) : Effect.succeed(found)
    })

  const refusal = (source: ComponentRequest["source"]): Effect.Effect<string | undefined> =>
    source._tag === "Git"
      ? Effect.match(sources.authorize(source.repository), {
        onFailure: ({ message }) => message,
        onSuccess: () => undefined
      })
      : Effect.sync(() =>
        options.sourcePackage === undefined
          ? "the local farm builds from git, not from uploaded source packages"
          : options.sourcePackage(source.location) === undefined
          ? `the source package ${source.location} is not on this machine`
          : undefined
      )

  const submitOne = Effect.fnUntraced(function*(buildroot: string, line: string, request: ComponentRequest) {
    const { key, source } = request
    const reject = (reason: string): Submission => ({ _tag: "Rejected", key, reason })
    const problem = archProblem(request)
    if (problem !== undefined) return reject(problem)
    const refused = yield* refusal(source)
    if (refused !== undefined) return reject(refused)
    const task = FarmDirectory.taskId(buildroot, request)
    const directory = FarmDirectory.taskPath(farm, task)
    const created = yield* Effect.tryPromise({
      try: () => FarmTask.create(directory, { buildroot, request, line, submitted: Date.now() }),
      catch: (cause) => fail("submit", "unreachable", `the farm's directory cannot be written: ${String(cause)}`)
    })
    const state = FarmTask.state(directory)
    if (state._tag === "Lost") yield* Effect.promise(() => FarmTask.reopen(directory))
    if (state._tag !== "Ended") Fs.writeFileSync(Path.join(farm.open, task), "")
    // One that ended between the two looks must not be left marked as open: the scheduler removes such a marker.
    return { _tag: "Accepted", key, task: TaskId.make(task), adopted: !created } satisfies Submission
  })

  const observeOne = (task: TaskId): Observation => {
    if (!FarmDirectory.isId(task)) return { task, state: "gone", artifacts: [] }
    const state = FarmTask.state(FarmDirectory.taskPath(farm, task))
    const log = `/logs/${task}`
    switch (state._tag) {
      case "Unknown":
        return { task, state: "gone", artifacts: [] }
      case "Lost":
        return { task, state: "gone", artifacts: [], reason: "its build was killed and left no result", log }
      case "Waiting":
        return { task, state: "free", artifacts: [] }
      case "Running":
        return { task, state: "open", artifacts: [], log }
      case "Ended": {
        const { seconds: _, ...result } = state.result
        return { task, log, ...result }
      }
    }
  }

  const cancelOne = async (task: string): Promise<void> => {
    if (!FarmDirectory.isId(task)) return
    const directory = FarmDirectory.taskPath(farm, task)
    if (FarmTask.state(directory)._tag === "Unknown") return
    const canceled = { state: "canceled", artifacts: [], reason: "canceled", seconds: 0 } as const
    if (!(await FarmTask.end(directory, canceled))) return
    Fs.rmSync(Path.join(farm.open, task), { force: true })
  }

  const cancelAll = (tasks: ReadonlyArray<string>) => Effect.promise(() => Promise.all(tasks.map(cancelOne)))

  const observeRepository = (id: string, revision: number): RepositoryState => {
    if (find(id) === undefined) return { _tag: "Failed", reason: unknown(id) }
    const directory = FarmDirectory.buildrootPath(farm, id)
    const now = BuildrootRepository.current(directory)
    if (now < revision) return { _tag: "Pending", reason: `revision ${revision} is not there yet` }
    const missing = BuildrootRepository.unlisted(directory)
    return missing.length === 0
      ? { _tag: "Ready" }
      : { _tag: "Failed", reason: `the repository's metadata lacks ${missing.join(", ")}` }
  }

  const openTasksOf = (buildroot: string): ReadonlyArray<string> =>
    Fs.readdirSync(farm.open).filter((task) =>
      FarmDirectory.isId(task)
      && FarmTask.stored(FarmDirectory.taskPath(farm, task))?.buildroot === buildroot
    )

  yield* FarmUpkeep.repeating({ farm, keepDays: options.keepDays ?? 0, keepBytes: options.keepBytes ?? 0 })

  return BuildSystem.of({
    capabilities: { name: "local", arches: [hostArch, "noarch"], platforms, hints: true, bulk: 1000 },
    slots: Effect.succeed(slots),
    prepare,
    submit: Effect.fnUntraced(function*(buildroot, requests) {
      const { plan } = yield* known("submit", buildroot.id)
      const line = FarmDirectory.lineOf(plan)
      // Each waits for the disk.
      const answers = yield* Effect.forEach(requests, (request) => submitOne(buildroot.id, line, request), {
        concurrency: 8
      })
      yield* scheduler.wake
      return answers
    }),
    observe: (tasks) => Effect.sync(() => tasks.map(observeOne)),
    inputs: (builds) =>
      Effect.sync(() =>
        builds.map(({ task }): BuildInputs => {
          if (!FarmDirectory.isId(task)) return {}
          const text = AtomicFile.read(FarmTask.installedPath(FarmDirectory.taskPath(farm, task)))
          return text === undefined ? {} : { buildroot: InstalledPackages.names(text).map((name) => ({ name })) }
        })
      ),
    cancel: (tasks) => Effect.andThen(cancelAll(tasks), scheduler.wake),
    admit: Effect.fnUntraced(function*(buildroot, builds) {
      yield* known("admit", buildroot.id)
      const directory = FarmDirectory.buildrootPath(farm, buildroot.id)
      const revision = yield* locked(buildroot.id, "admit", BuildrootRepository.admit(directory, builds)).pipe(
        Effect.catchTag("RpmToolError", (error) => Effect.fail(toolFailure("admit")(error)))
      )
      return { buildroot: buildroot.id, id: String(revision) }
    }),
    observeRepositories: (requests) =>
      Effect.sync(() => requests.map(({ buildroot, id }) => observeRepository(buildroot, Number(id)))),
    finish: Effect.fnUntraced(function*(plan, outcome) {
      const id = FarmDirectory.buildrootId(plan)
      yield* cancelAll(openTasksOf(id))
      // A failed build may be resumed, and then needs what was admitted; results and logs stay with the tasks.
      if (outcome._tag === "Succeeded") {
        const directory = FarmDirectory.buildrootPath(farm, id)
        yield* locked(
          id,
          "finish",
          Effect.promise(() => RemoveTree.remove(directory, Spawner.start))
        )
      }
    }),
    hints: Stream.fromPubSub(scheduler.changes)
  })
})
