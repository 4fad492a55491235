/**
 * A server in a process of its own, and how long `/health/live` takes there while something else happens: asked 50 times a second
 * by a thread of its own, so that what the benchmark itself does is not measured.
 */
import { spawn } from "node:child_process"
import { createServer } from "node:net"
import { join } from "node:path"
import { Worker } from "node:worker_threads"

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

const prober = `
const { parentPort, workerData } = require("node:worker_threads")
const http = require("node:http")
const agent = new http.Agent({ keepAlive: false })
const times = []
const ask = () => {
  const began = performance.now()
  http.get({ host: "127.0.0.1", port: workerData, path: "/health/live", agent }, (response) => {
    response.resume().on("end", () => times.push(performance.now() - began))
  }).on("error", () => times.push(Infinity))
}
const timer = setInterval(ask, 20)
parentPort.once("message", () => { clearInterval(timer); setTimeout(() => parentPort.postMessage(times), 1000) })
`

/** A server that answers. */
export interface ServerProcess {
  readonly url: string
  readonly pid: number
  /** Begins to ask; the answer says how long each took, in milliseconds, the shortest first. */
  readonly probe: () => Promise<() => Promise<ReadonlyArray<number>>>
  readonly stop: () => Promise<void>
}

/**
 * Starts a server with these settings and nothing else of the environment but `PATH` and `DATABASE_URL`, if given. `log` is a file
 * that its log goes to. Another `program` than the server's takes the same settings.
 */
export const start = async (
  environment: Readonly<Record<string, string>>,
  log?: number,
  program = join(import.meta.dirname, "../bin/orch-server.js")
): Promise<ServerProcess> => {
  const port = await freePort()
  const server = spawn(process.execPath, [program], {
    stdio: ["ignore", log ?? "ignore", "inherit"],
    env: { PATH: process.env["PATH"], ...environment, ORCH_PORT: String(port) }
  })
  const url = `http://127.0.0.1:${port}`
  const isUp = () => fetch(`${url}/health/ready`).then(({ ok }) => ok, () => false)
  while (!(await isUp())) {
    if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return {
    url,
    pid: server.pid!,
    probe: async () => {
      const worker = new Worker(prober, { eval: true, workerData: port })
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      return async () => {
        worker.postMessage("stop")
        const times = await new Promise<ReadonlyArray<number>>((resolve) => worker.once("message", resolve))
        await worker.terminate()
        return times.toSorted((a, b) => a - b)
      }
    },
    stop: async () => {
      server.kill("SIGKILL")
      await new Promise((resolve) => server.once("exit", resolve))
    }
  }
}

/** Of times in order, the one that this part of them does not exceed. */
export const at = (times: ReadonlyArray<number>, part: number): number =>
  times[Math.min(times.length - 1, Math.floor(times.length * part))]!
