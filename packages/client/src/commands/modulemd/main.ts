/** Runs `orch modulemd` with the arguments of this process. */
import * as EngineFlags from "./EngineFlags.ts"
import { run } from "./ModulemdCommand.ts"

// Importing it would load all that it can do, which takes an eighth of the time that Node.js itself takes to start.
const { writeSync } = process.getBuiltinModule("node:fs")

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

// Before the name there is at most what holds for all of orch.
const args = process.argv.slice(process.argv.indexOf("modulemd", 2) + 1)
process.exitCode = await run({ args, out: write(1), err: write(2), expect: EngineFlags.set })
