/**
 * What a hub can do and what we may do there, asked once: version, builders' architectures, own permissions.
 *
 * Permissions are hub-wide names, and `admin` has them all. Missing ones are found here, before anything is attempted, since
 * a hub says only that something is not allowed, and a policy says it in a failed task minutes later.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { element, elementOr, User } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiError } from "./KojiError.ts"
import type { KojiHub } from "./KojiHub.ts"

/** What a hub said of itself and of us. */
export interface HubCapabilities {
  /** Such as `[1, 35, 3]`. */
  readonly version: readonly [number, number, number]
  /** `undefined` when not logged in. */
  readonly user: { readonly id: number; readonly name: string } | undefined
  readonly permissions: ReadonlySet<string>
  /** Architectures of enabled builders, sorted; empty when the hub does not say. */
  readonly arches: ReadonlyArray<string>
  /** Packages that enabled builders can build at the same time, each for every architecture; absent when the hub does not say. */
  readonly slots?: number
  /** Architectures of the tags asked about that have any, inheritance included, sorted. */
  readonly tagArches: ReadonlyMap<string, ReadonlyArray<string>>
}

/** The oldest hub we are made for. */
export const oldest: readonly [number, number, number] = [1, 30, 0]

/** `1.35.3` and `1.35.3.dev1` alike; unreadable parts are 0. */
export const parseVersion = (text: string): readonly [number, number, number] => {
  const [major = 0, minor = 0, patch = 0] = text.split(".").slice(0, 3).map((part) => Number.parseInt(part, 10) || 0)
  return [major, minor, patch]
}

/** Whether the hub is of this version or a later one. */
export const isAtLeast = (
  { version }: Pick<HubCapabilities, "version">,
  major: number,
  minor: number
): boolean => version[0] > major || (version[0] === major && version[1] >= minor)

/** Repositories on request, `tagLastChangeEvent`, repositories by event. */
export const hasRepositoryRequests = (self: Pick<HubCapabilities, "version">): boolean => isAtLeast(self, 1, 35)

/** Whether our user has the permission; `admin` has every one. */
export const may = ({ permissions }: Pick<HubCapabilities, "permissions">, permission: string): boolean =>
  permissions.has(permission) || permissions.has("admin")

/** Permissions without which module builds cannot be made, that are not there. */
export const missingPermissions = (self: Pick<HubCapabilities, "permissions">): ReadonlyArray<string> =>
  ["tag", "target"].filter((permission) => !may(self, permission))

const WithArches = Schema.Struct({ arches: Schema.NullOr(Schema.String) })

const Machine = Schema.Struct({
  arches: Schema.NullOr(Schema.String),
  capacity: Schema.optionalKey(Schema.NullOr(Schema.Number))
})

/** What a package takes of a builder's capacity: 1.5 for an architecture, and 0.2 for the task around it. */
const weight = 1.7

/** As many packages as the one of these architectures allows that has least; a builder of several shares its capacity out among them. */
const slotsOf = (machines: ReadonlyArray<typeof Machine.Type>, wanted: ReadonlySet<string>): number | undefined => {
  const capacities = new Map<string, number>()
  for (const { arches, capacity } of machines) {
    if (capacity === undefined || capacity === null) return undefined
    const own = (arches ?? "").split(/\s+/).filter((arch) => arch !== "" && arch !== "noarch")
    for (const arch of own) capacities.set(arch, (capacities.get(arch) ?? 0) + capacity / own.length)
  }
  const some = [...capacities].filter(([arch]) => wanted.size === 0 || wanted.has(arch)).map(([, capacity]) => capacity)
  return some.length === 0 ? undefined : Math.max(1, Math.floor(Math.min(...some) / weight))
}

const words = (rows: ReadonlyArray<typeof WithArches.Type>): ReadonlyArray<string> =>
  [...new Set(rows.flatMap(({ arches }) => (arches ?? "").split(/\s+/)).filter((arch) => arch !== ""))].sort()

/** `tags` are those whose architectures count: builders of a hub know more than any one platform is made for. */
export const discover = (
  hub: KojiHub,
  tags: ReadonlyArray<string> = []
): Effect.Effect<HubCapabilities, KojiError> =>
  Effect.gen(function*() {
    const calls = [
      KojiCall.make("getKojiVersion"),
      KojiCall.make("getLoggedInUser"),
      KojiCall.make("listHosts", [], { enabled: true }),
      KojiCall.make("getPerms"),
      ...tags.map((tag) => KojiCall.make("getBuildConfig", [tag]))
    ]
    const [version, user, hosts, permissions, ...configurations] = yield* hub.readAsUser(calls)
    // Hubs before 1.23 cannot say their version.
    const text = version !== undefined && Result.isSuccess(version) ? String(version.success) : "1.22.0"
    const machines = yield* elementOr(Schema.Array(Machine), "listHosts", hosts, [])
    const tagArches = new Map<string, ReadonlyArray<string>>()
    for (const [index, answer] of configurations.entries()) {
      const configuration = yield* elementOr(Schema.NullOr(WithArches), "getBuildConfig", answer, null)
      const arches = configuration === null ? [] : words([configuration])
      if (arches.length > 0) tagArches.set(tags[index]!, arches)
    }
    const slots = slotsOf(machines, new Set([...tagArches.values()].flat()))
    return {
      version: parseVersion(hub.announcedVersion() ?? text),
      user: (yield* element(Schema.NullOr(User), "getLoggedInUser", user)) ?? undefined,
      // Anonymous callers have none.
      permissions: new Set(yield* elementOr(Schema.Array(Schema.String), "getPerms", permissions, [])),
      arches: words(machines),
      ...(slots === undefined ? {} : { slots }),
      tagArches
    }
  })
