/**
 * How what tests need is made once and kept: without holding up the thread, since a runner that hears nothing of a test file for a minute
 * gives it up, and by one process at a time.
 */
import { execFile } from "node:child_process"
import { setTimeout as pause } from "node:timers/promises"
import * as FileLock from "../packages/server/src/programs/FileLock.ts"

/** Milliseconds between two looks at a lock that somebody else has. */
const between = 200

interface Options {
  /** Milliseconds that it may take. */
  readonly timeout: number
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
}

/** Runs a program; why it failed, in one line, and nothing where it did not. */
export const run = (program: string, args: ReadonlyArray<string>, options: Options): Promise<string | undefined> =>
  new Promise((resolve) => {
    execFile(program, args, { ...options, maxBuffer: 64 * 1024 * 1024 }, (error, _, stderr) => {
      if (error === null) return resolve(undefined)
      const said = stderr.trim().split("\n").at(-1)
      const why = error.killed === true ? `took longer than ${options.timeout / 1000} s` : said || error.message
      resolve(`${program}: ${why}`)
    })
  })

/** Makes something while nobody else makes it; `undefined` where somebody else has been at it for so many milliseconds. */
export const alone = async <A>(lock: string, patience: number, make: () => Promise<A>): Promise<A | undefined> => {
  const end = performance.now() + patience
  while (!FileLock.tryAcquire(lock)) {
    if (performance.now() > end) return undefined
    await pause(between)
  }
  try {
    return await make()
  } finally {
    FileLock.release(lock)
  }
}
