/**
 * What a caller may do: the one place where rights are decided, for every face.
 *
 * A face asks for the right that its matched route declares. Without authentication, whoever reaches a loopback address may do
 * everything; on any other address nobody may do more than read.
 */
import type { RightName } from "@orch/api/Right"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Authentication } from "./Authentication.ts"
import { anonymous, type Asking, AuthenticationFailed, type Caller } from "./Caller.ts"
import * as FailedLogins from "./FailedLogins.ts"

/** Whose rights are which: from the settings. */
export interface Rules {
  readonly openReads: boolean
  readonly allowedGroups: ReadonlyArray<string>
  readonly allowedUsers: ReadonlyArray<string>
  readonly adminGroups: ReadonlyArray<string>
  readonly releaserGroups: ReadonlyArray<string>
  readonly importGroups: ReadonlyArray<string>
  /** Who an `Authorization` header names among those who may only write repository records; `undefined` for nobody. */
  readonly recorder: (authorization: string | undefined) => string | undefined
}

/** Why a request is turned away; `challenge` says how to authenticate. */
export class AccessRefused extends Data.TaggedError("AccessRefused")<{
  readonly status: 401 | 403 | 429 | 503
  readonly message: string
}> {}

/** The decisions. */
export interface Interface {
  /** Who is asking; fails where it has to be known and is not. */
  readonly identify: (request: Asking) => Effect.Effect<Caller, AccessRefused>
  /** Whether a known caller has a right. */
  readonly allows: (caller: Caller, right: RightName) => boolean
  /** A known caller, if they have a right. */
  readonly permit: (caller: Caller, right: RightName) => Effect.Effect<Caller, AccessRefused>
  /** The caller of a request, if they have the right. Anonymous where the right asks nobody who they are. */
  readonly require: (request: Asking, right: RightName) => Effect.Effect<Caller, AccessRefused>
  /** Whether nobody has to say who they are. */
  readonly isOpen: boolean
}

const isIn = ({ groups }: Caller, allowed: ReadonlyArray<string>): boolean => allowed.some((group) => groups.has(group))

const refusals = { unknown: 401, unavailable: 503, limited: 429 } as const

const unknownWriter = new AuthenticationFailed({
  reason: "unknown",
  message: "Writing needs a user name and password, or a bearer token"
})

const limited = new AuthenticationFailed({
  reason: "limited",
  message: "Too many failed logins from this address; try again in a minute"
})

const isBasic = (authorization: string | undefined): boolean => /^basic /i.test(authorization ?? "")

/** Credentials that may be a try. */
const isGuess = (authorization: string | undefined): boolean => /^(basic|bearer|negotiate) /i.test(authorization ?? "")

const refused = ({ message, reason }: AuthenticationFailed): AccessRefused =>
  new AccessRefused({ status: refusals[reason], message })

/** The decisions of this server. */
export class Access extends Context.Service<Access, Interface>()("@orch/server/auth/Access") {
  static readonly layer = (rules: Rules): Layer.Layer<Access, never, Authentication> =>
    Layer.effect(
      Access,
      Effect.gen(function*() {
        const authentication = yield* Authentication
        const failures = yield* FailedLogins.make
        const { isOpen } = authentication

        const submits = (caller: Caller): boolean =>
          rules.allowedGroups.length === 0 || rules.allowedUsers.includes(caller.name)
          || isIn(caller, rules.allowedGroups)

        const allows = (caller: Caller, right: RightName): boolean => {
          switch (right) {
            case "public":
            case "read":
            case "known":
              return true
            case "submit":
            case "own":
            case "record":
              return isOpen || submits(caller)
            case "release":
              return isOpen || isIn(caller, rules.adminGroups) || isIn(caller, rules.releaserGroups)
            case "administer":
              return isOpen || isIn(caller, rules.adminGroups)
            case "import":
              // Who may import has to be said, also where nobody says who they are.
              return rules.importGroups.length > 0
                && (rules.allowedUsers.includes(caller.name) || isIn(caller, rules.importGroups))
          }
        }

        const counted = (request: Asking, failure: AuthenticationFailed) =>
          failure.reason === "unknown" && isGuess(request.headers["authorization"])
            ? failures.count(request)
            : Effect.void

        // Who has failed too often is still known by what is known here; nobody else is asked about them.
        const identify = (request: Asking): Effect.Effect<Caller, AccessRefused> =>
          failures.isLimited(request).pipe(
            Effect.flatMap((isLimited) => authentication.identify(request, !isLimited)),
            Effect.tapError((failure) =>
              isBasic(request.headers["authorization"]) ? Effect.void : counted(request, failure)
            ),
            Effect.mapError(refused)
          )

        /** Those who may only write repository records authenticate in a way of their own. */
        const recorder = Effect.fnUntraced(function*(
          request: Asking
        ): Effect.fn.Return<Caller, AccessRefused> {
          const authorization = request.headers["authorization"]
          if (isBasic(authorization) && (yield* failures.isLimited(request))) return yield* refused(limited)
          const name = rules.recorder(authorization)
          if (name !== undefined) return { name, groups: new Set<string>() }
          if (isOpen || authorization === undefined || isBasic(authorization)) {
            yield* counted(request, unknownWriter)
            return yield* refused(unknownWriter)
          }
          return yield* permit(yield* identify(request), "record")
        })

        const permit = (caller: Caller, right: RightName): Effect.Effect<Caller, AccessRefused> =>
          allows(caller, right) ? Effect.succeed(caller) : Effect.fail(
            new AccessRefused({ status: 403, message: `${caller.name} is in none of the groups that may do this` })
          )

        return Access.of({
          isOpen,
          identify,
          allows,
          permit,
          require: (request, right) => {
            if (right === "public" || (right === "read" && rules.openReads)) return Effect.succeed(anonymous)
            return right === "record"
              ? recorder(request)
              : Effect.flatMap(identify(request), (caller) => permit(caller, right))
          }
        })
      })
    )
}
