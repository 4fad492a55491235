/**
 * Who we are at a Pulp: a session that is opened once.
 *
 * Pulp checks a password anew at each request that carries one, with a hash that is slow on purpose (about a second). So the
 * password is sent once, to `login/`, and the session's cookies afterwards; writes need the CSRF token besides, and over TLS
 * the `Referer` that Django compares. A Pulp without `login/` gets the password each time. With a client certificate the server in
 * front of Pulp says who we are, and nothing is sent.
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Semaphore from "effect/Semaphore"
import { fromStatus, type PulpError } from "./PulpError.ts"
import type { PulpRequest, PulpResponse, PulpTransport } from "./PulpTransport.ts"

/** Who we are: a user with a password, or whoever the client certificate of the transport names. */
export type Credentials =
  | { readonly _tag: "Password"; readonly username: string; readonly password: Redacted.Redacted<string> }
  | { readonly _tag: "Certificate" }

/** Sends requests under one identity. */
export interface PulpSession {
  /** Sends as who we are, and once more with a new session where the old one has ended. */
  readonly send: (request: PulpRequest) => Effect.Effect<PulpResponse, PulpError>
  /** How often a session was opened. */
  readonly logins: () => number
}

interface Open {
  readonly generation: number
  readonly headers: Readonly<Record<string, string>>
  readonly token: string | undefined
}

/** What must not stand in a header's value. */
const unfit = /[^\x21-\x3a\x3c-\x7e]/

/**
 * A session that is not open yet. The first request opens it; it fails as that request does: `refused` where Pulp does
 * not take the password.
 */
export const make = (transport: PulpTransport, credentials: Credentials, root: string): PulpSession => {
  const lock = Semaphore.makeUnsafe(1)
  let generation = 0
  let open: Open | undefined

  const login = Effect.fnUntraced(function*(password: Credentials & { readonly _tag: "Password" }) {
    const secret = Buffer.from(`${password.username}:${Redacted.value(password.password)}`).toString("base64")
    const authorization = `Basic ${secret}`
    const path = `${root}login/`
    const answer = yield* transport.send({ method: "POST", path, headers: { authorization } })
    const { csrftoken = "", sessionid = "" } = answer.cookies
    const opened = answer.status < 300 && sessionid !== "" && !unfit.test(sessionid) && !unfit.test(csrftoken)
    // 404 and 405: releases before the endpoint came. Anything else that is no session is a refusal or an outage.
    if (!opened && answer.status !== 404 && answer.status !== 405 && answer.status >= 300) {
      return yield* fromStatus(`POST ${path}`, answer.status, answer.text)
    }
    open = opened
      ? {
        generation: ++generation,
        headers: { cookie: `sessionid=${sessionid}; csrftoken=${csrftoken}` },
        token: csrftoken
      }
      : { generation: ++generation, headers: { authorization }, token: undefined }
    return open
  })

  /** The open session; another one where the open one is that of `stale`. */
  const current = (stale?: number) =>
    lock.withPermits(1)(Effect.suspend((): Effect.Effect<Open, PulpError> => {
      if (open !== undefined && open.generation !== stale) return Effect.succeed(open)
      if (credentials._tag === "Password") return login(credentials)
      return Effect.succeed(open = { generation: ++generation, headers: {}, token: undefined })
    }))

  const sendAs = (session: Open, request: PulpRequest) =>
    transport.send({
      ...request,
      headers: {
        ...session.headers,
        ...(request.method === "GET" || session.token === undefined
          ? {}
          : { "x-csrftoken": session.token, referer: `${transport.origin}/` }),
        ...request.headers
      }
    })

  return {
    logins: () => generation,
    send: Effect.fnUntraced(function*(request: PulpRequest) {
      const session = yield* current()
      const answer = yield* sendAs(session, request)
      // An ended session is 401 on reads; on writes a token that no longer fits is a 403, as a missing permission is.
      const ended = answer.status === 401 || answer.status === 403 && request.method !== "GET"
      if (!ended || session.token === undefined) return answer
      return yield* sendAs(yield* current(session.generation), request)
    })
  }
}
