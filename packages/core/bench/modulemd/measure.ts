/** Measures reading and writing of one file in this process; prints JSON. */
import { readFileSync } from "node:fs"
import { setTimeout } from "node:timers/promises"
import * as Modulemd from "../../src/modulemd/Modulemd.ts"

/** The peak of this program: what the process was before it became one does not count. */
const megabytes = () => Number(/VmHWM:\s+([0-9]+)/.exec(readFileSync("/proc/self/status", "utf8"))![1]) / 1024
const idle = megabytes()
const bytes = readFileSync(process.argv[2]!)

const best = (body: () => void): number => {
  let fastest = Infinity
  for (const end = performance.now() + 2500; performance.now() < end;) {
    const start = performance.now()
    body()
    fastest = Math.min(fastest, performance.now() - start)
  }
  return fastest
}

// Memory is that of reading once and keeping the result, as a program does that is not a benchmark.
const once = Modulemd.readBytes(bytes)
const peak = megabytes()
if (!Modulemd.isValid(once)) throw new Error(JSON.stringify(once.problems.find(({ severity }) => severity === "error")))
await setTimeout(10)
const read = best(() => Modulemd.readBytes(bytes))
const { documents } = once
const written = Buffer.byteLength(Modulemd.write(documents))
const write = best(() => Modulemd.write(documents))
console.log(JSON.stringify({ read, write, written, peak, idle }))
