/**
 * Whether the server still answers while many modules are submitted at once: the time of `/health/live`, asked 50 times a
 * second, while 200 submissions (another number as an argument) run side by side, each of a module of its own with four
 * components in git. The bound is 250 ms for 99 of 100 answers.
 *
 *   pnpm bench submissions -- 60
 */
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { availableParallelism, tmpdir } from "node:os"
import { join } from "node:path"
import { Worker } from "node:worker_threads"
import * as TestRepository from "../test/scm/TestRepository.ts"
import * as SpecFile from "../test/support/SpecFile.ts"
import * as TestServer from "../test/support/TestServer.ts"

const submissions = Number(process.argv[2] ?? 200)
const bound = 250
const components = ["one", "two", "three", "four"]

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

/** Asks in a thread of its own, so that what this one does is not measured. */
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

const root = mkdtempSync(join(tmpdir(), "orch-bench-"))
const git = join(root, "git")
for (const name of components) {
  TestRepository.make(join(git, "rpms", name)).commit({ [`${name}.spec`]: SpecFile.make(name) })
}
console.log(`making ${submissions} modules in git …`)
const document = TestServer.modulemd(Object.fromEntries(components.map((name) => [name, []])))
const urls = Array.from({ length: submissions }, (_, index) => {
  const name = `module-${index}`
  const { commit, url } = TestRepository.make(join(git, "modules", name))
  return `${url}?#${commit({ [`${name}.yaml`]: document.replace("name: demo", `name: ${name}`) })}`
})

const port = await freePort()
const server = spawn(process.execPath, [join(import.meta.dirname, "../bin/orch-server.js")], {
  stdio: ["ignore", "ignore", "inherit"],
  env: {
    PATH: process.env["PATH"],
    ORCH_PORT: String(port),
    ORCH_DATA_DIR: join(root, "data"),
    ORCH_SCM_ALLOW: `file://${git}`,
    ORCH_RPMS_REPOSITORY: `file://${git}/rpms/`,
    // What is built is another matter.
    ORCH_JOBS: "1",
    ORCH_LIMIT_TOTAL: "1",
    ...(process.env["DATABASE_URL"] === undefined ? {} : { DATABASE_URL: process.env["DATABASE_URL"] })
  }
})
const base = `http://127.0.0.1:${port}`
const isUp = () => fetch(`${base}/health/ready`).then(({ ok }) => ok, () => false)
while (!(await isUp())) await new Promise((resolve) => setTimeout(resolve, 100))

const worker = new Worker(prober, { eval: true, workerData: port })
await new Promise((resolve) => setTimeout(resolve, 1_000))
const began = performance.now()
const statuses = await Promise.all(
  urls.map((scmurl) =>
    fetch(`${base}/rida/module-builds/`, { method: "POST", body: JSON.stringify({ scmurl }) }).then(({ status }) =>
      status
    )
  )
)
const seconds = (performance.now() - began) / 1000
worker.postMessage("stop")
const times = (await new Promise<ReadonlyArray<number>>((resolve) => worker.once("message", resolve))).toSorted((
  a,
  b
) => a - b)
await worker.terminate()
server.kill("SIGKILL")
await new Promise((resolve) => server.once("exit", resolve))
rmSync(root, { recursive: true, force: true, maxRetries: 5 })

const at = (part: number) => times[Math.min(times.length - 1, Math.floor(times.length * part))]!
const accepted = statuses.filter((status) => status === 201).length
console.log(
  `${accepted} of ${submissions} accepted in ${
    seconds.toFixed(1)
  } s on ${availableParallelism()} processors; /health/live, `
    + `${times.length} times: median ${at(0.5).toFixed(0)} ms, p99 ${at(0.99).toFixed(0)} ms, longest ${
      at(1).toFixed(0)
    } ms`
    + ` (bound ${bound} ms)`
)
if (accepted !== submissions || at(0.99) > bound) process.exitCode = 1
