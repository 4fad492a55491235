/**
 * Who is signed in with a browser, as far as rights go: what the guard and pages ask. How sessions are kept is the business of
 * `packages/server/src/sessions`.
 */
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { Caller } from "./Caller.ts"
import * as SecretText from "./SecretText.ts"

/** How a browser reaches this server. */
export interface Reached {
  readonly isSecure: boolean
  /** Path below which the server is reached, without a slash at its end. */
  readonly prefix: string
}

/** Somebody who is signed in. */
export interface Session {
  readonly caller: Caller
  /** What requests that change something have to bring along, which other sites cannot know. */
  readonly proof: string
  /** Whether its cookie is old enough to be exchanged. */
  readonly isDue: boolean
}

/** By what somebody signed in. */
export type Credential =
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "kerberos" }
  | { readonly kind: "forge"; readonly person: number }

/** How people may sign in here. */
export interface Ways {
  readonly token: boolean
  readonly oidc: boolean
  readonly github: boolean
  readonly kerberos: boolean
}

/** What of a request says who is signed in. */
export type Asked = { readonly headers: Readonly<Record<string, string | undefined>> }

/** Sessions of browsers. */
export class Sessions extends Context.Service<Sessions, {
  readonly ways: Ways
  /** Whether there is any way. */
  readonly isOffered: boolean
  /** How a browser reaches this server. */
  readonly reached: (request: Asked) => Reached
  /** Who is signed in; `undefined` for nobody. Asked again about the same request it answers the same. */
  readonly of: (request: Asked) => Effect.Effect<Session | undefined, StoreUnavailable>
  /** Begins a session; the value for `Set-Cookie`. It lasts no longer than a token that says when it ends. */
  readonly begin: (
    request: Asked,
    caller: Caller,
    credential: Credential,
    now: number
  ) => Effect.Effect<string, StoreUnavailable>
  /** A new cookie for a session whose cookie is due; `undefined` where another request got it. */
  readonly renew: (request: Asked) => Effect.Effect<string | undefined, StoreUnavailable>
  /** Ends the session; the value for `Set-Cookie` that takes the cookie away. */
  readonly end: (request: Asked) => Effect.Effect<string, StoreUnavailable>
}>()("@orch/server/auth/Sessions") {}

/** Whether this is the proof of the session; takes as long for each. */
export const isProof = ({ proof }: Session, given: string | undefined): boolean => SecretText.isSame(given ?? "", proof)
