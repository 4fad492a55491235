/**
 * DBOS as a peer: workflows of twenty bare steps, each recorded in the same PostgreSQL, in a process of their own. It is no
 * dependency of the workspace: it is fetched when it is wanted, and kept for the next time.
 */
import { execFile, fork } from "node:child_process"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"

const version = "5.3.0"
const folder = join(import.meta.dirname, `../../../../node_modules/.cache/bench/dbos-${version}`)

/** Workflows run side by side as the engine's workers do. */
const program = (workers: number, connections: number) => `
import { DBOS } from "@dbos-inc/dbos-sdk"
DBOS.setConfig({
  name: "bench",
  systemDatabaseUrl: process.env.DATABASE_URL,
  systemDatabasePoolSize: ${connections},
  logLevel: "error",
  runAdminServer: false
})
const work = DBOS.registerWorkflow(async (steps) => {
  for (let n = 0; n < steps; n++) await DBOS.runStep(async () => n, { name: "step" })
}, { name: "work" })
await DBOS.launch()
process.on("message", async ({ workflows, steps }) => {
  let left = workflows
  const begun = performance.now()
  const cpu = process.cpuUsage()
  await Promise.all(Array.from({ length: ${workers} }, async () => {
    while (left-- > 0) await work(steps)
  }))
  const { system, user } = process.cpuUsage(cpu)
  process.send({
    steps: workflows * steps,
    seconds: (performance.now() - begun) / 1000,
    cpuSeconds: (system + user) / 1e6
  })
})
process.send("ready")
`

/** What a round of steps took. */
export interface Steps {
  readonly steps: number
  readonly seconds: number
  readonly cpuSeconds: number
}

/** The peer, ready to run. */
export interface DbosPeer {
  readonly run: (workflows: number, steps: number) => Promise<Steps>
  readonly stop: () => void
}

const fetched = async (): Promise<void> => {
  if (existsSync(join(folder, "node_modules/@dbos-inc/dbos-sdk/package.json"))) return
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }))
  const install = ["install", "--no-audit", "--no-fund", "--ignore-scripts", `@dbos-inc/dbos-sdk@${version}`]
  await promisify(execFile)("npm", install, { cwd: folder, timeout: 60_000 })
}

/** Starts it on an empty database; why not, where it cannot be had. */
export const start = async (database: string, workers: number, connections: number): Promise<DbosPeer | string> => {
  try {
    await fetched()
  } catch (error) {
    return `@dbos-inc/dbos-sdk ${version} cannot be fetched: ${String(error).split("\n")[0]}`
  }
  writeFileSync(join(folder, "peer.mjs"), program(workers, connections))
  const child = fork(join(folder, "peer.mjs"), {
    execArgv: ["--no-deprecation"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { PATH: process.env["PATH"], DATABASE_URL: database }
  })
  const answer = <A>() =>
    new Promise<A>((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`DBOS ended with ${code}`))
      child.once("exit", ended).once("message", (message) => {
        child.off("exit", ended)
        resolve(message as A)
      })
    })
  await answer()
  return {
    run: (workflows, steps) => {
      child.send({ workflows, steps })
      return answer<Steps>()
    },
    stop: () => void child.kill("SIGKILL")
  }
}
