/**
 * Who calls: a build node by a token of its own, a person by a token of AlmaLinux's build system in either of its two forms, or whoever
 * the server's own authentication knows.
 */
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Jose from "jose"
import { createHash } from "node:crypto"
import { Access } from "../auth/Access.ts"
import { AuthSettings } from "../auth/AuthSettings.ts"
import type { Asking } from "../auth/Caller.ts"
import { BuilderPool } from "../builders/BuilderPool.ts"
import { People, type Person } from "../people/People.ts"
import * as Permission from "../people/Permission.ts"
import * as AlbsFailure from "./AlbsFailure.ts"
import { AlbsSettings } from "./AlbsSettings.ts"

/** What callers can be: each endpoint asks for one of these. */
export type Role = "user" | "packager" | "node" | "signer" | "tester" | "releaser" | "admin"

/** Who calls. */
export interface AlbsCaller {
  /** The name tasks are leased to, or the person's. */
  readonly name: string
  /** Absent for nodes with tokens of their own. */
  readonly person: Person | undefined
  readonly roles: ReadonlySet<Role>
}

/** Identification of callers. */
export interface Interface {
  /** Who calls, by what the request says of it. */
  readonly identify: (
    request: Asking
  ) => Effect.Effect<AlbsCaller, AlbsFailure.AlbsFailure | StoreUnavailable>
  /** Refuses who may not even read: nobody, unless the installation closes reads. */
  readonly requireReader: (request: Asking) => Effect.Effect<void, AlbsFailure.AlbsFailure | StoreUnavailable>
  /** Who calls, refused without the role. */
  readonly require: (
    request: Asking,
    role: Role
  ) => Effect.Effect<AlbsCaller, AlbsFailure.AlbsFailure | StoreUnavailable>
}

/** Callers of AlmaLinux's build system's interface. */
export class AlbsCallers extends Context.Service<AlbsCallers, Interface>()("@orch/server/albs/AlbsCallers") {}

/** How the token of a node is kept: its SHA-256 in hexadecimal digits. */
export const tokenHash = (token: string): string => createHash("sha256").update(token, "utf8").digest("hex")

const nobody: Asking = { headers: {}, remoteAddress: Option.none() }

const all: ReadonlySet<Role> = new Set(["user", "packager", "node", "signer", "tester", "releaser", "admin"])

/** What a person may be: what they were given here, whatever groups they are in elsewhere. */
const rolesOf = ({ roles: held }: Person, mayBuild: boolean): Set<Role> => {
  const roles = new Set<Role>(["user"])
  if (mayBuild || Permission.allowsSomewhere(held, "create_build")) roles.add("packager")
  for (const { kind, team } of held) {
    if (team === undefined && (kind === "packager" || kind === "node" || kind === "signer" || kind === "tester")) {
      roles.add(kind)
    }
  }
  return roles
}

/** The user's number in a token: `sub` today, `identity.user_id` before. */
const userOf = (payload: Jose.JWTPayload, now: number): number | undefined => {
  const { expires, identity } = payload as {
    readonly expires?: unknown
    readonly identity?: { readonly user_id?: unknown }
  }
  if (typeof expires === "number" && expires * 1000 < now) return undefined
  // Other tokens that the same secret signs are for other things.
  if (payload.aud !== undefined && ![payload.aud].flat().includes("fastapi-users:auth")) return undefined
  // A token that never ends is none of either form.
  if (typeof expires !== "number" && payload.exp === undefined) return undefined
  const id = Number(identity?.user_id ?? payload.sub)
  return Number.isSafeInteger(id) && id > 0 ? id : undefined
}

export const layer: Layer.Layer<
  AlbsCallers,
  never,
  Access | AlbsSettings | AuthSettings | BuilderPool | People
> = Layer
  .effect(
    AlbsCallers,
    Effect.gen(function*() {
      const config = yield* AuthSettings
      const { nodeGroups, nodeJwtSecret, signerGroups, testerGroups } = yield* AlbsSettings
      const access = yield* Access
      const pool = yield* BuilderPool
      const people = yield* People
      const secret = nodeJwtSecret === undefined
        ? undefined
        : new TextEncoder().encode(Redacted.value(nodeJwtSecret))

      const ofPerson = (person: Person): Effect.Effect<AlbsCaller, AlbsFailure.AlbsFailure> =>
        person.isActive && person.isVerified
          ? Effect.succeed({
            name: person.name,
            person,
            roles: person.isSuperuser ? all : rolesOf(
              person,
              config.allowedGroups.length === 0
                || config.allowedUsers.includes(person.name)
            )
          })
          : Effect.fail(AlbsFailure.forbidden("Forbidden"))

      const ofJwt = Effect.fnUntraced(function*(token: string, key: Uint8Array) {
        const now = yield* Clock.currentTimeMillis
        const verified = yield* Effect.tryPromise(() => Jose.jwtVerify(token, key, { algorithms: ["HS256"] })).pipe(
          Effect.orElseSucceed(() => undefined)
        )
        const id = verified === undefined ? undefined : userOf(verified.payload, now)
        const person = id === undefined ? undefined : yield* people.find({ id })
        return person === undefined ? undefined : yield* ofPerson(person)
      })

      const isIn = (groups: ReadonlySet<string>, wanted: ReadonlyArray<string>): boolean =>
        wanted.some((group) => groups.has(group))

      const ofServer = Effect.fnUntraced(function*(request: Asking) {
        const caller = yield* access.identify(request).pipe(
          Effect.mapError(({ message, status }) =>
            status === 401
              ? AlbsFailure.unauthorized("Unauthorized")
              : new AlbsFailure.AlbsFailure({ status, detail: message })
          )
        )
        const person = yield* people.ensure(caller.name)
        const known = yield* ofPerson(person)
        if (access.isOpen) return { ...known, roles: all }
        const { groups, name } = caller
        if (person.isSuperuser || isIn(groups, config.adminGroups)) return { ...known, roles: all }
        const mayBuild = config.allowedGroups.length === 0 || config.allowedUsers.includes(name)
          || isIn(groups, config.allowedGroups)
        const roles = rolesOf(person, mayBuild)
        if (isIn(groups, nodeGroups)) roles.add("node")
        if (isIn(groups, signerGroups)) roles.add("signer")
        if (isIn(groups, testerGroups)) roles.add("tester")
        if (isIn(groups, config.releaserGroups)) roles.add("releaser")
        return { ...known, roles }
      })

      /** A request is asked once who it is from, however many look at it. */
      const identified = new WeakMap<Asking, AlbsCaller>()

      const identify = (request: Asking) => {
        const before = identified.get(request)
        return before !== undefined
          ? Effect.succeed(before)
          : Effect.tap(look(request), (caller) => Effect.sync(() => identified.set(request, caller)))
      }

      const look = Effect.fn("AlbsCallers.identify")(function*(request: Asking) {
        const header = request.headers["authorization"]?.trim() ?? ""
        if (header === "") {
          // Nobody has to say who they are, or a proxy has said it.
          return yield* ofServer(request).pipe(
            Effect.catchTag(
              "AlbsFailure",
              (failure) => Effect.fail(failure.status === 401 ? AlbsFailure.forbidden("Not authenticated") : failure)
            )
          )
        }
        const token = /^Bearer\s+(\S+)$/i.exec(header)?.[1]
        if (token === undefined) return yield* AlbsFailure.forbidden("Invalid authentication credentials")
        if (secret !== undefined && token.split(".").length === 3) {
          const caller = yield* ofJwt(token, secret)
          if (caller !== undefined) return caller
        }
        const node = yield* pool.nodeOfToken(tokenHash(token))
        if (node !== undefined) return { name: node, person: undefined, roles: new Set<Role>(["node"]) }
        return yield* ofServer(request)
      })

      return AlbsCallers.of({
        identify,
        requireReader: (request) =>
          // Whether nobody in particular may read is asked first: tokens that only we know are no wrong guesses.
          access.require(nobody, "read").pipe(Effect.catch(() => identify(request)), Effect.asVoid),
        require: (request, role) =>
          Effect.flatMap(
            identify(request),
            (caller) =>
              caller.roles.has(role) ? Effect.succeed(caller) : Effect.fail(AlbsFailure.forbidden("Forbidden"))
          )
      })
    })
  )
