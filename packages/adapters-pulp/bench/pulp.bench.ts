/**
 * Packages into six repositories of a real Pulp with its default password hasher: requests and seconds, ours against the sequence of
 * calls that the build system's web server and its nodes make for the same.
 *
 * The peer is not run but repeated call for call: an artifact looked for by checksum, a chunked upload with its commit, a unit made as a
 * task, each task asked about by itself every second, a password with each request, twenty requests at a time; then one change and one publication for each
 * repository. The bound: at most a quarter of its requests and half its time; it is meant for 250 packages and more, since six repositories cost what they cost. `-- 1000`: so many packages.
 */
import type { Content } from "@orch/core/ports/RepositoryHost"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import * as PulpRepositoryHost from "../src/PulpRepositoryHost.ts"
import { connect, type Where } from "../test/Connections.ts"
import * as Rpms from "../test/Rpms.ts"

interface Started {
  readonly pulp: Where
  readonly stop: () => Promise<void>
}

interface Measured {
  readonly requests: number
  readonly seconds: number
}

const count = Number(process.argv.at(-1)) || 250
const root = join(import.meta.dirname, "../../..")

const start = async (): Promise<Started> => {
  const { ORCH_TEST_PULP_URL: url, ORCH_TEST_DATABASE_URL: database = "postgres://postgres@127.0.0.1:5432/postgres" } =
    process.env
  if (url !== undefined) return { pulp: { url, username: "admin", password: "admin" }, stop: async () => {} }
  const module = await import(join(root, "tooling/setup/pulp.mjs")) as {
    readonly startPulp: (home: string, database: string) => Promise<Started>
  }
  return module.startPulp(process.env["ORCH_TEST_PULP_HOME"] ?? join(root, "node_modules/.cache/pulp"), database)
}

const measure = async (what: () => Promise<number>): Promise<Measured> => {
  const began = performance.now()
  const requests = await what()
  return { requests, seconds: (performance.now() - began) / 1000 }
}

const run = Date.now().toString(36)
const names = ["a", "b", "c", "d", "e", "f"].map((name) => `bench-${run}/${name}`)

/** Each package into one of the six. */
const shares = (packages: ReadonlyArray<Content>): ReadonlyArray<ReadonlyArray<Content>> =>
  names.map((_, share) => packages.filter((_, index) => index % names.length === share))

const ours = (where: Where, packages: ReadonlyArray<Content>) =>
  Effect.runPromise(Effect.scoped(Effect.gen(function*() {
    const connection = yield* connect(where)
    const host = PulpRepositoryHost.make(connection)
    const all = shares(packages).map((add, index) => ({ name: names[index]!, add }))
    const each = { concurrency: "unbounded" } as const
    yield* Effect.forEach(all, ({ name }) => host.ensure(name), each)
    yield* Effect.forEach(all, ({ add, name }) => host.change(name, { key: "1", add, remove: [] }), each)
    const ready = yield* Effect.forEach(all, ({ name }) => host.staging!.prepare(name), each)
    yield* Effect.forEach(ready, (one) => host.staging!.show(one), each)
    return connection.client.requests()
  })))

/** The calls of the web server and its nodes. */
const peer = async ({ password, url, username }: Where, packages: ReadonlyArray<Content>): Promise<number> => {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`
  let requests = 0
  let free = 20
  const call = async (method: string, path: string, body?: FormData | object, more: Record<string, string> = {}) => {
    while (free === 0) await sleep(5)
    free--
    requests++
    try {
      const form = body instanceof FormData
      const response = await fetch(path.startsWith("/") ? url + path : `${url}/pulp/api/v3/${path}`, {
        method,
        headers: {
          authorization,
          ...(body === undefined || form ? {} : { "content-type": "application/json" }),
          ...more
        },
        ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) })
      })
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 200)}`)
      return JSON.parse(text) as Record<string, string>
    } finally {
      free++
    }
  }
  const created = async (answer: Record<string, string>, pause: number): Promise<string> => {
    for (;;) {
      const task = await call("GET", answer["task"]!)
      if (task["state"] === "completed") return (task["created_resources"] as unknown as ReadonlyArray<string>)[0]!
      if (task["state"] === "failed") throw new Error(JSON.stringify(task["error"]).slice(0, 300))
      await sleep(pause)
    }
  }
  const upload = async (content: Content): Promise<string> => {
    const file = content._tag === "Package" ? content.location : ""
    const bytes = readFileSync(file)
    const sha256 = createHash("sha256").update(bytes).digest("hex")
    await call("GET", `artifacts/?sha256=${sha256}`)
    const { pulp_href } = await call("POST", "uploads/", { size: bytes.length })
    const chunk = new FormData()
    chunk.set("file", new Blob([new Uint8Array(bytes)]), "chunk")
    await call("PUT", pulp_href!, chunk, { "content-range": `bytes 0-${bytes.length - 1}/${bytes.length}` })
    const artifact = await created(await call("POST", `${pulp_href}commit/`, { sha256 }), 1000)
    return created(await call("POST", "content/rpm/packages/", { artifact, relative_path: basename(file) }), 1000)
  }
  const repositories = await Promise.all(names.map(async (name) => {
    const { pulp_href } = await call("POST", "repositories/rpm/rpm/", { name: `${name}-peer`, autopublish: false })
    const distribution = { name: `${name}-peer`, base_path: `${name}-peer`, repository: pulp_href! }
    await created(await call("POST", "distributions/rpm/rpm/", distribution), 1000)
    return pulp_href!
  }))
  const units = await Promise.all(shares(packages).map((share) => Promise.all(share.map(upload))))
  await Promise.all(
    repositories.map(async (repository, index) =>
      created(await call("POST", `${repository}modify/`, { add_content_units: units[index]! }), 1000)
    )
  )
  await Promise.all(
    repositories.map(async (repository) => created(await call("POST", "publications/rpm/rpm/", { repository }), 10_000))
  )
  return requests
}

const { pulp, stop } = await start()
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void stop().then(() => process.exit(130)))
}
try {
  // Packages of their own for each side, since neither sends what is there.
  const [mine, theirs] = ["ours", "peer"].map((side) =>
    Rpms.build(Array.from({ length: count }, (_, index) => ({ name: `bench-${side}-${run}-${index}` })))
  )
  const line = (name: string, { requests, seconds }: Measured) =>
    console.log(`${name.padEnd(36)} ${String(requests).padStart(7)} requests ${seconds.toFixed(1).padStart(8)} s`)
  console.log(`${count} packages into ${names.length} repositories, published`)
  const us = await measure(() => ours(pulp, mine!))
  line("ours", us)
  const them = await measure(() => peer(pulp, theirs!))
  line("the calls of the web server", them)
  const [requests, time] = [us.requests / them.requests, us.seconds / them.seconds]
  console.log(`${requests.toFixed(3)} of its requests (bound 0.25), ${time.toFixed(3)} of its time (bound 0.5)`)
  if (count >= 250 && (requests > 0.25 || time > 0.5)) process.exitCode = 1
} finally {
  await stop()
}
