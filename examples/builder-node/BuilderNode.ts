/**
 * A small build node: takes tasks, builds them, brings what they made.
 *
 *     ORCH_URL=http://127.0.0.1:8080 ORCH_TOKEN=… node examples/builder-node/BuilderNode.ts
 *
 * `orch node token NAME` makes the token. `ARCHES` says what it builds (this machine's architecture and `src`), `THREADS` how much at the
 * same time (1), `EXCLUDED` which packages it does not take.
 */
import { promises as fs } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as RpmBuilder from "./RpmBuilder.ts"
import { ServerConnection, type Task } from "./ServerConnection.ts"

export interface Options {
  readonly url: string
  readonly token: string
  readonly arches: ReadonlyArray<string>
  readonly excluded: ReadonlyArray<string>
  readonly threads: number
  /** Milliseconds between two signs of life. */
  readonly interval: number
  readonly signal: AbortSignal
}

const timestamp = (at: Date): string => at.toISOString().replace("T", " ").replace("Z", "")

/** Builds one task to its end and tells the server. */
const work = async (server: ServerConnection, task: Task, signal: AbortSignal): Promise<void> => {
  const directory = await fs.mkdtemp(join(tmpdir(), `builder-${task.id}-`))
  const start = new Date()
  try {
    const built = await RpmBuilder.build(server, task, directory, signal)
    if (signal.aborted) return
    const files = [
      ...built.packages.map((path) => ({ path, type: "rpm" as const })),
      ...built.logs.map((path) => ({ path, type: "build_log" as const }))
    ]
    const artifacts = []
    for (const { path, type } of files) artifacts.push(await server.upload(path, type))
    const end = new Date()
    await server.buildDone({
      task_id: task.id,
      lease: task.lease,
      status: built.status,
      artifacts,
      git_commit_hash: built.commit,
      stats: {
        build_node_task: {
          start_ts: timestamp(start),
          end_ts: timestamp(end),
          delta: String((end.getTime() - start.getTime()) / 1000)
        }
      }
    })
  } finally {
    await fs.rm(directory, { recursive: true, force: true })
  }
}

/** Works until the signal; tasks under way are left to the server, which gives them to others. */
export const run = async ({ arches, excluded, interval, signal, threads, token, url }: Options): Promise<void> => {
  const server = new ServerConnection(url, token)
  const active = new Map<number, Promise<void>>()
  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, interval)
      signal.addEventListener("abort", () => {
        clearTimeout(timer)
        resolve()
      }, { once: true })
    })
  const living = (async () => {
    while (!signal.aborted) {
      await server.ping([...active.keys()]).catch((cause: unknown) => console.error(String(cause)))
      await pause()
    }
  })()
  while (!signal.aborted) {
    if (active.size >= threads) {
      await Promise.race(active.values())
      continue
    }
    const task = await server.getTask(arches, excluded, signal).catch(async (cause: unknown) => {
      if (!signal.aborted) console.error(String(cause))
      await pause()
      return null
    })
    if (task === null) continue
    const working = work(server, task, signal)
      .catch((cause: unknown) => console.error(`task ${task.id}: ${String(cause)}`))
      .finally(() => active.delete(task.id))
    active.set(task.id, working)
  }
  await Promise.all([living, ...active.values()])
}

if (import.meta.main) {
  const stop = new AbortController()
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort())
  const machine = process.arch === "arm64" ? "aarch64" : "x86_64"
  await run({
    url: process.env["ORCH_URL"] ?? "http://127.0.0.1:8080",
    token: process.env["ORCH_TOKEN"] ?? "",
    arches: (process.env["ARCHES"] ?? `src,${machine}`).split(","),
    excluded: (process.env["EXCLUDED"] ?? "").split(",").filter((one) => one !== ""),
    threads: Number(process.env["THREADS"] ?? 1),
    interval: 10_000,
    signal: stop.signal
  })
}
