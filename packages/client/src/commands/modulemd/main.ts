/** Runs `orch modulemd` with the arguments of this process. */
import { writeSync } from "node:fs"
import { setFlagsFromString } from "node:v8"
import { run } from "./ModulemdCommand.ts"

/** Pipes take less than is offered and say so; whoever closed one does not want the rest. */
const write = (fd: 1 | 2) => (text: string): void => {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at)
    } catch (error) {
      const { code } = error as { code?: string }
      if (code === "EPIPE") return
      if (code !== "EAGAIN") throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

// One pass over a file makes much short-lived data; room for it would only grow the process (119 to 94 MB for a 7 MB index).
setFlagsFromString("--semi-space-growth-factor=1")

// Before the name there is at most what holds for all of orch.
const args = process.argv.slice(process.argv.indexOf("modulemd", 2) + 1)
process.exitCode = await run({ args, out: write(1), err: write(2) })
