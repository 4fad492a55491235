/** Runs programs in a PID namespace of their own, as another container would, for tests of what two of them share. */
import * as ChildProcess from "node:child_process"

const own = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"]
const flags = [...own, "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]

/** Why none can be made here; `undefined` where they can. */
export const missing: string | undefined =
  ChildProcess.spawnSync("unshare", [...flags, "true"], { stdio: "ignore" }).status === 0
    ? undefined
    : "unshare cannot make a PID namespace here"

/** The program and arguments that run this one in a new PID namespace. */
export const wrap = (command: string, args: ReadonlyArray<string>): readonly [string, ReadonlyArray<string>] => [
  "unshare",
  [...flags, command, ...args]
]
