/** Starts the server of this checkout on a free port, with everything it keeps below one directory. */
import { type ChildProcess, spawn } from "node:child_process"
import { openSync, readFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import type { DistGit } from "./DistGit.ts"

const program = join(import.meta.dirname, "../../packages/server/bin/orch-server.js")

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer()
    probe.once("error", () => resolve(false))
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)))
  })

const freePort = async (): Promise<number> => {
  for (const port of [8080, 8081, 8082]) if (await isFree(port)) return port
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })
}

export interface DemoServer {
  readonly url: string
  readonly log: string
  readonly isRunning: () => boolean
  /** Asks it to stop, and waits until it has. */
  readonly stop: () => Promise<void>
}

const settings = (
  directory: string,
  distGit: Pick<DistGit, "components" | "root">,
  port: number
): Record<string, string> => ({
  ORCH_HOST: "127.0.0.1",
  ORCH_PORT: String(port),
  ORCH_DATA_DIR: join(directory, "data"),
  ORCH_SCM_ALLOW: `file://${distGit.root}`,
  ORCH_RPMS_REPOSITORY: distGit.components,
  ORCH_RECONCILE_INTERVAL: "1000"
})

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) }).then(({ ok }) => ok, () => false)

/** `more` are settings beside those of every demo. */
export const start = async (
  directory: string,
  distGit: Pick<DistGit, "components" | "root">,
  more: Readonly<Record<string, string>> = {}
): Promise<DemoServer> => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const log = join(directory, "server.log")
  const output = openSync(log, "a")
  // The demo is the embedded server: a database or settings of the user's are not its own.
  const inherited = Object.entries(process.env).filter(([name]) => name !== "DATABASE_URL" && !name.startsWith("ORCH_"))
  const child: ChildProcess = spawn(process.execPath, [program], {
    cwd: directory,
    env: { ...Object.fromEntries(inherited), ...settings(directory, distGit, port), ...more },
    stdio: ["ignore", output, output],
    // Ctrl-C reaches the demo alone, which then stops the server in its own time.
    detached: true
  })
  let ended = false
  const end = new Promise<void>((resolve) => {
    const done = () => {
      ended = true
      resolve()
    }
    child.once("exit", done)
    child.once("error", done)
  })
  process.once("exit", () => child.kill("SIGKILL"))
  // Another program may have taken the port since; the server's own word that it listens there is in its log.
  const isListening = () => readFileSync(log, "utf8").includes(url)
  for (let waited = 0; !isListening() || !(await isReady(url)); waited++) {
    if (ended || waited > 600) {
      const said = readFileSync(log, "utf8").trim().split("\n").slice(-15).join("\n")
      throw new Error(`the server did not start; the end of ${log}:\n${said}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return {
    url,
    log,
    isRunning: () => !ended,
    stop: async () => {
      child.kill("SIGTERM")
      const patience = setTimeout(() => child.kill("SIGKILL"), 20_000)
      await end
      clearTimeout(patience)
    }
  }
}
