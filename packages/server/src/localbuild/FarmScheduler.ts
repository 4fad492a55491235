/**
 * Starts tasks that wait, as many at a time as there are slots, and tells when one changes.
 *
 * Nothing is remembered here that is not on disk: a task waits because its marker lies in `open`, it runs because its
 * runner lives. So a server that starts finds what another left, and several servers share the work.
 */
import * as Pass from "@orch/core/farm/Pass"
import { type ComponentRequest, TaskId } from "@orch/core/ports/BuildSystem"
import type { Interface as SourceControl, SourceControlError } from "@orch/core/ports/SourceControl"
import * as Effect from "effect/Effect"
import * as PubSub from "effect/PubSub"
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as AtomicFile from "../programs/AtomicFile.ts"
import * as FileLock from "../programs/FileLock.ts"
import * as MarkedProcesses from "../programs/MarkedProcesses.ts"
import * as ProgramFile from "../programs/ProgramFile.ts"
import * as RemoveTree from "../programs/RemoveTree.ts"
import * as Spawner from "../programs/Spawner.ts"
import * as BuildrootFiles from "./BuildrootFiles.ts"
import * as BuildrootRepository from "./BuildrootRepository.ts"
import * as BuildSlot from "./BuildSlot.ts"
import * as BuildTree from "./BuildTree.ts"
import * as FarmDirectory from "./FarmDirectory.ts"
import * as FarmTask from "./FarmTask.ts"
import * as PlatformDatabase from "./PlatformDatabase.ts"
import * as RpmBuild from "./RpmBuild.ts"
import * as RpmTool from "./RpmTool.ts"
import type { RunnerJob } from "./RunnerJob.ts"
import type { Sandbox } from "./sandbox/Sandbox.ts"
import type { SandboxMissing } from "./sandbox/SandboxChoice.ts"
import { firstUser } from "./sandbox/SandboxProbe.ts"

export interface Options {
  readonly farm: FarmDirectory.FarmDirectory
  readonly sources: SourceControl
  /** Builds at the same time, over all processes that share the directory. */
  readonly concurrency: number
  readonly timeoutMillis: number
  readonly maxLogBytes: number
  readonly maxTreeBytes: number
  readonly maxMemoryBytes: number
  readonly maxProcesses: number
  /** Whether confined builds may use it. */
  readonly network: boolean
  readonly sandbox: Effect.Effect<Sandbox, SandboxMissing>
  /** The file of a source package. */
  readonly sourcePackage: (location: string) => string | undefined
}

export interface FarmScheduler {
  /** Looks for work now. */
  readonly wake: Effect.Effect<void>
  readonly changes: PubSub.PubSub<TaskId>
}

/** Attempts to fetch a component's sources before its task fails. */
const maxFetches = 5

/** Attempts to start a task's runner before it fails. */
const maxLaunches = 3

const runnerScript = ProgramFile.find("Runner", import.meta.dirname)

/** What a runner makes for a request, where that is not everything. */
const kindOf = ({ arches, source }: ComponentRequest): Pick<RunnerJob, "kind"> =>
  source._tag === "Srpm" ? { kind: "rebuild" } : arches.length === 1 && arches[0] === "src" ? { kind: "source" } : {}

interface Candidate {
  readonly task: string
  readonly stored: FarmTask.Stored
}

/** Runs for as long as its scope is open; builds that run go on when it ends. */
export const make = Effect.fn("FarmScheduler.make")(function*(options: Options) {
  const { farm } = options
  const changes = yield* PubSub.unbounded<TaskId>()
  const starting = new Set<string>()
  const known = new Map<string, string>()
  const requests = new Map<string, FarmTask.Stored>()
  const fetches = new Map<string, number>()
  const launches = new Map<string, number>()
  const notBefore = new Map<string, number>()
  for (const directory of [farm.open, farm.slots, farm.platforms, farm.buildroots, farm.tasks]) {
    Fs.mkdirSync(directory, { recursive: true })
  }

  const failed = (task: string, reason: string) =>
    Effect.promise(async () => {
      await FarmTask.finish(FarmDirectory.taskPath(farm, task), { state: "failed", artifacts: [], reason, seconds: 0 })
      Fs.rmSync(Path.join(farm.open, task), { force: true })
    })

  /** Lays sources into a new directory; when they were made, Unix seconds. */
  const checkOut = ({ source }: ComponentRequest, directory: string) =>
    Effect.gen(function*() {
      if (source._tag === "Srpm") return yield* takeSourcePackage(source.location, directory)
      const { time } = yield* options.sources.commit(source.repository, source.commit)
      yield* options.sources.checkout(source.repository, source.commit, directory)
      return time
    })

  const takeSourcePackage = Effect.fnUntraced(function*(location: string, directory: string) {
    const file = options.sourcePackage(location)
    if (file === undefined) {
      return yield* new RpmTool.RpmToolError({ reason: "failed", message: `the source package ${location} is gone` })
    }
    yield* Effect.promise(async () => {
      await Fs.promises.mkdir(directory, { recursive: true })
      await Fs.promises.copyFile(file, Path.join(directory, RpmBuild.sourcePackage))
      await Fs.promises.chmod(Path.join(directory, RpmBuild.sourcePackage), 0o644)
    })
    const query = ["-qp", "--nosignature", "--nodigest", "--qf", "%{BUILDTIME}", `./${RpmBuild.sourcePackage}`]
    return Number(yield* RpmTool.run("rpm", query, { cwd: directory })) || 0
  })

  const launch = (job: RunnerJob): Effect.Effect<void> =>
    Effect.callback((resume) => {
      const jobFile = Path.join(job.attempt, "job.json")
      Fs.writeFileSync(jobFile, JSON.stringify(job))
      Spawner.launch({
        command: process.execPath,
        args: ["--disable-warning=ExperimentalWarning", runnerScript, jobFile],
        cwd: job.task,
        output: Path.join(job.task, "runner.log"),
        env: {
          PATH: process.env["PATH"] ?? "/usr/bin:/bin",
          LC_ALL: "C.UTF-8",
          // Loading its modules is most of what a runner costs.
          NODE_COMPILE_CACHE: Path.join(farm.root, "compiled"),
          [MarkedProcesses.variable]: job.task
        }
      }, () => resume(Effect.void))
    })

  /** Prepares and launches one task; ends when its runner does. */
  const start = ({ stored, task }: Candidate, slot: string) =>
    Effect.gen(function*() {
      const directory = FarmDirectory.taskPath(farm, task)
      const buildroot = FarmDirectory.buildrootPath(farm, stored.buildroot)
      const plan = BuildrootFiles.read(buildroot)
      if (plan === undefined) return yield* failed(task, `its buildroot ${stored.buildroot} is not there any more`)
      const attempt = Path.join(FarmTask.attemptsPath(directory), Crypto.randomUUID())
      Fs.mkdirSync(attempt, { recursive: true })
      const sandbox = yield* options.sandbox
      const sourceDate = yield* checkOut(stored.request, BuildTree.sourcesOf(attempt))
      const platformDatabase = yield* PlatformDatabase.ensure(farm.platforms, plan.platform)
      // Canceled while its sources were fetched.
      if (FarmTask.state(directory)._tag !== "Waiting") {
        yield* Effect.promise(() => RemoveTree.remove(attempt, Spawner.start))
        return
      }
      const packages = [...plan.packages, ...BuildrootRepository.packages(buildroot)]
      FarmTask.keepInstalled(directory, packages.map((path) => Path.basename(path)))
      const job: RunnerJob = {
        task: directory,
        attempt,
        component: stored.request.component,
        ...kindOf(stored.request),
        platformDatabase,
        packages,
        macrosFile: BuildrootFiles.macrosPath(buildroot),
        dist: `.${Pass.distTag(plan.distTag, stored.request.pass)}`,
        sourceDate,
        timeoutMillis: options.timeoutMillis,
        maxLogBytes: options.maxLogBytes,
        maxTreeBytes: options.maxTreeBytes,
        maxMemoryBytes: options.maxMemoryBytes,
        maxProcesses: options.maxProcesses,
        sandbox,
        network: options.network,
        uid: firstUser() + Number(Path.basename(slot)),
        slot,
        open: Path.join(farm.open, task)
      }
      yield* launch(job)
      if (FarmTask.state(directory)._tag === "Waiting") yield* notStarted(task, directory)
    }).pipe(
      Effect.catchTags({
        SourceControlError: (error: SourceControlError) => retryOrFail(task, error),
        RpmToolError: (error: RpmTool.RpmToolError) => failed(task, error.message),
        SandboxMissing: (error: SandboxMissing) => failed(task, error.message)
      }),
      Effect.catchCause((cause) =>
        Effect.andThen(
          Effect.logWarning(`The local farm could not start ${task}`, cause),
          Effect.sync(() => notBefore.set(task, performance.now() + 1_000))
        )
      ),
      Effect.ensuring(Effect.sync(() => {
        starting.delete(task)
        BuildSlot.free(slot)
      })),
      Effect.andThen(Effect.suspend(() => survive))
    )

  /** The runner ended before it took the task: something is wrong with this machine, so not for ever. */
  const notStarted = (task: string, directory: string) =>
    Effect.suspend(() => {
      const count = (launches.get(task) ?? 0) + 1
      launches.set(task, count)
      notBefore.set(task, performance.now() + 1_000 * count)
      if (count < maxLaunches) return Effect.void
      const said = AtomicFile.read(Path.join(directory, "runner.log"))?.trim().slice(-500) ?? ""
      return failed(task, `the runner of the local farm does not start: ${said}`)
    })

  const retryOrFail = (task: string, error: SourceControlError) =>
    Effect.suspend(() => {
      const count = (fetches.get(task) ?? 0) + 1
      fetches.set(task, count)
      if (!error.isRetryable || count >= maxFetches) return failed(task, `sources: ${error.message}`)
      notBefore.set(task, performance.now() + 500 * 2 ** count)
      return Effect.void
    })

  const scope = yield* Effect.scope

  const waiting = (): ReadonlyArray<Candidate> => {
    const found: Array<Candidate> = []
    for (const task of known.keys()) {
      if (known.get(task) !== "Waiting" || starting.has(task)) continue
      if ((notBefore.get(task) ?? 0) > performance.now()) continue
      const stored = requests.get(task) ?? FarmTask.stored(FarmDirectory.taskPath(farm, task))
      if (stored === undefined) continue
      requests.set(task, stored)
      found.push({ task, stored })
    }
    return found.sort((a, b) =>
      (b.stored.request.urgency ?? 0) - (a.stored.request.urgency ?? 0)
      || b.stored.request.priority - a.stored.request.priority || a.stored.submitted - b.stored.submitted
      || (a.task < b.task ? -1 : 1)
    )
  }

  /** Compares what is on disk with what was seen last; answers the tasks that changed. */
  const look = (): ReadonlyArray<string> => {
    const markers = new Set(Fs.readdirSync(farm.open).filter(FarmDirectory.isId))
    const changed: Array<string> = []
    for (const task of known.keys()) {
      if (markers.has(task)) continue
      changed.push(task)
      for (const map of [known, requests, fetches, launches, notBefore]) map.delete(task)
    }
    for (const task of markers) {
      const directory = FarmDirectory.taskPath(farm, task)
      const { _tag: now } = FarmTask.state(directory)
      // The runner was killed between its answer and the removal of its marker.
      if (now === "Ended" && !FarmTask.isRunning(directory)) Fs.rmSync(Path.join(farm.open, task), { force: true })
      if (known.get(task) === now) continue
      if (known.has(task) || now !== "Waiting") changed.push(task)
      known.set(task, now)
    }
    return changed
  }

  const tick: Effect.Effect<void> = Effect.suspend(() => {
    const changed = look()
    const forks: Array<Effect.Effect<unknown>> = []
    for (const candidate of waiting()) {
      const slot = BuildSlot.take(farm.slots, options.concurrency)
      if (slot === undefined) break
      const claim = Path.join(FarmDirectory.taskPath(farm, candidate.task), "starting")
      // Another server is at it.
      if (!FileLock.tryAcquire(claim)) {
        BuildSlot.free(slot)
        continue
      }
      starting.add(candidate.task)
      const run = Effect.ensuring(start(candidate, slot), Effect.sync(() => FileLock.release(claim)))
      // At once: one that is interrupted before it began would never give slot and claim back.
      forks.push(Effect.forkIn(run, scope, { startImmediately: true }))
    }
    return Effect.all([
      ...forks,
      ...changed.map((task) => PubSub.publish(changes, TaskId.make(task)))
    ], { discard: true })
  })

  const survive = Effect.catchCause(tick, (cause) => Effect.logWarning("The local farm could not look for work", cause))

  // The directory tells of tasks that other processes submit or end; the pause is the net below it.
  const news = yield* PubSub.sliding<void>(1)
  const watcher = yield* Effect.acquireRelease(
    Effect.try(() => Fs.watch(farm.open, () => PubSub.publishUnsafe(news, undefined))).pipe(
      Effect.orElseSucceed(() => undefined)
    ),
    (watch) => Effect.sync(() => watch?.close())
  )
  watcher?.on("error", () => watcher.close())
  const subscription = yield* PubSub.subscribe(news)
  const pause = Effect.promise((signal) => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, 1_000)
    signal.addEventListener("abort", () => {
      clearTimeout(timer)
      resolve()
    })
    return promise
  })
  yield* Effect.forkIn(
    Effect.forever(Effect.andThen(survive, Effect.race(PubSub.take(subscription), pause))),
    scope
  )
  return { wake: survive, changes } satisfies FarmScheduler
})
