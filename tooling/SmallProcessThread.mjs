/** The thread between a process of tests and the small process that runs programs for it. */
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import { workerData } from "node:worker_threads"

const { answered, port, runner } = workerData

const answer = (ended) => {
  port.postMessage(ended)
  Atomics.add(answered, 0, 1)
  Atomics.notify(answered, 0)
}

const running = new Set()
const child = fork(fileURLToPath(runner), [], { execArgv: [], serialization: "advanced" })
child.on("message", (ended) => {
  running.delete(ended.id)
  answer(ended)
})
child.on("exit", () => {
  for (const id of running) {
    answer({
      id,
      status: null,
      signal: null,
      stdout: "",
      stderr: "",
      error: "the process that runs programs has ended"
    })
  }
  running.clear()
})
port.on("message", (request) => {
  running.add(request.id)
  child.send(request)
})
