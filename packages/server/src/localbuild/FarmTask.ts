/**
 * One task as it lies on disk, in files that each have one writer:
 *
 * - `request.json`: what to build, written by whoever submitted it first;
 * - `runner`: the lock of the process that builds; `runner.holder` stays when that process dies, and tells so;
 * - `status.json`: how it ended, written once; the first to write it wins;
 * - `installed_pkgs.log`: the packages that its buildroot holds, as mock writes them, written whenever it is begun;
 * - `build.log`, `results/`.
 */
import { Artifact, ComponentRequest } from "@orch/core/ports/BuildSystem"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import * as AtomicFile from "../programs/AtomicFile.ts"
import * as FileLock from "../programs/FileLock.ts"
import * as MarkedProcesses from "../programs/MarkedProcesses.ts"
import * as ProcessIdentity from "../programs/ProcessIdentity.ts"
import * as ProcessTree from "../programs/ProcessTree.ts"
import * as RemoveTree from "../programs/RemoveTree.ts"
import * as Spawner from "../programs/Spawner.ts"

export const Result = Schema.Struct({
  state: Schema.Literals(["closed", "failed", "canceled"]),
  nvr: Schema.optionalKey(Schema.String),
  artifacts: Schema.Array(Artifact),
  reason: Schema.optionalKey(Schema.String),
  /** Seconds from the start of the build to its end. */
  seconds: Schema.Number
})
export interface Result extends Schema.Schema.Type<typeof Result> {}

const Stored = Schema.Struct({
  buildroot: Schema.String,
  request: ComponentRequest,
  /** Milliseconds since 1970; the oldest of equal priority starts first. */
  submitted: Schema.Number,
  /** Whose later builds may take the result over (`FarmDirectory.lineOf`); tasks of before know none. */
  line: Schema.optionalKey(Schema.String)
})
export interface Stored extends Schema.Schema.Type<typeof Stored> {}

const decodeResult = Schema.decodeUnknownOption(Result)
const decodeStored = Schema.decodeUnknownOption(Stored)

export const logPath = (directory: string): string => Path.join(directory, "build.log")
export const resultsPath = (directory: string): string => Path.join(directory, "results")
export const attemptsPath = (directory: string): string => Path.join(directory, "attempts")
const runnerPath = (directory: string): string => Path.join(directory, "runner")
const lossesPath = (directory: string): string => Path.join(directory, "losses")
/** The file that says how a task ended. */
export const statusPath = (directory: string): string => Path.join(directory, "status.json")
const requestPath = (directory: string): string => Path.join(directory, "request.json")

/** Remembers the request; answers whether it is a new one. */
export const create = (directory: string, stored: Stored): Promise<boolean> =>
  AtomicFile.create(requestPath(directory), JSON.stringify(stored))

export const stored = (directory: string): Stored | undefined =>
  Option.getOrUndefined(decodeStored(AtomicFile.readJson(requestPath(directory))))

export const result = (directory: string): Result | undefined =>
  Option.getOrUndefined(decodeResult(AtomicFile.readJson(statusPath(directory))))

/** Writes how it ended; `false` when that was written before. */
export const finish = (directory: string, ended: Result): Promise<boolean> =>
  AtomicFile.create(statusPath(directory), JSON.stringify(ended))

/** Where the packages of its buildroot are listed. */
export const installedPath = (directory: string): string => Path.join(directory, "installed_pkgs.log")

/** Lists the packages that its buildroot holds, by the names of their files. */
export const keepInstalled = (directory: string, files: ReadonlyArray<string>): void =>
  AtomicFile.writeSync(installedPath(directory), files.map((file) => `${file.replace(/\.rpm$/, "")}\n`).join(""))

/** Milliseconds for which a runner waits for its lock, which others take for a moment to see whether it is held. */
const takeMillis = 5_000

/** Becomes the one process that builds this task. */
export const takeRunner = (directory: string): boolean => {
  if (!FileLock.tryAcquire(runnerPath(directory), takeMillis)) return false
  FileLock.sign(runnerPath(directory))
  return true
}

/** Whether its runner lives, having answered or not. */
export const isRunning = (directory: string): boolean => FileLock.isHeld(runnerPath(directory))

export type State =
  | { readonly _tag: "Unknown" }
  | { readonly _tag: "Waiting" }
  | { readonly _tag: "Running" }
  /** Its runner is gone and left no result. */
  | { readonly _tag: "Lost" }
  | { readonly _tag: "Ended"; readonly result: Result }

export const state = (directory: string): State => {
  const holder = FileLock.holder(runnerPath(directory))
  const alive = holder !== undefined && FileLock.isHeld(runnerPath(directory))
  // Looked at after the runner: one that ended in between has left its result.
  const ended = result(directory)
  if (ended !== undefined) return { _tag: "Ended", result: ended }
  if (holder !== undefined) return { _tag: alive ? "Running" : "Lost" }
  return Fs.existsSync(requestPath(directory)) ? { _tag: "Waiting" } : { _tag: "Unknown" }
}

/** Milliseconds to wait for the end of what was killed; the kernel needs a few. */
const endMillis = 10_000

/** The runner of a task and all that it started, as far as they are in this container. */
const processes = (directory: string): ReadonlyArray<ProcessIdentity.ProcessIdentity> => {
  const runner = FileLock.holder(runnerPath(directory))
  const isHere = runner !== undefined && runner.pid !== process.pid && ProcessIdentity.isAlive(runner)
  return isHere ? [runner, ...ProcessTree.descendants(runner.pid)] : []
}

/**
 * Ends a task that has not ended, with all of its processes, and removes their trees; answers when they are gone, and
 * whether there was something to end. Where its runner is in another container, that one sees the result and does the same.
 */
export const end = async (directory: string, ended: Result): Promise<boolean> => {
  const isWaiting = state(directory)._tag === "Waiting"
  // Before the runner can see the result and begin to end them itself: then they no longer descend from it.
  const before = processes(directory)
  if (!(await finish(directory, ended))) return false
  // Of what never began there is nothing to look for; what begins just now sees the end itself.
  if (isWaiting) return true
  const all = [...before, ...processes(directory)]
  for (const one of all) ProcessIdentity.kill(one)
  MarkedProcesses.kill(directory)
  const until = performance.now() + endMillis
  // A killed process of several threads is a zombie before the kernel has given its locks back.
  const isEnding = () => all.some(ProcessIdentity.isAlive) || (all.length > 0 && FileLock.isHeld(runnerPath(directory)))
  while (isEnding() && performance.now() < until) await pause(5)
  if (!FileLock.isHeld(runnerPath(directory))) await RemoveTree.remove(attemptsPath(directory), Spawner.start)
  return true
}

/** A build that was killed so often kills itself, perhaps by the memory it takes. */
const maxLosses = 5

/** Makes a lost task one that waits again, in a clean tree; one that was lost too often has failed. */
export const reopen = async (directory: string): Promise<void> => {
  // Having the lock proves that its holder is dead, and keeps the next one from starting while its tree is cleared.
  if (!FileLock.tryAcquire(runnerPath(directory))) return
  MarkedProcesses.kill(directory)
  for (const left of [attemptsPath(directory), resultsPath(directory)]) await RemoveTree.remove(left, Spawner.start)
  const losses = Number(AtomicFile.read(lossesPath(directory)) ?? 0) + 1
  await AtomicFile.write(lossesPath(directory), String(losses))
  if (losses >= maxLosses) {
    await finish(directory, {
      state: "failed",
      artifacts: [],
      reason: `its build was killed ${losses} times`,
      seconds: 0
    })
  }
  FileLock.unsign(runnerPath(directory))
  FileLock.release(runnerPath(directory))
}
