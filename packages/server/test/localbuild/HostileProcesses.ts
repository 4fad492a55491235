/** Finds the processes that hostile builds started, which know a number that nobody else sleeps for. */
import * as Fs from "node:fs"

/** How many processes of this machine sleep for that many seconds, in whatever namespace. */
export const sleeping = (seconds: number): number =>
  Fs.readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false
    try {
      // A zombie has no command line any more.
      return Fs.readFileSync(`/proc/${name}/cmdline`, "latin1").includes(`sleep\0${seconds}\0`)
    } catch {
      return false
    }
  }).length
