/**
 * A Pulp for tests: real HTTP, everything in memory, and the bad days at hand.
 *
 * It follows a real Pulp in what the adapter stands on and in what Pulp surprises with; `docs/decisions/0702` says what
 * keeps it honest. It signs nothing, solves no dependencies, and syncs only from itself.
 */
import { randomUUID } from "node:crypto"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { serve } from "../internal/fakepulp/contentApp.ts"
import { contentRoutes } from "../internal/fakepulp/contentRoutes.ts"
import { type Answer, html, Refusal } from "../internal/fakepulp/FakeAnswer.ts"
import type { Context, FormFile, Route } from "../internal/fakepulp/FakeContext.ts"
import { type Credentials, FakeDoor } from "../internal/fakepulp/FakeDoor.ts"
import { FakeState, type Options as StateOptions } from "../internal/fakepulp/FakeState.ts"
import { publishingRoutes } from "../internal/fakepulp/publishingRoutes.ts"
import { repositoryRoutes } from "../internal/fakepulp/repositoryRoutes.ts"
import * as RpmHeader from "../internal/fakepulp/rpmHeader.ts"
import * as Status from "../internal/fakepulp/statusRoutes.ts"
import { taskRoutes } from "../internal/fakepulp/taskRoutes.ts"
import { uploadRoutes } from "../internal/fakepulp/uploadRoutes.ts"

/** How a Pulp for tests differs from a usual one. */
export interface Options {
  /** Milliseconds from a task's dispatch to its start, and from there to its end; 2 unless told. */
  readonly stepMillis?: number
  /** How files become packages; RPM headers are read unless told. */
  readonly readPackage?: StateOptions["readPackage"]
  /** False for a Pulp of the time before `login/`. */
  readonly hasLogin?: boolean
  /** The domain everything is in, for a Pulp that has them. */
  readonly domain?: string
  /** Names of signing services. */
  readonly signingServices?: ReadonlyArray<string>
}

/** One request that came in. */
export interface Seen {
  readonly method: string
  /** Below the API's root. */
  readonly path: string
  readonly search: string
}

/** What becomes of the next requests that fit. */
export interface Mishap {
  readonly method: string
  readonly path: RegExp
  /** `lost`: it is carried out, and the connection ends without an answer. A number: that status, and it is not carried out. */
  readonly instead: "lost" | number
  /** How many of them; 1 unless told. */
  readonly times?: number
}

/** A Pulp for tests that listens: its address, who may come in, what came in, and what can be done to it. */
export interface FakePulp extends Credentials {
  readonly url: string
  readonly seen: ReadonlyArray<Seen>
  readonly addMishap: (mishap: Mishap) => void
  /** Sessions end, as they do after two weeks or a restart of their store. */
  readonly endSessions: () => void
  /** How many requests were under way at the same time, at most. */
  readonly busiest: () => number
  /** How many passwords were checked. */
  readonly passwordsChecked: () => number
  /** Running tasks do not end until they are released. */
  readonly holdTasks: () => void
  readonly releaseTasks: () => void
  /** The worker of the running task is gone, or an idle one where none runs. */
  readonly killWorker: () => void
  /** Missing workers are forgotten, and their tasks end. */
  readonly cleanUpWorkers: () => void
  /** Nobody answers for so many milliseconds, or until that is over: connections are refused. */
  readonly goAway: (away: number | Promise<unknown>) => Promise<void>
  readonly close: () => Promise<void>
}

const routes: ReadonlyArray<Route> = [
  ...uploadRoutes,
  ...contentRoutes,
  ...repositoryRoutes,
  ...publishingRoutes,
  ...taskRoutes
]

const read = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

interface Body {
  readonly body: Readonly<Record<string, unknown>>
  readonly file: FormFile | undefined
}

const malformed = new Refusal({
  status: 400,
  body: { detail: "JSON parse error - Expecting value: line 1 column 10 (char 9)" }
})

const bodyOf = async (request: IncomingMessage): Promise<Body> => {
  const bytes = await read(request)
  const type = request.headers["content-type"] ?? ""
  if (type.startsWith("multipart/form-data")) {
    const form = await new Response(new Uint8Array(bytes), { headers: { "content-type": type } }).formData()
    const entries = [...form].filter((entry): entry is [string, string] => typeof entry[1] === "string")
    const file = form.get("file")
    return {
      body: Object.fromEntries(entries),
      file: file instanceof File ? { name: file.name, bytes: Buffer.from(await file.arrayBuffer()) } : undefined
    }
  }
  try {
    return { body: bytes.length === 0 ? {} : JSON.parse(bytes.toString()) as Record<string, unknown>, file: undefined }
  } catch {
    throw malformed
  }
}

const uuid = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i

/** Text that is no UUID is silently replaced. */
const correlationOf = (given: string | undefined): string =>
  given !== undefined && uuid.test(given) ? given : randomUUID().replaceAll("-", "")

const headersOf = (request: IncomingMessage): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value])
  )

/** Listens on a port of its own on loopback. */
export const start = async (options: Options = {}): Promise<FakePulp> => {
  const credentials: Credentials = { username: "admin", password: "secret" }
  const root = options.domain === undefined ? "/pulp/api/v3/" : `/pulp/${options.domain}/api/v3/`
  const state = new FakeState({
    root,
    stepMillis: options.stepMillis ?? 2,
    readPackage: options.readPackage ?? ((bytes) => RpmHeader.read(bytes))
  })
  for (const name of options.signingServices ?? []) {
    const fields = {
      name,
      public_key: "",
      pubkey_fingerprint: "A1B2C3D4E5F60718293A4B5C6D7E8F9001122334",
      script: "/bin/sign"
    }
    const service = state.entity("signing-services/", "core.signingservice", fields)
    state.signingServices.set(service.href, service)
  }
  const door = new FakeDoor(credentials, root)
  const seen: Array<Seen> = []
  let busy = 0
  let busiest = 0
  const mishaps: Array<{ readonly mishap: Mishap; left: number }> = []

  const mishapFor = (method: string, path: string): Mishap | undefined => {
    const found = mishaps.find(({ left, mishap }) => left > 0 && mishap.method === method && mishap.path.test(path))
    if (found !== undefined) found.left--
    return found?.mishap
  }

  const api = async (request: IncomingMessage, url: URL): Promise<Answer> => {
    const method = request.method ?? "GET"
    const path = url.pathname.slice(root.length)
    const headers = headersOf(request)
    const given = await bodyOf(request).catch((error: unknown) =>
      error instanceof Refusal ? error : Promise.reject(error)
    )
    if (path === "login/" && options.hasLogin !== false) return door.login(headers)
    door.check(method, headers)
    if (given instanceof Refusal) throw given
    if (path === "docs/api.json") return Status.schema(state)
    for (const route of routes) {
      const found = route.method === method ? route.pattern.exec(path) : null
      if (found === null) continue
      const correlation = correlationOf(headers["correlation-id"])
      const context: Context = {
        state,
        method,
        path: url.pathname,
        params: url.searchParams,
        headers,
        matched: found.slice(1),
        ...given,
        correlation
      }
      const answer = route.handle(context)
      return { ...answer, headers: { "correlation-id": correlation, ...answer.headers } }
    }
    const other = routes.some(({ pattern }) => pattern.test(path))
    if (!other) return html(404, "Not Found")
    return { status: 405, body: { detail: `Method "${method}" not allowed.` } }
  }

  const answer = async (request: IncomingMessage, url: URL): Promise<Answer> => {
    if (url.pathname.startsWith("/pulp/content/")) {
      return serve(state, decodeURIComponent(url.pathname.slice("/pulp/content/".length)))
    }
    // Of the whole Pulp, whatever the domain.
    if (url.pathname === "/pulp/api/v3/status/") return Status.status(state, options.domain !== undefined)
    if (!url.pathname.startsWith(root)) return html(404, "Not Found")
    try {
      return await api(request, url)
    } catch (error) {
      return error instanceof Refusal ? error.answer : html(500, "Server Error (500)")
    }
  }

  const write = (response: ServerResponse, method: string, { body, headers, status }: Answer): void => {
    const raw = typeof body === "string" || Buffer.isBuffer(body)
    const bytes = body === undefined ? Buffer.alloc(0) : raw ? Buffer.from(body) : Buffer.from(JSON.stringify(body))
    const type = raw || body === undefined ? {} : { "content-type": "application/json" }
    response.writeHead(status, { ...type, ...headers as Record<string, string>, "content-length": bytes.length })
    response.end(method === "HEAD" ? undefined : bytes)
  }

  const server = createServer((request, response) => {
    const method = request.method ?? "GET"
    const url = new URL(request.url ?? "/", "http://fake.invalid")
    const path = url.pathname.startsWith(root) ? url.pathname.slice(root.length) : url.pathname
    seen.push({ method, path, search: url.search })
    busiest = Math.max(busiest, ++busy)
    response.on("close", () => busy--)
    const mishap = mishapFor(method, path)
    if (typeof mishap?.instead === "number") {
      request.resume()
      return write(response, method, html(mishap.instead, "Server Error"))
    }
    answer(request, url).then((given) => {
      if (mishap === undefined) write(response, method, given)
      else response.destroy()
    }, () => response.destroy())
  })
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve))
  const shut = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  await listen(0)
  const { port } = server.address() as AddressInfo
  state.contentOrigin = `http://127.0.0.1:${port}`
  return {
    ...credentials,
    url: state.contentOrigin,
    seen,
    addMishap: (mishap) => void mishaps.push({ mishap, left: mishap.times ?? 1 }),
    endSessions: () => door.endSessions(),
    busiest: () => busiest,
    passwordsChecked: () => door.checked,
    holdTasks: () => state.tasks.hold(),
    releaseTasks: () => state.tasks.release(),
    killWorker: () => state.tasks.killWorker(),
    cleanUpWorkers: () => state.tasks.cleanUp(),
    goAway: async (away) => {
      await shut()
      await (typeof away === "number" ? new Promise((resolve) => setTimeout(resolve, away)) : away)
      await listen(port)
    },
    close: async () => {
      state.tasks.close()
      await shut()
    }
  }
}
