/**
 * A login at a hub and the calls made under it, one after the other.
 *
 * The hub locks a session per call and remembers the number of the last call that changed something: the same number again
 * is answered by fault 1009 instead of being carried out twice. So a call keeps its number when it is repeated, calls are
 * serialised, and both headers that hubs read the number from are sent (1.31 to 1.35 honour `Koji-Callnum` only, later ones
 * `Koji-Session-Callnum`; 1.30 and older read the query string and say so by a login result without `header-auth`).
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import type { HubHealth } from "./HubHealth.ts"
import type { HubResponse, HubTransport } from "./HubTransport.ts"
import * as KojiCall from "./KojiCall.ts"
import { HubUnreachable, type KojiError, KojiFault, ResultLost } from "./KojiError.ts"
import * as RetryPolicy from "./RetryPolicy.ts"
import * as XmlRpc from "./XmlRpc.ts"

/** How to prove who we are. `Certificate` means the one given to the transport. */
export type Login =
  | { readonly _tag: "Anonymous" }
  | { readonly _tag: "Password"; readonly user: string; readonly password: Redacted.Redacted<string> }
  | { readonly _tag: "Certificate"; readonly proxyUser?: string | undefined }
  | {
    readonly _tag: "Negotiate"
    readonly proxyUser?: string | undefined
    /** A fresh SPNEGO token in base64 for `HTTP@host`; where Kerberos lives is the caller's business. */
    readonly token: (host: string) => Effect.Effect<Redacted.Redacted<string>, HubUnreachable>
  }

/** A read may be repeated at will; a write whose fate is unknown ends as `ResultLost`. */
export type Kind = "read" | "write"

/** A file on its way to the hub. */
export interface Upload {
  /** Below the hub's work directory, no leading slash. */
  readonly directory: string
  readonly filename: string
  readonly offset: number
  readonly chunk: Uint8Array
}

/** One session of ours at a hub, logged in when it is first used and again when the hub has forgotten it. */
export interface HubSession {
  readonly call: (call: KojiCall.KojiCall, kind: Kind) => Effect.Effect<XmlRpc.Plain, KojiError>
  /** Stores one chunk of a file, replacing what is there from the offset on; answers the hub's size and digest. */
  readonly upload: (upload: Upload) => Effect.Effect<XmlRpc.Plain, KojiError>
  /** Ends the session at the hub; failures are of no interest by then. */
  readonly logout: Effect.Effect<void>
}

/** Over which transport the session runs, and as whom. */
export interface Options {
  readonly transport: HubTransport
  readonly login: Login
  readonly retry?: RetryPolicy.RetryPolicy | undefined
  /** Told of the `Koji-Version` header, which hubs send from 1.35 on. */
  readonly onVersion?: ((version: string) => void) | undefined
  /** Told of each attempt, also of those that are repeated. */
  readonly health?: Pick<HubHealth, "answered" | "failed"> | undefined
}

interface Credentials {
  readonly id: number
  readonly key: Redacted.Redacted<string>
  readonly inHeaders: boolean
}

interface Payload {
  readonly method: string
  readonly kind: Kind
  readonly path: "" | "/ssllogin"
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>
  readonly contentType: "text/xml" | "application/octet-stream"
  readonly body: Uint8Array
  readonly work: RetryPolicy.Work
}

/** Without a session nothing orders the calls, so some may run side by side. */
const anonymousCalls = 4

const authFault = 1002
const expired = 1007
const outOfSequence = 1008
const alreadyDone = 1009
const offline = 1014

const xml = (call: KojiCall.KojiCall, kind: Kind): Effect.Effect<Payload, KojiFault> => {
  const text = XmlRpc.format({ _tag: "Call", method: call.method, params: call.params })
  const body = Buffer.from(Result.isSuccess(text) ? text.success : "", "utf8")
  return Result.isFailure(text)
    // The hub would not have taken it either: the code is the one it uses for arguments it cannot work with.
    ? Effect.fail(new KojiFault({ method: call.method, code: 1019, text: text.failure.message }))
    : Effect.succeed({
      method: call.method,
      kind,
      path: "",
      query: {},
      headers: {},
      contentType: "text/xml",
      body,
      work: { calls: KojiCall.size(call), bytes: body.byteLength }
    })
}

/** The hub's word, or the reason why there is none. */
const interpret = (method: string, response: HubResponse): Result.Result<XmlRpc.Plain, KojiFault | HubUnreachable> => {
  if (response.status !== 200) {
    const text = `HTTP ${response.status}: ${
      response.text.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim().slice(0, 200)
    }`
    return Result.fail(new HubUnreachable({ reason: "http", method, text, status: response.status }))
  }
  const message = XmlRpc.parse(response.text)
  if (Result.isFailure(message)) {
    return Result.fail(new HubUnreachable({ reason: "malformed", method, text: message.failure.message }))
  }
  switch (message.success._tag) {
    case "Response":
      return Result.succeed(XmlRpc.plain(message.success.value))
    case "Fault":
      return Result.fail(new KojiFault({ method, code: message.success.code, text: message.success.message }))
    case "Call":
      return Result.fail(new HubUnreachable({ reason: "malformed", method, text: "a call instead of an answer" }))
  }
}

/** A session that has not logged in yet. */
export const make = (options: Options): Effect.Effect<HubSession> =>
  Effect.map(Semaphore.make(options.login._tag === "Anonymous" ? anonymousCalls : 1), (turn) => {
    const { transport, login } = options
    const retry = options.retry ?? RetryPolicy.standard
    let credentials: Credentials | undefined
    let nextNumber = 0
    const asUser = login._tag !== "Anonymous"

    const attempt = (
      payload: Payload,
      number: number | undefined,
      as: Credentials | undefined,
      deadlineMillis?: number
    ) => {
      const key = as === undefined ? "" : Redacted.value(as.key)
      const session: Record<string, string> = as === undefined ? {} : as.inHeaders
        ? {
          "Koji-Session-Id": String(as.id),
          "Koji-Session-Key": key,
          ...(number === undefined
            ? {}
            : { "Koji-Session-Callnum": String(number), "Koji-Callnum": String(number) })
        }
        : {
          "session-id": String(as.id),
          "session-key": key,
          ...(number === undefined ? {} : { callnum: String(number) })
        }
      return transport.send({
        ...payload,
        deadlineMillis,
        query: as?.inHeaders === false ? { ...session, ...payload.query } : payload.query,
        headers: as?.inHeaders === true ? { ...session, ...payload.headers } : payload.headers
      }).pipe(Effect.flatMap((response) => {
        const version = response.headers["koji-version"]
        if (typeof version === "string") options.onVersion?.(version)
        return Effect.fromResult(interpret(payload.method, response))
      }))
    }

    /** Sends until there is an answer or the patience is over; `fate` remembers attempts that may have been carried out. */
    const persist = Effect.fnUntraced(function*(
      payload: Payload,
      number: number | undefined,
      as: Credentials | undefined,
      fate: { unknown: boolean }
    ) {
      const started = yield* Clock.currentTimeMillis
      const patience = RetryPolicy.patienceMillis(retry, payload.work)
      for (let repetition = 1;; repetition++) {
        const result = yield* Effect.result(
          attempt(
            payload,
            number,
            as,
            RetryPolicy.deadlineMillis(retry, repetition, payload.work, transport.timeoutMillis)
          )
        )
        if (Result.isSuccess(result)) {
          if (options.health !== undefined) yield* options.health.answered(payload.method, asUser)
          return result.success
        }
        const error = result.failure
        if (options.health !== undefined) yield* options.health.failed(error, asUser)
        if (error._tag === "KojiFault" && error.code !== offline) return yield* Effect.fail(error)
        if (error._tag === "HubUnreachable") {
          if (error.mayHaveHappened) fate.unknown = true
          if (!error.isRetryable) return yield* Effect.fail(error)
        }
        const wait = RetryPolicy.delayMillis(retry, error._tag === "KojiFault" ? repetition + 1 : repetition)
        if ((yield* Clock.currentTimeMillis) - started + wait >= patience) {
          return yield* Effect.fail(
            error._tag === "HubUnreachable"
              ? error
              : new HubUnreachable({ reason: "offline", method: payload.method, text: error.text })
          )
        }
        yield* Effect.sleep(Duration.millis(wait))
      }
    })

    const signIn = Effect.fnUntraced(function*(renewing: Credentials | undefined) {
      if (login._tag === "Anonymous") return undefined
      const renewal = renewing === undefined ? {} : { renew: true, exclusive: false }
      const call = login._tag === "Password"
        ? KojiCall.make("login", [login.user, Redacted.value(login.password)], { opts: null, ...renewal })
        : KojiCall.make("sslLogin", [], { proxyuser: login.proxyUser ?? null, ...renewal })
      const headers: Record<string, string> = login._tag === "Negotiate"
        ? { Authorization: `Negotiate ${Redacted.value(yield* login.token(transport.server.hostname))}` }
        : {}
      const payload: Payload = {
        ...yield* xml(call, "read"),
        headers,
        path: login._tag === "Password" ? "" : "/ssllogin"
      }
      // Without a number of its own, a renewal leaves the one that the call to be repeated may have left at the hub.
      const answer = yield* persist(payload, undefined, renewing, { unknown: false })
      const struct = (answer ?? {}) as { readonly [name: string]: XmlRpc.Plain | undefined }
      const id = struct["session-id"]
      const key = struct["session-key"]
      if (typeof id !== "number" || typeof key !== "string") {
        return yield* new HubUnreachable({ reason: "malformed", method: call.method, text: "a login without session" })
      }
      if (renewing === undefined) nextNumber = 0
      return { id, key: Redacted.make(key), inHeaders: struct["header-auth"] === true || struct["header-auth"] === 1 }
    })

    const signedIn = Effect.suspend(() =>
      credentials !== undefined
        ? Effect.succeed(credentials)
        : Effect.tap(signIn(undefined), (fresh) => Effect.sync(() => void (credentials = fresh)))
    )

    const perform = Effect.fnUntraced(function*(payload: Payload) {
      const fate = { unknown: false }
      let current = yield* signedIn
      let number = nextNumber++
      let renewed = false
      let enteredAgain = false
      for (;;) {
        const result = yield* Effect.result(persist(payload, number, current, fate))
        if (Result.isSuccess(result)) return result.success
        const error: KojiError = result.failure
        if (error._tag !== "KojiFault" || current === undefined) return yield* Effect.fail(error)
        if (error.code === alreadyDone) return yield* new ResultLost({ method: payload.method })
        if (error.code === expired && !renewed) {
          renewed = true
          const renewal = yield* Effect.result(signIn(current))
          if (Result.isSuccess(renewal)) {
            // The hub still knows the last call number of this session, so the repeated call keeps its own.
            credentials = current = renewal.success
            continue
          }
          if (renewal.failure._tag === "HubUnreachable") return yield* Effect.fail(renewal.failure)
        } else if (![authFault, expired, outOfSequence].includes(error.code) || enteredAgain) {
          return yield* Effect.fail(error)
        }
        // The session is of no use any more, and with it the number that guarded the earlier attempts. AuthError is also
        // what a hub says when a right is missing, so one fresh login must do.
        credentials = undefined
        enteredAgain = true
        if (fate.unknown && payload.kind === "write") return yield* new ResultLost({ method: payload.method })
        current = yield* signedIn
        number = nextNumber++
      }
    })

    return {
      call: (call, kind) =>
        xml(call, kind).pipe(Effect.flatMap(perform), turn.withPermit, Effect.withSpan(`koji.${call.method}`)),
      upload: (upload) =>
        perform({
          method: "rawUpload",
          // Uploading the same chunk to the same offset again changes nothing.
          kind: "read",
          path: "",
          query: {
            filename: upload.filename,
            filepath: upload.directory,
            fileverify: "adler32",
            offset: String(upload.offset),
            overwrite: "1"
          },
          headers: {},
          contentType: "application/octet-stream",
          body: upload.chunk,
          work: { calls: 1, bytes: upload.chunk.byteLength }
        }).pipe(turn.withPermit, Effect.withSpan("koji.rawUpload")),
      logout: Effect.suspend(() => {
        const current = credentials
        credentials = undefined
        if (current === undefined) return Effect.void
        return xml(KojiCall.make("logout"), "write").pipe(
          Effect.flatMap((payload) => attempt(payload, nextNumber++, current)),
          Effect.timeout(Math.min(5000, Duration.toMillis(retry.patience))),
          Effect.ignore
        )
      }).pipe(turn.withPermit)
    }
  })
