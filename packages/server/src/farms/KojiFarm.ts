/** Builds on Koji: on one hub, or on several, each with platforms of its own. What a module build delivers is its tag there. */
import { BuildOrigin, BuildrootNames } from "@orch/adapters-koji"
import { Publisher } from "@orch/core/engine/modulebuild/Publisher"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import * as BuildSystems from "@orch/core/ports/BuildSystems"
import { RepositoryHostError } from "@orch/core/ports/RepositoryHost"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { FarmOrigins } from "../gating/OwnOrigins.ts"
import * as KojiCleanup from "./KojiCleanup.ts"
import * as KojiHubMember from "./KojiHubMember.ts"
import * as KojiPlatforms from "./KojiPlatforms.ts"
import type { Values as KojiSettings } from "./KojiSettings.ts"
import { ModuleLocations } from "./ModuleLocations.ts"

/** What can be wrong with the settings. */
export type KojiUnusable = KojiHubMember.KojiProfileUnusable | KojiPlatforms.KojiPlatformsInvalid

type Combined = BuildSystems.Combined<KojiHubMember.KojiHubMember>

/** Published by the hub it was built on, which knows the buildroot by its own id. */
const publisher = ({ offering, ownerOf }: Combined) =>
  Layer.succeed(Publisher, {
    publish: (build) => {
      const owner = build.buildroot === undefined ? undefined : ownerOf(build.buildroot.id)
      const member = owner?.member ?? offering(build.plan.platform)
      if (member === undefined) {
        const message = `no Koji hub has the platform ${build.plan.platform} any more`
        return Effect.fail(new RepositoryHostError({ reason: "gone", operation: "publish", message }))
      }
      return member.publisher.publish(
        build.buildroot === undefined || owner === undefined
          ? build
          : { ...build, buildroot: { ...build.buildroot, id: owner.id } }
      )
    }
  })

const locations = ({ ownerOf }: Combined) =>
  Layer.succeed(ModuleLocations, {
    of: ({ progress: { buildroot } }) =>
      buildroot === undefined ? undefined : BuildrootNames.ofBuildroot(ownerOf(buildroot.id).id).tag
  })

/** Where builds are from that the hubs have: the first one that knows it. A hub that is away knows none, which lets nothing through. */
const origins = ({ members }: Combined) =>
  Layer.succeed(FarmOrigins, {
    name: String(members[0]?.hub.server ?? "koji"),
    find: (nvr) =>
      Effect.map(
        Effect.forEach(members, ({ hub }) =>
          BuildOrigin.find(hub, nvr).pipe(
            Effect.catch((error) =>
              Effect.as(Effect.logWarning("A hub does not say where a build is from", error), undefined)
            )
          )),
        (found) => found.find((one) => one !== undefined)
      )
  })

/** `dataDir` is where the server keeps what it may forget. */
export const layer = (config: KojiSettings & { readonly dataDir: string }) =>
  Layer.unwrap(Effect.gen(function*() {
    const [first, ...others] = yield* Effect.fromResult(
      KojiPlatforms.byProfile(config.kojiProfiles, config.kojiPlatformTags)
    )
    const make = ({ platformTags, profile }: KojiPlatforms.HubPlatforms) =>
      KojiHubMember.make(config, profile, platformTags)
    const [one, more] = yield* Effect.all(
      [make(first), Effect.forEach(others, make, { concurrency: "unbounded" })],
      { concurrency: 2 }
    )
    const combined = BuildSystems.combine([one, ...more])
    return Layer.mergeAll(
      Layer.succeed(BuildSystem, combined.system),
      publisher(combined),
      locations(combined),
      origins(combined),
      ...combined.members.map(({ hub }) =>
        KojiCleanup.layer(hub, {
          targetSeconds: config.kojiTargetKeepHours * 3600,
          tagSeconds: config.kojiTagKeepDays * 86_400,
          everySeconds: config.kojiCleanupInterval
        })
      )
    )
  }))
