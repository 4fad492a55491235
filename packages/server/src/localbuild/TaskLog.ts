/**
 * The log of one task of the local farm: as it is now, or as it grows until the task has ended.
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Fs from "node:fs"
import * as FarmDirectory from "./FarmDirectory.ts"
import * as FarmTask from "./FarmTask.ts"

export interface TaskLog {
  /** The file; not there before the build begins. */
  readonly path: string
  /** Whether more may come. */
  readonly isOpen: () => boolean
}

/** The log of a task; `undefined` when the farm has no such task. */
export const find = (dataDir: string, task: string): TaskLog | undefined => {
  if (!FarmDirectory.isId(task)) return undefined
  const directory = FarmDirectory.taskPath(FarmDirectory.make(dataDir), task)
  return FarmTask.state(directory)._tag === "Unknown" ? undefined : {
    path: FarmTask.logPath(directory),
    isOpen: () => ["Waiting", "Running"].includes(FarmTask.state(directory)._tag)
  }
}

const chunkBytes = 65_536

const readAt = (path: string, offset: number): Uint8Array => {
  if (!Fs.existsSync(path)) return new Uint8Array()
  const file = Fs.openSync(path, "r")
  try {
    const buffer = Buffer.alloc(chunkBytes)
    return buffer.subarray(0, Fs.readSync(file, buffer, 0, chunkBytes, offset))
  } finally {
    Fs.closeSync(file)
  }
}

/** The bytes of a log from `offset` on; with `follow`, until the task has ended. */
export const stream = (
  log: TaskLog,
  options: { readonly offset?: number; readonly follow?: boolean } = {}
): Stream.Stream<Uint8Array> => {
  const next = (offset: number): Effect.Effect<readonly [Uint8Array, number] | undefined> =>
    Effect.suspend(() => {
      // Asked before reading: what is written between the two is still read.
      const open = options.follow === true && log.isOpen()
      const bytes = readAt(log.path, offset)
      if (bytes.length > 0) return Effect.succeed([bytes, offset + bytes.length] as const)
      return open ? Effect.andThen(Effect.sleep(200), next(offset)) : Effect.undefined
    })
  return Stream.unfold(options.offset ?? 0, next)
}
