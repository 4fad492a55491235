/**
 * Packages that the platform's tag has beside a buildrequired module's: the macros package conflicts with them, so that
 * components are built with the module's, older as they may be.
 *
 * The platform is asked by the source packages of the modules. All of a distribution's packages in one answer, which the
 * Module Build Service asks for, would be larger than an answer may be. External repositories of tags are not read.
 */
import * as RpmCollisions from "@orch/core/resolution/RpmCollisions"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { elementOr, Rpm } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiError } from "./KojiError.ts"
import type { KojiHub } from "./KojiHub.ts"

const Listing = Schema.Tuple([Schema.Array(Rpm), Schema.Array(Schema.Struct({ name: Schema.String }))])

const nothing = [[], []] as const

const list = (tag: string, options: { readonly package?: string } = {}) =>
  KojiCall.make("listTaggedRPMS", [tag], { ...options, latest: true, inherit: true })

const listed = (
  hub: KojiHub,
  calls: ReadonlyArray<KojiCall.KojiCall>
): Effect.Effect<ReadonlyArray<typeof Listing.Type>, KojiError> =>
  Effect.flatMap(
    hub.readAll(calls),
    (answers) => Effect.forEach(answers, (answer) => elementOr(Listing, "listTaggedRPMS", answer, nothing))
  )

const binaries = (listings: ReadonlyArray<typeof Listing.Type>) =>
  listings.flatMap(([rpms]) =>
    rpms.filter(({ arch }) => arch !== "src" && arch !== "nosrc").map((rpm) => ({ ...rpm, epoch: rpm.epoch ?? 0 }))
  )

/** What the platform's tags have of the modules' packages, other than the modules themselves do; undefined where one has no tags. */
export const find = Effect.fn("PlatformCollisions.find")(function*(
  hub: KojiHub,
  platformTags: ReadonlyArray<string>,
  moduleTags: ReadonlyArray<string>
) {
  if (platformTags.length === 0 || moduleTags.length === 0) return undefined
  const modules = yield* listed(hub, moduleTags.map((tag) => list(tag)))
  const packages = [...new Set(modules.flatMap(([, builds]) => builds.map(({ name }) => name)))].sort()
  if (packages.length === 0) return []
  const platform = yield* listed(
    hub,
    platformTags.flatMap((tag) => packages.map((name) => list(tag, { package: name })))
  )
  return RpmCollisions.find(binaries(platform), binaries(modules))
})
