/**
 * Removes what the local farm no longer needs: buildroots that nobody has touched for long, and the tasks of module builds
 * that have ended.
 *
 * A task stays while its buildroot does, since the module build goes on or may be resumed. The newest result of each component of
 * a stream stays whatever its age: the next module build may take it over instead of building it again.
 */
import * as Upkeep from "@orch/core/engine/Upkeep"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as DiskExpiry from "../programs/DiskExpiry.ts"
import * as DiskUse from "../programs/DiskUse.ts"
import * as FileLock from "../programs/FileLock.ts"
import * as RemoveTree from "../programs/RemoveTree.ts"
import * as Spawner from "../programs/Spawner.ts"
import * as FarmDirectory from "./FarmDirectory.ts"
import * as FarmTask from "./FarmTask.ts"

export interface Options {
  readonly farm: FarmDirectory.FarmDirectory
  /** Days after which what is not needed goes; 0 for never. */
  readonly keepDays: number
  /** Bytes that all tasks may take; 0 for any number. */
  readonly keepBytes: number
}

const day = 86_400_000
/** What has just ended is about to be published. */
const minAge = day

/** What removed folders are called until they are gone; no task and no buildroot is called so. */
const trashPrefix = ".trash-"

/** First out of sight in one step, so that nobody finds a half of it. */
const discard = async (path: string): Promise<void> => {
  const trash = Path.join(Path.dirname(path), `${trashPrefix}${Crypto.randomUUID()}`)
  await Fs.promises.rename(path, trash).catch(() => undefined)
  await RemoveTree.remove(trash, Spawner.start)
}

const list = async (directory: string): Promise<ReadonlyArray<string>> => {
  const names = await Fs.promises.readdir(directory).catch(() => [])
  // What a sweep that was killed left.
  for (const name of names) {
    if (name.startsWith(trashPrefix)) await RemoveTree.remove(Path.join(directory, name), Spawner.start)
  }
  return names.filter(FarmDirectory.isId)
}

interface EndedTask extends DiskExpiry.Item {
  readonly buildroot: string
  /** Stream and component, for results that a later module build may take over. */
  readonly reusable: string | undefined
}

const lookAt = async (farm: FarmDirectory.FarmDirectory, id: string): Promise<EndedTask | undefined> => {
  const directory = FarmDirectory.taskPath(farm, id)
  const stored = FarmTask.stored(directory)
  const state = FarmTask.state(directory)
  if (stored === undefined || state._tag !== "Ended") return undefined
  const usedAt = await DiskUse.changedAt(FarmTask.statusPath(directory)) ?? 0
  const { line = stored.buildroot } = stored
  return {
    id,
    usedAt,
    bytes: await DiskUse.measure(directory),
    isNeeded: false,
    buildroot: stored.buildroot,
    reusable: state.result.state === "closed" ? `${line} ${stored.request.component}` : undefined
  }
}

/** The last sign of work in a buildroot, in milliseconds since 1970. */
const workedAt = async (farm: FarmDirectory.FarmDirectory, id: string, tasks: ReadonlyArray<EndedTask>) => {
  const directory = FarmDirectory.buildrootPath(farm, id)
  const files = ["plan.json", "macros", "repository"].map((name) => DiskUse.changedAt(Path.join(directory, name)))
  const times = (await Promise.all(files)).map((time) => time ?? 0)
  return tasks.reduce((latest, { usedAt }) => Math.max(latest, usedAt), Math.max(...times))
}

const sweepUnderLock = async ({ farm, keepBytes, keepDays }: Options, now: number): Promise<ReadonlyArray<string>> => {
  const limits: DiskExpiry.Limits = { now, maxAge: keepDays * day, maxBytes: keepBytes, minAge }
  const ended: Array<EndedTask> = []
  for (const id of await list(farm.tasks)) {
    // There may be many, and others have to be answered meanwhile.
    const task = await lookAt(farm, id)
    if (task !== undefined) ended.push(task)
  }
  const open = new Set(
    (await list(farm.open)).map((id) => FarmTask.stored(FarmDirectory.taskPath(farm, id))?.buildroot)
  )
  const removed: Array<string> = []
  const buildroots = new Set(
    await list(farm.buildroots).then((names) => names.filter((name) => !name.endsWith(".lock")))
  )
  const tasksOf = Map.groupBy(ended, ({ buildroot }) => buildroot)
  for (const id of buildroots) {
    const usedAt = await workedAt(farm, id, tasksOf.get(id) ?? [])
    const [goes] = DiskExpiry.choose([{ id, usedAt, bytes: 0, isNeeded: open.has(id) }], { ...limits, maxBytes: 0 })
    if (goes === undefined) continue
    await discard(FarmDirectory.buildrootPath(farm, id))
    buildroots.delete(id)
    removed.push(id)
  }
  const newest = new Map<string, EndedTask>()
  for (const task of ended) {
    if (task.reusable === undefined) continue
    const other = newest.get(task.reusable)
    if (other === undefined || other.usedAt < task.usedAt) newest.set(task.reusable, task)
  }
  const items = ended.map((task) => ({
    ...task,
    isNeeded: buildroots.has(task.buildroot) || open.has(task.buildroot)
      || (task.reusable !== undefined && newest.get(task.reusable) === task)
  }))
  for (const id of DiskExpiry.choose(items, limits)) {
    await discard(FarmDirectory.taskPath(farm, id))
    removed.push(id)
  }
  return removed
}

/** Removes what may go now; one of the servers on a directory at a time. Answers the names of what went. */
export const sweep = (options: Options): Effect.Effect<ReadonlyArray<string>> =>
  Effect.gen(function*() {
    const now = yield* Clock.currentTimeMillis
    const lock = Path.join(options.farm.root, "upkeep.lock")
    return yield* Effect.promise(async () => {
      if (!FileLock.tryAcquire(lock)) return []
      try {
        return await sweepUnderLock(options, now)
      } finally {
        FileLock.release(lock)
      }
    })
  })

const roundMillis = 3_600_000

/** Does so now and once an hour, for as long as the scope lives; nothing without limits. */
export const repeating = (options: Options) =>
  options.keepBytes === 0 && options.keepDays === 0 ? Effect.void : Upkeep.repeating(
    { failed: "Old tasks of the local farm could not be removed", interval: roundMillis },
    Effect.tap(sweep(options), ({ length: count }) =>
      count === 0
        ? Effect.void
        : Effect.annotateLogs(Effect.logInfo("Removed old tasks and buildroots of the local farm"), { count }))
  )
