/**
 * Finds and ends all processes that a build started, also those that left its process group.
 *
 * What is started for a task carries a mark in its environment, which children inherit; `/proc` shows it. A process
 * number alone would not do: after a crash it may belong to somebody else.
 */
import * as Fs from "node:fs"
import * as ProcessIdentity from "./ProcessIdentity.ts"

/** The environment variable that carries the mark. */
export const variable = "ORCH_FARM_TASK"

const has = (pid: number, mark: string): boolean => {
  try {
    return `\0${Fs.readFileSync(`/proc/${pid}/environ`, "latin1")}`.includes(`\0${variable}=${mark}\0`)
  } catch {
    // Ended, or another user's.
    return false
  }
}

/** Live processes with the mark, this one excepted. */
export const find = (mark: string): ReadonlyArray<number> => {
  let names: ReadonlyArray<string> = []
  try {
    names = Fs.readdirSync("/proc")
  } catch {
    return []
  }
  const latin = Buffer.from(mark, "utf8").toString("latin1")
  return names.filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) =>
    pid !== process.pid && has(pid, latin) && ProcessIdentity.of(pid) !== undefined
  )
}

/** Kills them; repeated, because one may fork while the others are being found. */
export const kill = (mark: string): void => {
  for (let round = 0; round < 20; round++) {
    const found = find(mark)
    if (found.length === 0) return
    for (const pid of found) {
      try {
        process.kill(pid, "SIGKILL")
      } catch {
        // Ended meanwhile.
      }
    }
  }
}
