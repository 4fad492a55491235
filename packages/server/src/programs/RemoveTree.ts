/**
 * Removes a folder that a stranger's program filled: paths longer than the system takes, folders that even their owner may
 * not open. `rm` walks by descriptors and knows no length; nobody may be writing there any more.
 */
import * as ChildProcess from "node:child_process"
import * as Fs from "node:fs"

const call = (command: string, args: ReadonlyArray<string>): Promise<void> =>
  new Promise((resolve) => {
    const child = ChildProcess.spawn(command, args, { stdio: "ignore", env: { PATH: "/usr/bin:/bin" } })
    child.on("error", () => resolve())
    child.on("exit", () => resolve())
  })

const isThere = (path: string): boolean => Fs.lstatSync(path, { throwIfNoEntry: false }) !== undefined

/** Removes it; what is not there is fine. Answers whether it is gone. */
export const remove = async (path: string): Promise<boolean> => {
  for (let round = 0; round < 3 && isThere(path); round++) {
    if (round > 0) await call("chmod", ["-R", "u+rwX", "--", path])
    await call("rm", ["-rf", "--one-file-system", "--", path])
  }
  return !isThere(path)
}
