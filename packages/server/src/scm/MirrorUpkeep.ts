/**
 * Removes copies of git repositories that nobody has asked for in a while, and the oldest ones when all together are too
 * large. What is asked for again is fetched again.
 */
import * as Upkeep from "@orch/core/engine/Upkeep"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as DiskExpiry from "../programs/DiskExpiry.ts"
import * as DiskUse from "../programs/DiskUse.ts"
import * as FileLock from "../programs/FileLock.ts"
import * as RemoveTree from "../programs/RemoveTree.ts"
import * as Spawner from "../programs/Spawner.ts"

export interface Options {
  /** The folder of all copies. */
  readonly directory: string
  /** Days without a question after which a copy goes; 0 for never. */
  readonly keepDays: number
  /** Bytes that all copies may take; 0 for any number. */
  readonly keepBytes: number
}

const day = 86_400_000
/** Somebody may be reading. */
const minAge = 3_600_000
/** Notes are taken no more often than this for one copy. */
const noteMillis = 60_000

const noted = new Map<string, number>()

const notePath = (home: string): string => Path.join(home, "used")

/** Remembers that somebody asked for what is in this copy; one that is not there yet needs no note. */
export const noteUse = (home: string): void => {
  const now = Date.now()
  if (now - (noted.get(home) ?? 0) < noteMillis || !Fs.existsSync(home)) return
  noted.set(home, now)
  // Without a note it goes earlier, and is fetched again.
  Fs.promises.writeFile(notePath(home), "").catch(() => undefined)
}

/** When somebody asked for what is in a copy, in milliseconds since 1970. */
const usedAt = async (home: string): Promise<number> => {
  const files = [notePath(home), Path.join(home, "content.git"), Path.join(home, "history.git")]
  return Math.max(...(await Promise.all(files.map(DiskUse.changedAt))).map((time) => time ?? 0))
}

/** The copies in a folder, by the names of their own folders. */
const look = async (directory: string): Promise<ReadonlyArray<DiskExpiry.Item>> => {
  const found: Array<DiskExpiry.Item> = []
  for (const id of await Fs.promises.readdir(directory).catch(() => [])) {
    const home = Path.join(directory, id)
    const bytes = /^[0-9a-f]{32}$/.test(id) ? await DiskUse.measure(home) : 0
    if (bytes > 0) found.push({ id, usedAt: await usedAt(home), bytes, isNeeded: false })
  }
  return found
}

/**
 * Removes a copy, unless somebody is fetching into it, or asked for it in the hour before `now`, perhaps after it was chosen;
 * answers whether it did. The folder and its lock stay.
 */
export const discard = async (home: string, now: number): Promise<boolean> => {
  const lock = Path.join(home, "lock")
  if (!FileLock.tryAcquire(lock)) return false
  try {
    if (now - await usedAt(home) < minAge) return false
    for (const name of ["content.git", "history.git"]) await RemoveTree.remove(Path.join(home, name), Spawner.start)
    await Fs.promises.rm(notePath(home), { force: true })
    noted.delete(home)
    return true
  } finally {
    FileLock.release(lock)
  }
}

/** Removes what may go now. Answers the folders of what went. */
export const sweep = ({ directory, keepBytes, keepDays }: Options): Effect.Effect<ReadonlyArray<string>> =>
  Effect.gen(function*() {
    const now = yield* Clock.currentTimeMillis
    return yield* Effect.promise(async () => {
      const items = await look(directory)
      const removed: Array<string> = []
      for (const id of DiskExpiry.choose(items, { now, maxAge: keepDays * day, maxBytes: keepBytes, minAge })) {
        if (await discard(Path.join(directory, id), now)) removed.push(id)
      }
      return removed
    })
  })

const roundMillis = 3_600_000

/** Does so now and once an hour, for as long as the scope lives; nothing without limits. */
export const repeating = (options: Options) =>
  options.keepBytes === 0 && options.keepDays === 0 ? Effect.void : Upkeep.repeating(
    { failed: "Old copies of git repositories could not be removed", interval: roundMillis },
    Effect.tap(sweep(options), ({ length: count }) =>
      count === 0
        ? Effect.void
        : Effect.annotateLogs(Effect.logInfo("Removed old copies of git repositories"), { count }))
  )
