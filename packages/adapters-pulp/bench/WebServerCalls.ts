/**
 * The calls that the build system's web server and its nodes make to publish packages, one for one, as its notes of them say: an artifact
 * looked for by checksum, an upload with its commit, a unit made as a task, each task asked about by itself each second (publications
 * each ten), a password with each request, twenty packages at a time; then one change and one publication for each repository.
 */
import type { Content } from "@orch/core/ports/RepositoryHost"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { basename } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import type { Where } from "../test/Connections.ts"

/** Requests and seconds. */
export interface Measured {
  readonly requests: number
  readonly seconds: number
}

/** What it costs: the part that grows with the packages, and the part of the repositories. */
export interface Costs {
  readonly uploads: Measured
  readonly repositories: Measured
}

/** Packages under way at once. */
const abreast = 20

/** Publishes each share in a repository of its own. */
export const publish = async (
  { password, url, username }: Where,
  shares: ReadonlyArray<{ readonly name: string; readonly packages: ReadonlyArray<Content> }>
): Promise<Costs> => {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`
  let requests = 0
  const call = async (method: string, path: string, body?: FormData | object, more: Record<string, string> = {}) => {
    requests++
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
  const measured = async <A>(what: () => Promise<A>): Promise<{ readonly result: A; readonly cost: Measured }> => {
    const [began, before] = [performance.now(), requests]
    const result = await what()
    return { result, cost: { requests: requests - before, seconds: (performance.now() - began) / 1000 } }
  }

  const made = await measured(() =>
    Promise.all(shares.map(async ({ name }) => {
      const { pulp_href } = await call("POST", "repositories/rpm/rpm/", { name, autopublish: false })
      await created(
        await call("POST", "distributions/rpm/rpm/", { name, base_path: name, repository: pulp_href! }),
        1000
      )
      return pulp_href!
    }))
  )
  const units = new Map<string, string>()
  const uploads = await measured(async () => {
    const waiting = shares.flatMap(({ packages }) => packages)
    await Promise.all(Array.from({ length: abreast }, async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        if (next._tag === "Package") units.set(next.nevra, await upload(next))
      }
    }))
  })
  const published = await measured(async () => {
    await Promise.all(made.result.map(async (repository, index) => {
      const add = shares[index]!.packages.flatMap((one) => one._tag === "Package" ? [units.get(one.nevra)!] : [])
      return created(await call("POST", `${repository}modify/`, { add_content_units: add }), 1000)
    }))
    await Promise.all(
      made.result.map(async (repository) =>
        created(await call("POST", "publications/rpm/rpm/", { repository }), 10_000)
      )
    )
  })
  return {
    uploads: uploads.cost,
    repositories: {
      requests: made.cost.requests + published.cost.requests,
      seconds: made.cost.seconds + published.cost.seconds
    }
  }
}
