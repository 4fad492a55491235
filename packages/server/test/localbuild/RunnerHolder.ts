/**
 * A process of several threads that holds the runner's lock of the task in its first argument until it is killed.
 * Threads that allocate memory make the time between its death and the release of its locks visible.
 */
import { Worker } from "node:worker_threads"
import * as FarmTask from "../../src/localbuild/FarmTask.ts"

const directory = process.argv[2]!
if (!FarmTask.takeRunner(directory)) process.exit(1)
const busy = "const kept = []; setInterval(() => { if (kept.length < 8) kept.push(Buffer.alloc(4_000_000, 1)) }, 1)"
for (let thread = 0; thread < 6; thread++) new Worker(busy, { eval: true })
setInterval(() => {}, 1_000)
setTimeout(() => process.stdout.write("holds\n"), 100)
