/**
 * Removes a folder that a stranger's program filled: paths longer than the system takes, folders that even their owner may
 * not open. `rm` walks by descriptors and knows no length; nobody may be writing there any more.
 */
import * as Fs from "node:fs"
import * as ProgramRun from "./ProgramRun.ts"

const call = (start: typeof ProgramRun.start, command: string, args: ReadonlyArray<string>): Promise<void> =>
  new Promise((resolve) => {
    const limits = { timeoutMillis: 3_600_000, maxOutputBytes: 65_536 }
    start({ command, args, env: { PATH: "/usr/bin:/bin" }, ...limits }, {
      started: () => undefined,
      ended: () => resolve()
    })
  })

const isThere = (path: string): boolean => Fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined

/**
 * Removes it; what is not there is fine. Answers whether it is gone. A server hands `Spawner.start` in, so that starting
 * `rm` does not hold it up.
 */
export const remove = async (path: string, start = ProgramRun.start): Promise<boolean> => {
  for (let round = 0; round < 3 && isThere(path); round++) {
    if (round > 0) await call(start, "chmod", ["-R", "u+rwX", "--", path])
    await call(start, "rm", ["-rf", "--one-file-system", "--", path])
  }
  return !isThere(path)
}
