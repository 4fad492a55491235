/**
 * A Koji hub for tests: the calls an orchestrator makes, answered over real HTTP, with builders and kojira behind them.
 *
 * It keeps the rules that trap clients: faults in HTTP 200, nil for what is missing, dates as strings, call numbers, builds
 * that accept any target, tagging by a task that fails later, FAILED builds recycled. The stock `koji` client works against
 * it, and answers have the members recorded from a real hub. `inject` breaks exchanges at will.
 *
 * Time is the machine's unless `now` is given; nothing runs by itself, tasks move on when somebody calls.
 */
import * as Result from "effect/Result"
import * as http from "node:http"
import * as https from "node:https"
import type { AddressInfo, Socket } from "node:net"
import { advance, type Outcome, type Workshop } from "../internal/fakehub/builder.ts"
import { dispatch, dispatchUpload, type JournalEntry } from "../internal/fakehub/dispatch.ts"
import { type HubState, nextId, nvr, repoStates, type User } from "../internal/fakehub/HubState.ts"
import { body, credentialsOf, remoteUserOf } from "../internal/fakehub/incoming.ts"
import { type Levers, levers } from "../internal/fakehub/levers.ts"
import { addBuild, addTag } from "../internal/fakehub/stock.ts"
import * as XmlRpc from "../XmlRpc.ts"

/** What the hub was asked, and how a task is to end. */
export type { JournalEntry, Outcome }

/**
 * What happens to one exchange instead of the ordinary.
 *
 * `bad-gateway` and `reset` come before the call was carried out or, with `-applied`, after; `answer-lost` cuts the answer in
 * the middle; `offline` is fault 1014; `expire` and `forget` do to the request's session what time and a restart do.
 */
export type Injection =
  | { readonly kind: "latency"; readonly millis: number }
  | {
    readonly kind:
      | "bad-gateway"
      | "bad-gateway-applied"
      | "reset"
      | "reset-applied"
      | "answer-lost"
      | "garbage"
      | "silence"
      | "offline"
      | "expire"
      | "forget"
  }

/** One request as `inject` sees it; `index` counts from 0 over the hub's life. */
export interface Exchange {
  readonly index: number
  /** `rawUpload` for uploads. */
  readonly method: string
  /** The methods inside a multicall, else the method itself. */
  readonly methods: ReadonlyArray<string>
}

/** What the hub is like. */
export interface Options {
  /** Default `1.35.3`; below 1.35 there are no repository requests, below 1.31 sessions travel in the query string. */
  readonly version?: string | undefined
  /** Default: `orch`, password `orchpw`, permissions `tag`, `target`, `repo`, content generator `orch-cg`. */
  readonly users?:
    | ReadonlyArray<{
      readonly name: string
      readonly password?: string
      readonly permissions?: ReadonlyArray<string>
      readonly generators?: ReadonlyArray<string>
    }>
    | undefined
  /**
   * What policies say to those who are no administrators, by name. A real hub as installed denies `build_from_srpm` and
   * `build_from_scm`; the default here is one where these are allowed.
   */
  readonly policies?: Readonly<Record<string, string>> | undefined
  /** Methods that this hub does not know. */
  readonly without?: ReadonlyArray<string> | undefined
  /** What comes of a component's build; default all complete. */
  readonly outcome?: Workshop["outcome"] | undefined
  readonly componentVersion?: Workshop["version"] | undefined
  readonly repositoryFails?: Workshop["repositoryFails"] | undefined
  /** Default 5 and 5; the first for all components, or by name. */
  readonly stepMillis?: number | ((component: string) => number) | undefined
  readonly repositoryMillis?: number | undefined
  /** Whether kojira makes repositories of build tags that have changed; default true. (From 1.35 on real ones ask for `repo.auto`.) */
  readonly automaticRepositories?: boolean | undefined
  /** Whether kojira runs; without it nobody serves repository requests. Default true. */
  readonly kojira?: boolean | undefined
  readonly now?: (() => number) | undefined
  /** Serves https and asks for client certificates of this authority, whose common names are the users. PEM texts. */
  readonly tls?: { readonly key: string; readonly cert: string; readonly ca: string } | undefined
  /** Users by the Kerberos token (base64) that names them; without it `/ssllogin` knows certificates only. */
  readonly tickets?: Readonly<Record<string, string>> | undefined
  /** Asked for each request. */
  readonly inject?: ((exchange: Exchange) => Injection | undefined) | undefined
}

/** A running hub, and how a test looks at it. */
export interface FakeKojiHub extends Levers {
  /** Hub URL, such as `http://127.0.0.1:40001/kojihub`. */
  readonly url: string
  /** Requests received so far, uploads included. */
  readonly requests: () => number
  /** Calls carried out or refused, in order. */
  readonly journal: ReadonlyArray<JournalEntry>
  /** Every task, in order of creation. */
  readonly tasks: () => ReadonlyArray<{
    readonly id: number
    readonly method: string
    readonly parent: number | null
    readonly state: number
    /** Lower runs first. */
    readonly priority: number
    readonly request: ReadonlyArray<XmlRpc.Value>
  }>
  /** NVRs tagged right in this tag now, in the order they were tagged. */
  readonly tagged: (tag: string) => ReadonlyArray<string>
  readonly targets: () => ReadonlyArray<string>
  /** Uploaded files by their path below the work directory. */
  readonly uploads: () => ReadonlyMap<string, Uint8Array>
  readonly tags: () => ReadonlyArray<string>
  /** Replaces the injection of the options. */
  readonly inject: (inject: Options["inject"]) => void
  /** Expires every repository that is ready, as time does; answers how many. */
  readonly expireRepositories: () => number
  /** Makes all sessions unknown, as an upgrade of a hub may. */
  readonly forgetSessions: () => void
  /** A complete build by somebody else, with a source and a noarch package, in no tag. */
  readonly addBuild: (nvr: string, source: string) => void
  /** A tag as platforms have them: with the groups from which builders fill a buildroot, and the packages it may hold. */
  readonly addTag: (name: string, arches?: string, packages?: ReadonlyArray<string>) => number
  readonly close: () => Promise<void>
}

const defaultUsers: NonNullable<Options["users"]> = [
  { name: "kojira", permissions: ["repo"] },
  { name: "orch", password: "orchpw", permissions: ["tag", "target", "repo"], generators: ["orch-cg"] }
]

const newState = (options: Options): HubState => {
  const [major = 1, minor = 35, patch = 3] = (options.version ?? "1.35.3").split(".").map(Number)
  const state: HubState = {
    version: [major, minor, patch],
    now: options.now ?? Date.now,
    event: 0,
    eventTimes: new Map(),
    users: new Map(),
    sessions: new Map(),
    tags: new Map(),
    links: [],
    packageIds: new Map(),
    tagPackages: [],
    groups: [],
    groupIds: new Map(),
    targets: new Map(),
    tasks: new Map(),
    builds: new Map(),
    rpms: [],
    taggings: [],
    repos: new Map(),
    repoRequests: new Map(),
    buildroots: new Map(),
    uploads: new Map(),
    without: new Set(options.without),
    policies: new Map(Object.entries({ build_from_srpm: "allow", build_from_scm: "allow", ...options.policies })),
    counter: 0
  }
  for (const user of options.users ?? defaultUsers) {
    const row: User = {
      id: nextId(state),
      name: user.name,
      password: user.password,
      permissions: new Set(user.permissions),
      generators: new Set(user.generators),
      blocked: false,
      locked: false
    }
    state.users.set(user.name, row)
  }
  return state
}

/** Starts a hub on 127.0.0.1 and a free port. */
export const start = async (options: Options = {}): Promise<FakeKojiHub> => {
  const state = newState(options)
  const { stepMillis = 5 } = options
  const workshop: Workshop = {
    outcome: options.outcome ?? (() => "complete"),
    version: options.componentVersion ?? (() => ({ version: "1.0", release: "1" })),
    repositoryFails: options.repositoryFails ?? (() => false),
    stepMillis: typeof stepMillis === "function" ? stepMillis : () => stepMillis,
    repositoryMillis: options.repositoryMillis ?? 5,
    kojira: options.kojira ?? true,
    automaticRepositories: options.automaticRepositories ?? true
  }
  const journal: Array<JournalEntry> = []
  const sockets = new Set<Socket>()
  let inject = options.inject
  let count = 0

  const answer = (message: XmlRpc.Message): string => Result.getOrThrow(XmlRpc.format(message))
  const versionHeader: Record<string, string> = state.version[1] >= 35
    ? { "Koji-Version": state.version.join(".") }
    : {}

  const reply = (response: http.ServerResponse, status: number, type: string, text: string, more = {}): void => {
    response.writeHead(status, {
      ...versionHeader,
      "Content-Type": type,
      "Content-Length": Buffer.byteLength(text),
      ...more
    })
    response.end(text)
  }

  const serve = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://hub")
    const bytes = await body(request)
    if (request.method !== "POST") {
      const text = "Method Not Allowed\nThis is an XML-RPC server. Only POST requests are accepted.\n"
      return reply(response, 405, "text/plain", text, { Allow: "POST" })
    }
    const isUpload = request.headers["content-type"] === "application/octet-stream"
    const parsed = isUpload ? undefined : XmlRpc.parse(bytes.toString("utf8"))
    if (parsed !== undefined && (Result.isFailure(parsed) || parsed.success._tag !== "Call")) {
      const reason = Result.isFailure(parsed) ? parsed.failure.message : "not a call"
      return state.version[1] > 35
        ? reply(response, 400, "text/plain", `Invalid request: ${reason}\n`)
        : reply(
          response,
          200,
          "text/xml",
          answer({ _tag: "Fault", code: 1, message: `<class 'xml.parsers.expat.ExpatError'>: ${reason}` })
        )
    }
    const call = parsed === undefined || Result.isFailure(parsed) || parsed.success._tag !== "Call"
      ? { method: "rawUpload", params: [] }
      : parsed.success
    const methods = call.method === "multiCall" || call.method === "system.multicall"
      ? (call.params[0] as ReadonlyArray<{ methodName: string }>).map((element) => element.methodName)
      : [call.method]
    const index = count++
    const fault = inject?.({ index, method: call.method, methods })
    const credentials = credentialsOf(state, request.headers, url.searchParams)
    const session = credentials === undefined ? undefined : state.sessions.get(credentials.id)
    if (fault?.kind === "latency") await new Promise((resolve) => setTimeout(resolve, fault.millis))
    if (fault?.kind === "silence") return
    if (fault?.kind === "reset") return void request.socket.destroy()
    if (fault?.kind === "bad-gateway") return reply(response, 502, "text/html", "<html>502 Bad Gateway</html>")
    if (fault?.kind === "expire" && session !== undefined) session.expired = true
    if (fault?.kind === "forget" && session !== undefined) state.sessions.delete(session.id)

    const atLogin = url.pathname.endsWith("/ssllogin")
    const remoteUser = atLogin ? remoteUserOf(request, options.tickets) : undefined
    if (atLogin && options.tickets !== undefined && remoteUser === undefined) {
      return reply(response, 401, "text/plain", "Unauthorized\n", { "WWW-Authenticate": "Negotiate" })
    }
    advance(state, workshop)
    const received = {
      ...call,
      credentials,
      remoteUser
    }
    const result = fault?.kind === "offline"
      ? undefined
      : isUpload
      ? dispatchUpload(state, received, url.searchParams, bytes)
      : dispatch(state, received, journal)
    advance(state, workshop)
    const text = answer(
      result === undefined
        ? { _tag: "Fault", code: 1014, message: "database outage" }
        : Result.isSuccess(result)
        ? { _tag: "Response", value: result.success }
        : { _tag: "Fault", code: result.failure.code, message: result.failure.text }
    )
    switch (fault?.kind) {
      case "reset-applied":
        return void request.socket.destroy()
      case "bad-gateway-applied":
        return reply(response, 502, "text/html", "<html>502 Bad Gateway</html>")
      case "garbage":
        return reply(response, 200, "text/html", "<html>captive portal</html>")
      case "answer-lost":
        response.writeHead(200, { "Content-Type": "text/xml", "Content-Length": Buffer.byteLength(text) })
        response.write(text.slice(0, Math.floor(text.length / 2)))
        return void setTimeout(() => request.socket.destroy(), 5)
      default:
        return reply(response, 200, "text/xml", text)
    }
  }

  const listener: http.RequestListener = (request, response) => {
    serve(request, response).catch(() => request.socket.destroy())
  }
  const server = options.tls === undefined
    ? http.createServer(listener)
    : https.createServer({ ...options.tls, requestCert: true, rejectUnauthorized: false }, listener)
  server.on("connection", (socket) => {
    sockets.add(socket)
    socket.on("close", () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  const tagId = (name: string) => [...state.tags.values()].find((tag) => tag.name === name && !tag.deleted)?.id

  return {
    url: `${options.tls === undefined ? "http" : "https"}://127.0.0.1:${port}/kojihub`,
    requests: () => count,
    journal,
    tasks: () => [...state.tasks.values()],
    tagged: (tag) =>
      state.taggings.filter((row) => row.tag === tagId(tag) && row.revoked === undefined).map((row) => {
        const build = state.builds.get(row.build)
        return build === undefined ? "" : nvr(build)
      }),
    uploads: () => state.uploads,
    targets: () => [...state.targets.values()].map((target) => target.name),
    tags: () => [...state.tags.values()].filter((tag) => !tag.deleted).map((tag) => tag.name),
    expireRepositories: () => {
      const ready = [...state.repos.values()].filter((repo) => repo.state === repoStates.READY)
      for (const repo of ready) repo.state = repoStates.EXPIRED
      return ready.length
    },
    inject: (next) => void (inject = next),
    ...levers(state),
    forgetSessions: () => state.sessions.clear(),
    addTag: (name, arches = "x86_64", packages = []) => addTag(state, name, arches, packages),
    addBuild: (text, source) => addBuild(state, text, source),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      })
  }
}
