/** A server process that can be killed with -9 and begins again, on a database and directory of its own. */
import * as ChildProcess from "node:child_process"
import * as Fs from "node:fs"
import * as Http from "node:http"
import * as Net from "node:net"
import * as TestPrograms from "../../../../tooling/TestPrograms.ts"
import * as FreePort from "../support/FreePort.ts"

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Starts it; `environment` as for a server, `log` is a file. */
export const start = async (environment: Readonly<Record<string, string>>, log: string) => {
  const program = await TestPrograms.server()
  const port = await FreePort.find()
  const output = Fs.openSync(log, "a")
  const inherited = Object.entries(process.env).filter(([name]) => name !== "DATABASE_URL" && !name.startsWith("ORCH_"))
  const spawn = () =>
    ChildProcess.spawn(process.execPath, [program], {
      stdio: ["ignore", output, output],
      env: { ...Object.fromEntries(inherited), ORCH_PORT: String(port), ORCH_LEASE: "3", ...environment }
    })
  let child = spawn()
  let kills = 0
  let stopped = false

  const request = async (method: string, path: string, token: string, body?: unknown) => {
    for (;;) {
      try {
        const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
          method,
          headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(60_000)
        })
        if (answer.status !== 503) return { status: answer.status, body: await answer.json() as unknown }
      } catch {
        // It was killed, or is not up yet.
      }
      if (stopped || child.exitCode !== null) throw new Error(`no server runs; see ${log}`)
      await pause(100)
    }
  }
  return {
    url: `http://127.0.0.1:${port}`,
    request,
    kills: () => kills,
    /** With -9, at once; another one begins. */
    kill: () => {
      if (stopped) return
      kills++
      child.kill("SIGKILL")
      child = spawn()
    },
    stop: async () => {
      stopped = true
      const gone = new Promise((resolve) => child.once("exit", resolve))
      child.kill("SIGKILL")
      await gone
      Fs.closeSync(output)
    }
  }
}
export type KillableServer = Awaited<ReturnType<typeof start>>

/** A request that goes through the proxy. */
export interface Passing {
  readonly method: string
  readonly path: string
}

/**
 * A proxy before a Pulp. `before` and `after` are told of each request, before it goes there and when Pulp has answered and its answer
 * has not been handed on; `refused` answers in Pulp's place.
 */
export const proxy = async (
  target: string,
  hooks: {
    readonly before: (passing: Passing) => void
    readonly after: (passing: Passing) => void
    readonly refused: (passing: Passing) => number | undefined
  }
) => {
  const server = Http.createServer((request, response) => {
    const passing = { method: request.method ?? "GET", path: request.url ?? "/" }
    const status = hooks.refused(passing)
    if (status !== undefined) {
      request.resume()
      response.writeHead(status, { "content-type": "application/json" }).end(`{"detail":"refused by the test"}`)
      return
    }
    hooks.before(passing)
    const onward = Http.request(
      `${target}${request.url ?? "/"}`,
      { method: passing.method, headers: request.headers, agent: false },
      (answer) => {
        hooks.after(passing)
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      }
    )
    onward.on("error", () => response.destroy())
    response.on("error", () => {})
    // What was sent is sent whole, also where the sender dies: Pulp may have got it.
    request.on("error", () => onward.destroy())
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address() as Net.AddressInfo
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      })
  }
}
