/** Real server processes on one database and one data directory, killed at random moments and started again. */
import * as ChildProcess from "node:child_process"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as TestPrograms from "../../../../tooling/TestPrograms.ts"
import * as PidNamespace from "../programs/PidNamespace.ts"
import * as FreePort from "../support/FreePort.ts"
import type { FaultDistGit } from "./FaultDistGit.ts"

export interface Options {
  readonly distGit: Pick<FaultDistGit, "root" | "components">
  readonly dataDir: string
  /** PostgreSQL; without it, the embedded database. */
  readonly databaseUrl: string | undefined
  readonly processes: number
  /** Each in a PID namespace of its own, as in a container: what a server started ends with it. */
  readonly inContainers?: boolean
  /** Further settings. */
  readonly settings?: Readonly<Record<string, string>>
}

export interface FaultServers {
  /** Kills one of them with -9, up to `within` milliseconds after it began to answer, and starts it again. */
  readonly killOne: (within: number) => Promise<void>
  /** Kills the first of them with -9 at once, and starts it again. */
  readonly killNow: () => Promise<void>
  /** Asks any of them until one answers. */
  readonly request: (path: string, init?: RequestInit) => Promise<{ readonly status: number; readonly body: unknown }>
  readonly stop: () => Promise<void>
  readonly log: string
  /** Where each of them answers, before and after it is killed. */
  readonly urls: ReadonlyArray<string>
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

const isUp = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(5_000) })
    .then(({ ok }) => ok, () => false)

export const start = async (options: Options): Promise<FaultServers> => {
  const program = await TestPrograms.server()
  const log = Path.join(options.distGit.root, "servers.log")
  const output = Fs.openSync(log, "a")
  const ports = await Promise.all(Array.from({ length: options.processes }, FreePort.find))
  const inherited = Object.entries(process.env).filter(([name]) => name !== "DATABASE_URL" && !name.startsWith("ORCH_"))
  let stopping = false
  const [command, args] = options.inContainers === true
    ? PidNamespace.wrap(process.execPath, [program])
    : [process.execPath, [program]] as const
  const spawn = (port: number) =>
    ChildProcess.spawn(command, args, {
      cwd: options.distGit.root,
      stdio: ["ignore", output, output],
      env: {
        ...Object.fromEntries(inherited),
        ORCH_PORT: String(port),
        ORCH_DATA_DIR: options.dataDir,
        ORCH_SCM_ALLOW: `file://${options.distGit.root}`,
        ORCH_RPMS_REPOSITORY: options.distGit.components,
        ORCH_RECONCILE_INTERVAL: "1000",
        ORCH_LEASE: "3",
        // What tells of each step of a build is written outside of its tree.
        ORCH_LOCAL_SANDBOX: "off",
        ...options.settings,
        ...(options.databaseUrl === undefined ? {} : { DATABASE_URL: options.databaseUrl })
      }
    })
  const children = ports.map(spawn)

  const request = async (path: string, init: RequestInit = {}) => {
    for (let attempt = 0;; attempt++) {
      const port = ports[attempt % ports.length]!
      try {
        const answer = await fetch(`http://127.0.0.1:${port}${path}`, { ...init, signal: AbortSignal.timeout(60_000) })
        if (answer.status !== 503) return { status: answer.status, body: await answer.json() }
      } catch {
        // It was killed, or is not up yet.
      }
      if (stopping) throw new Error("the servers are being stopped")
      if (children.every((child) => child.exitCode !== null)) throw new Error(`no server runs; see ${log}`)
      await pause(100)
    }
  }

  return {
    log,
    urls: ports.map((port) => `http://127.0.0.1:${port}`),
    request,
    killOne: async (within) => {
      const index = Math.floor(Math.random() * ports.length)
      // One in five is killed while it starts.
      const starting = Math.random() < 0.2
      for (let waited = 0; !starting && waited < 300 && !(await isUp(ports[index]!)); waited++) await pause(100)
      await pause(Math.random() * within)
      children[index]!.kill("SIGKILL")
      children[index] = spawn(ports[index]!)
    },
    killNow: async () => {
      const ended = new Promise((resolve) => children[0]!.once("exit", resolve))
      children[0]!.kill("SIGKILL")
      await ended
      children[0] = spawn(ports[0]!)
    },
    stop: async () => {
      stopping = true
      await Promise.all(children.map((child) =>
        new Promise<void>((resolve) => {
          if (child.exitCode !== null || child.signalCode !== null) return resolve()
          child.once("exit", () => resolve())
          child.kill(options.inContainers === true ? "SIGKILL" : "SIGTERM")
          setTimeout(() => child.kill("SIGKILL"), 10_000).unref()
        })
      ))
      Fs.closeSync(output)
    }
  }
}
