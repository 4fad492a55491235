/** What a build node says to the server: alive, a task, files, done. Plain `fetch`, so that it can be read in any language. */
import { createHash } from "node:crypto"
import { openAsBlob, promises as fs } from "node:fs"
import { basename } from "node:path"

/** A task as far as this node looks at it; the server sends more. */
export interface Task {
  readonly id: number
  readonly arch: string
  readonly ref: {
    readonly url: string
    readonly git_ref: string | null
    readonly ref_type: number
    readonly git_commit_hash: string | null
  }
  readonly platform: {
    readonly name: string
    readonly data: { readonly definitions?: Readonly<Record<string, string>>; readonly timeout?: number }
  }
  readonly repositories: ReadonlyArray<{ readonly name: string; readonly url: string }>
  readonly built_srpm_url: string | null
  /** Number of the hand-out: repeated in the report, it tells this one apart from an earlier one. */
  readonly lease: number
}

/** A file that was uploaded. */
export interface Uploaded {
  readonly name: string
  readonly type: "rpm" | "build_log"
  readonly href: string
  readonly sha256: string
}

/** How a task ended. */
export interface Done {
  readonly task_id: number
  readonly status: "done" | "failed" | "excluded"
  readonly artifacts: ReadonlyArray<Uploaded>
  readonly stats: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly git_commit_hash: string | null
  readonly lease: number
}

const partBytes = 8 * 1024 * 1024
const attempts = 5

export class ServerConnection {
  readonly url: string
  readonly #token: string

  constructor(url: string, token: string) {
    this.url = url.replace(/\/+$/, "")
    this.#token = token
  }

  /** Asks, and asks again while the server is away: a report that got lost would cost a whole build. */
  async #send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
    signal: AbortSignal = new AbortController().signal
  ): Promise<Response> {
    for (let attempt = 1;; attempt++) {
      try {
        const response = await fetch(`${this.url}${path}`, {
          method,
          headers: {
            authorization: `Bearer ${this.#token}`,
            ...(body instanceof Blob || body === undefined ? {} : { "content-type": "application/json" }),
            ...headers
          },
          ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
          signal: AbortSignal.any([signal, AbortSignal.timeout(60_000)])
        })
        if (![413, 429, 500, 502, 503, 504].includes(response.status) || attempt >= attempts) return response
        await response.arrayBuffer()
      } catch (cause) {
        if (attempt >= attempts || signal.aborted) throw cause
      }
      await new Promise((resolve) => setTimeout(resolve, 1000 * 2 ** (attempt - 1)))
    }
  }

  /** Asks in JSON; throws where the server refuses. */
  async ask<A>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<A> {
    const response = await this.#send(method, path, body, {}, signal)
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`)
    return JSON.parse(text) as A
  }

  /** Tells that this node is alive and works on these tasks. */
  async ping(active: ReadonlyArray<number>): Promise<void> {
    await this.ask("POST", "/api/v1/build_node/ping", { active_tasks: active })
  }

  /** A task for these architectures; `null` when there is none within some seconds. */
  getTask(arches: ReadonlyArray<string>, excluded: ReadonlyArray<string>, signal: AbortSignal): Promise<Task | null> {
    return this.ask("POST", "/api/v1/build_node/get_task", {
      supported_arches: arches,
      excluded_packages: excluded,
      wait: 20
    }, signal)
  }

  /** Tells how a task ended; whether that counts. A task that went to somebody else meanwhile does not. */
  async buildDone(done: Done): Promise<boolean> {
    const response = await this.#send("POST", "/api/v1/build_node/build_done", done)
    if (!response.ok && response.status !== 409) {
      throw new Error(`build_done: ${response.status} ${await response.text()}`)
    }
    return response.ok
  }

  /** Uploads a file in parts, unless the server has it. */
  async upload(path: string, type: Uploaded["type"]): Promise<Uploaded> {
    const sha256 = createHash("sha256").update(await fs.readFile(path)).digest("hex")
    const uploaded = (href: string): Uploaded => ({ name: basename(path), type, href, sha256 })
    const known = await this.ask<{ readonly results: ReadonlyArray<{ readonly pulp_href: string }> }>(
      "GET",
      `/pulp/api/v3/artifacts/?sha256=${sha256}`
    )
    if (known.results[0] !== undefined) return uploaded(known.results[0].pulp_href)
    const file = await openAsBlob(path)
    const { pulp_href: upload } = await this.ask<{ readonly pulp_href: string }>("POST", "/pulp/api/v3/uploads/", {
      size: file.size
    })
    for (let first = 0; first < file.size; first += partBytes) {
      const part = file.slice(first, first + partBytes, "application/octet-stream")
      const response = await this.#send("PUT", upload, part, {
        "content-range": `bytes ${first}-${first + part.size - 1}/${file.size}`
      })
      if (!response.ok) throw new Error(`upload of ${path}: ${response.status} ${await response.text()}`)
    }
    const { task } = await this.ask<{ readonly task: string }>("POST", `${upload}commit/`, { sha256 })
    const { created_resources: [href = ""] } = await this.ask<{ readonly created_resources: ReadonlyArray<string> }>(
      "GET",
      task
    )
    return uploaded(href)
  }

  /** Fetches a file of the server, or of anybody. */
  async download(url: string, to: string): Promise<void> {
    const response = await fetch(url, { signal: AbortSignal.timeout(600_000) })
    if (!response.ok) throw new Error(`${url}: ${response.status}`)
    await fs.writeFile(to, new Uint8Array(await response.arrayBuffer()))
  }
}
