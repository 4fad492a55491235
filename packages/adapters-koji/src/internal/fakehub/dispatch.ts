/** One call at the fake hub: session, call number, keyword arguments, multicall, faults. */
import * as Result from "effect/Result"
import { randomBytes } from "node:crypto"
import * as KojiCall from "../../KojiCall.ts"
import { KojiFault } from "../../KojiError.ts"
import type { Value } from "../../XmlRpc.ts"
import * as XmlRpc from "../../XmlRpc.ts"
import { buildMethods } from "./buildMethods.ts"
import { contentMethods, rawUpload } from "./contentMethods.ts"
import { fault, generic, type HubState, nextId, policyAction, type Session, type User } from "./HubState.ts"
import { bind, type Context, list, method, type Methods, struct, text } from "./Method.ts"
import { modernMethods, repoMethods } from "./repoMethods.ts"
import { rpmMethods } from "./rpmMethods.ts"
import { taggingMethods } from "./taggingMethods.ts"
import { tagMethods } from "./tagMethods.ts"
import { targetMethods } from "./targetMethods.ts"

/** What a request says about its session, wherever it says it. */
export interface Credentials {
  readonly id: number
  readonly key: string
  readonly callnum: number | undefined
}

export interface Received {
  readonly method: string
  readonly params: ReadonlyArray<Value>
  readonly credentials: Credentials | undefined
  /** The user a certificate or Kerberos names, at `/ssllogin`. */
  readonly remoteUser: string | undefined
}

/** One executed call, multicall elements one by one; faults have their code. */
export interface JournalEntry {
  readonly method: string
  readonly params: ReadonlyArray<Value>
  readonly user: string | undefined
  readonly fault: number | undefined
}

/** Calls that change nothing leave the session's call number alone. */
const reads =
  /^(get|list|read|repo\.get|repo\.check|tagLast|tagChanged|task|_listapi|system\.|echo|checkUpload|hasPerm|untagged)/

const sessionRow = (session: Session, inHeaders: boolean): Value => ({
  "session-id": session.id,
  "session-key": session.key,
  ...(inHeaders ? { "header-auth": true } : {})
})

const headerSessions = (state: HubState): boolean => state.version[1] >= 31

const enter = (
  state: HubState,
  user: User | undefined,
  authtype: number,
  current: Session | undefined,
  renew: boolean
): Value => {
  if (user === undefined) throw fault(1002, "invalid username or password")
  if (user.blocked) throw fault(1002, `logins by ${user.name} are not allowed`)
  if (current !== undefined && renew) {
    current.key = `${current.id}-${randomBytes(12).toString("hex")}`
    current.expired = false
    return sessionRow(current, headerSessions(state))
  }
  if (current !== undefined) throw fault(1002, "Already logged in")
  const id = nextId(state)
  const session: Session = {
    id,
    key: `${id}-${randomBytes(12).toString("hex")}`,
    user,
    authtype,
    callnum: undefined,
    expired: false,
    closed: false
  }
  state.sessions.set(id, session)
  return sessionRow(session, headerSessions(state))
}

const logins = (received: Received): Methods => ({
  login: method(
    "login",
    "user, password, opts=, renew=, exclusive=",
    ({ user, password, renew }, { state, session }) => {
      const known = state.users.get(text(user))
      return enter(state, known?.password === password ? known : undefined, 0, session, renew === true)
    }
  ),
  sslLogin: method("sslLogin", "proxyuser=, proxyauthtype=, renew=, exclusive=", ({ renew }, { state, session }) => {
    if (received.remoteUser === undefined) throw fault(1002, "could not verify client: NONE")
    const user = state.users.get(received.remoteUser)
    if (user === undefined) throw fault(1002, `Unknown user: ${received.remoteUser}`)
    return enter(state, user, 2, session, renew === true)
  }),
  logout: method("logout", "session_id=", (_, { session }) => {
    if (session === undefined) throw fault(1002, "Not logged in")
    session.closed = true
    return null
  })
})

const host: Value = {
  id: 1,
  user_id: 1,
  name: "builder-1",
  arches: "x86_64 noarch",
  enabled: true,
  ready: true,
  task_load: new XmlRpc.Double(0),
  capacity: new XmlRpc.Double(2),
  description: null,
  comment: null
}

const plainMethods: Methods = {
  getAPIVersion: method("getAPIVersion", "", () => 1),
  getKojiVersion: method("getKojiVersion", "", (_, { state }) => state.version.join(".")),
  echo: { function: "echo", parameters: [], run: () => null },
  listHosts: method("list_hosts", "arches=, channelID=, ready=, enabled=, userID=, queryOpts=", () => [host]),
  evalPolicy: method("eval_policy", "name, data", ({ name }, { state, session }) => {
    if (!state.policies.has(text(name))) throw generic(`no such policy: ${text(name)}`)
    return session === undefined ? "deny" : policyAction(state, text(name), session.user)
  }),
  getHost: method("get_host", "hostInfo, strict=, event=", () => host),
  getChannel: method(
    "get_channel",
    "channelInfo, strict=",
    ({ channelInfo }) =>
      ["default", "createrepo"].includes(text(channelInfo))
        ? { id: 1, name: text(channelInfo), description: null, enabled: true, comment: null }
        : null
  ),
  ...tagMethods,
  ...targetMethods,
  ...buildMethods,
  ...rpmMethods,
  ...taggingMethods,
  ...repoMethods,
  ...contentMethods
}

const checkSession = (state: HubState, received: Received): Session | undefined => {
  const { credentials } = received
  if (credentials === undefined) return undefined
  const session = state.sessions.get(credentials.id)
  if (session === undefined || session.closed || session.key !== credentials.key) {
    throw fault(1002, "Invalid session or bad credentials")
  }
  if (session.expired && received.method !== "login" && received.method !== "sslLogin") {
    throw fault(1007, `session "${session.id}" has expired`)
  }
  const { blocked, locked, name } = session.user
  if (blocked) throw fault(1002, `logins by ${name} are not allowed`)
  if (locked && !["login", "sslLogin", "logout", "exclusiveSession"].includes(received.method)) {
    throw fault(1006, "User locked by another session")
  }
  if (credentials.callnum !== undefined && session.callnum !== undefined) {
    if (session.callnum > credentials.callnum) {
      throw fault(1008, `${session.callnum} > ${credentials.callnum} (session ${session.id})`)
    }
    if (session.callnum === credentials.callnum) {
      throw fault(
        1009,
        `unable to retry call ${credentials.callnum} (method ${received.method}) for session ${session.id}`
      )
    }
  }
  return session
}

const run = (
  methods: Methods,
  name: string,
  params: ReadonlyArray<Value>,
  context: Context,
  journal: Array<JournalEntry>
): Value => {
  const { version, without } = context.state
  const declared = without.has(name) || (version[1] < 35 && modernMethods.has(name)) ? undefined : methods[name]
  let code: number | undefined
  try {
    if (name === "echo") return params
    if (declared === undefined) throw generic(`Invalid method: ${name}`)
    const { keywords, positional } = KojiCall.split(params)
    return declared.run(bind(declared, positional, keywords), context)
  } catch (cause) {
    code = cause instanceof KojiFault ? cause.code : 1
    throw cause instanceof KojiFault ? cause : fault(1, `<class 'Exception'>: ${String(cause)}`)
  } finally {
    journal.push({ method: name, params, user: context.session?.user.name, fault: code })
  }
}

/** Carries a request out; a fault means that nothing was changed. */
export const dispatch = (
  state: HubState,
  received: Received,
  journal: Array<JournalEntry>
): Result.Result<Value, KojiFault> => {
  const methods: Methods = { ...plainMethods, ...logins(received) }
  try {
    const session = checkSession(state, received)
    const context: Context = { state, session }
    let changed = !reads.test(received.method)
    let answer: Value
    if (received.method === "multiCall" || received.method === "system.multicall") {
      const calls = list(received.params[0]).map(struct)
      changed = calls.some((call) => !reads.test(text(call.methodName)))
      answer = calls.map((call) => {
        try {
          return [run(methods, text(call.methodName), list(call.params), context, journal)]
        } catch (cause) {
          const { code, text: message } = cause as KojiFault
          return { faultCode: code, faultString: message, traceback: [message] }
        }
      })
    } else answer = run(methods, received.method, received.params, context, journal)
    // Only a call that committed something leaves its number behind.
    if (changed && session !== undefined && received.credentials?.callnum !== undefined) {
      session.callnum = received.credentials.callnum
    }
    return Result.succeed(answer)
  } catch (cause) {
    return Result.fail(cause instanceof KojiFault ? cause : fault(1, String(cause)))
  }
}

export const dispatchUpload = (
  state: HubState,
  received: Received,
  query: URLSearchParams,
  chunk: Buffer
): Result.Result<Value, KojiFault> => {
  try {
    return Result.succeed(rawUpload({ state, session: checkSession(state, received) }, query, chunk))
  } catch (cause) {
    return Result.fail(cause instanceof KojiFault ? cause : fault(1, String(cause)))
  }
}
