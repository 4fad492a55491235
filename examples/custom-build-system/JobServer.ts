/**
 * The farm of this example: a job server that keeps everything in memory and "builds" by waiting a moment.
 *
 * Its one important rule is that a job is asked for under a key, and that the same key always means the same job.
 */
import * as http from "node:http"
import type { AddressInfo } from "node:net"

interface Job {
  readonly id: string
  readonly key: string
  readonly component: string
  readonly ends: number
  stopped: boolean
}

export interface JobServer {
  readonly url: string
  /** How often a job was begun for a key. */
  readonly begun: (key: string) => number
  /** NVRs in a room. */
  readonly packages: (room: string) => ReadonlyArray<string>
  /** The next such request is carried out, and its answer lost. */
  readonly loseNext: (path: RegExp) => void
  readonly close: () => Promise<void>
}

const buildMillis = 30

export const start = async (): Promise<JobServer> => {
  const jobs = new Map<string, Job>()
  const rooms = new Map<string, Set<string>>()
  const started: Array<string> = []
  let losing: RegExp | undefined

  const stateOf = (job: Job) => {
    if (job.stopped) return { state: "stopped" }
    if (job.component === "hanging" || Date.now() < job.ends) return { state: "running" }
    return job.component === "broken"
      ? { state: "broken", why: "gcc: error: no input files" }
      : { state: "done", nvr: `${job.component}-1.0-1`, files: [`${job.component}-0:1.0-1.x86_64`] }
  }

  const begin = (key: string, component: string): Job => {
    const job = { id: `${jobs.size + 1}`, key, component, ends: Date.now() + buildMillis, stopped: false }
    jobs.set(job.id, job)
    started.push(key)
    return job
  }

  /** Status and body for one request. */
  const answer = (method: string, path: string, body: Record<string, unknown>): readonly [number, unknown] => {
    const [, kind, id = "", part, last] = path.split("/").map(decodeURIComponent)
    const ids = (body.ids ?? []) as ReadonlyArray<string>
    if (path === "/jobs/query") {
      return [200, ids.flatMap((one) => jobs.has(one) ? [{ id: one, ...stateOf(jobs.get(one)!) }] : [])]
    }
    if (path === "/jobs/stop") {
      for (const job of jobs.values()) if (ids.includes(job.id) && stateOf(job).state === "running") job.stopped = true
      return [200, {}]
    }
    if (kind === "rooms" && method === "PUT") {
      rooms.set(id, rooms.get(id) ?? new Set())
      return [200, {}]
    }
    if (kind === "rooms" && method === "DELETE") return [200, {}]
    const room = rooms.get(id)
    if (kind !== "rooms" || room === undefined) return [404, `there is nothing at ${path}`]
    if (part === "jobs") {
      const { component, key } = body as { readonly component: string; readonly key: string }
      if (component === "refused") return [422, `${component} is not built here`]
      const known = [...jobs.values()].find((job) => job.key === key)
      return [200, { id: (known ?? begin(key, component)).id, known: known !== undefined }]
    }
    if (part === "packages") {
      for (const nvr of body.nvrs as ReadonlyArray<string>) room.add(nvr)
      return [200, { generation: room.size }]
    }
    return [200, { ready: Number(last) <= room.size }]
  }

  const server = http.createServer((request, response) => {
    let text = ""
    request.on("data", (chunk) => text += chunk)
    request.on("end", () => {
      const path = request.url ?? "/"
      const [status, body] = answer(request.method ?? "GET", path, text === "" ? {} : JSON.parse(text))
      if (losing?.test(path) === true) {
        losing = undefined
        request.socket.destroy()
        return
      }
      response.writeHead(status, { "Content-Type": "application/json" })
      response.end(typeof body === "string" ? body : JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    begun: (key) => started.filter((one) => one === key).length,
    packages: (room) => [...rooms.get(room) ?? []],
    loseNext: (path) => void (losing = path),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
  }
}
