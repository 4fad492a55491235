/**
 * A Module Build Service for tests: a server of this project with that service's face, whose packages are built when a test says so, and a
 * way to it on which answers can be lost.
 */
import { TaskId } from "@orch/core/ports/BuildSystem"
import * as MemoryBuildSystem from "@orch/core/testing/MemoryBuildSystem"
import * as MemoryRepositoryHost from "@orch/core/testing/MemoryRepositoryHost"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Http from "node:http"
import type * as Net from "node:net"
import * as TestServer from "../support/TestServer.ts"

/** What the way does with the next request of its kind: not passed on, or passed on and its answer lost. */
export type Fault = "unanswered" | "forgotten"

/** The way: requests pass on it until it is told otherwise. */
const way = (target: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const requests: Array<string> = []
      const faults: Array<{ readonly method: string; readonly fault: Fault }> = []
      const acts: Array<{ readonly method: string; readonly act: () => void }> = []
      let isAway = false
      let token: string | undefined
      const server = Http.createServer((request, response) => {
        const { headers, method = "GET", url = "/" } = request
        requests.push(`${method} ${url}`)
        const place = faults.findIndex((one) => one.method === method)
        const fault = place < 0 ? undefined : faults.splice(place, 1)[0]!.fault
        if (isAway || fault === "unanswered") return void request.socket.destroy()
        if (token !== undefined && method !== "GET" && headers.authorization !== `Bearer ${token}`) {
          request.resume()
          response.writeHead(401, { "content-type": "application/json" })
          return void response.end(JSON.stringify({ status: 401, error: "Unauthorized", message: "Token has expired" }))
        }
        const onward = Http.request(`${target}${url}`, { method, headers, agent: false }, (answer) => {
          const then = acts.findIndex((one) => one.method === method)
          if (then >= 0) acts.splice(then, 1)[0]!.act()
          if (fault === "forgotten") {
            answer.resume()
            answer.on("end", () => request.socket.destroy())
            return
          }
          response.writeHead(answer.statusCode ?? 502, answer.headers)
          answer.pipe(response)
        })
        onward.on("error", () => response.destroy())
        request.pipe(onward)
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      return {
        url: `http://127.0.0.1:${(server.address() as Net.AddressInfo).port}`,
        /** Methods and paths of all requests that came, in order. */
        requests,
        lose: (method: string, fault: Fault) => void faults.push({ method, fault }),
        /** Does something when the next request of that method was taken and its answer was not passed on yet. */
        afterwards: (method: string, act: () => void) => void acts.push({ method, act }),
        /** Changes nothing from now on without this token. */
        demand: (wanted: string) => {
          token = wanted
        },
        /** Nobody answers until it is told otherwise. */
        leave: (away: boolean) => {
          isAway = away
        },
        server
      }
    }),
    ({ server }) =>
      Effect.sync(() => {
        server.close()
        server.closeAllConnections()
      })
  )

export type MbsPeer = Effect.Success<ReturnType<typeof start>>

/** Starts one; it stops with the scope. */
export const start = Effect.fnUntraced(function*(environment: Readonly<Record<string, string>> = {}) {
  const farms = yield* Layer.build(MemoryBuildSystem.layer({ pace: "manual" }))
  const control = Context.get(farms, MemoryBuildSystem.MemoryFarm)
  const server = yield* TestServer.start(
    { ORCH_ALLOW_YAML: "true", ORCH_ALLOW_SCRATCH: "true", ORCH_RECONCILE_INTERVAL: "100", ...environment },
    { farm: Layer.succeedContext(farms), host: MemoryRepositoryHost.layer }
  )
  const there = yield* way(server.url)
  const show = (id: string) =>
    Effect.promise(async () =>
      (await (await fetch(`${server.url}/module-build-service/2/module-builds/${id}`)).json()) as {
        readonly state_name: string
        readonly state_reason: string
      }
    )
  /** Whether packages end by themselves. */
  let isWorking = false
  yield* Effect.gen(function*() {
    for (const { task } of isWorking ? yield* control.running : []) yield* control.settle(TaskId.make(task))
    yield* Effect.sleep("50 millis")
  }).pipe(Effect.forever, Effect.forkScoped)
  return {
    ...there,
    sql: server.sql,
    work: (working: boolean) => {
      isWorking = working
    },
    /** Where it takes sources from. */
    git: server.git,
    /** The service itself, without the way. */
    server: server.url,
    show,
    /** Lets packages of a build end one after the other until the build has. */
    settle: Effect.fnUntraced(function*(id: string, outcome: "ready" | "failed", reason?: string) {
      for (;;) {
        const { state_name } = yield* show(id)
        if (state_name === outcome) return
        if (state_name === "ready" || state_name === "failed") throw new Error(`it is ${state_name}`)
        for (const { request, task } of yield* control.running) {
          if (!request.key.startsWith(`module-build-${id}/`)) continue
          yield* control.settle(TaskId.make(task), outcome === "ready" ? "closed" : "failed", reason)
        }
        yield* Effect.sleep("20 millis")
      }
    }),
    /** How often builds of a module were begun or continued. */
    begun: (name: string) =>
      Effect.map(
        server.sql<{ readonly count: bigint }>`
          SELECT count(*) FROM module_build_event AS e JOIN module_build AS b ON b.id = e.module_build_id
          WHERE b.name = ${name} AND e.event ->> '_tag' IN ('Submitted', 'ResumeRequested')`,
        ([row]) => Number(row!.count)
      ),
    /** Takes a build away as if it had never been. */
    forget: (id: string) => server.sql`DELETE FROM module_build WHERE id = ${id}::bigint`
  }
})
