/** Builds on a Koji hub. What a module build delivers is its tag there. */
import { BuildrootNames, KojiBuildSystem, KojiConnection, KojiHub, KojiRepositoryHost } from "@orch/adapters-koji"
import { Publisher, repositoryName } from "@orch/core/engine/Publisher"
import type { ModuleBuild } from "@orch/core/modulebuild/ModuleBuild"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import { RepositoryHost, RepositoryHostError } from "@orch/core/ports/RepositoryHost"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Interface as Config } from "../ServerConfig.ts"
import * as KojiCleanup from "./KojiCleanup.ts"
import { ModuleLocations } from "./ModuleLocations.ts"

/** The profile cannot be used; `advice` says what to do. */
export class KojiProfileUnusable extends Schema.TaggedError<KojiProfileUnusable>()("KojiProfileUnusable", {
  profile: Schema.String,
  message: Schema.String,
  advice: Schema.String
}) {}

const connect = (config: Config) =>
  Result.mapError(
    KojiConnection.fromProfile(config.kojiProfile, {
      ...(config.kojiConfig.length === 0 ? {} : { files: config.kojiConfig }),
      ...(config.kojiUser === undefined ? {} : { user: config.kojiUser }),
      ...(config.kojiPassword === undefined ? {} : { password: Redacted.make(Redacted.value(config.kojiPassword)) }),
      negotiateProgram: config.kojiNegotiate
    }),
    ({ advice, message }) => new KojiProfileUnusable({ profile: config.kojiProfile, message, advice })
  )

/** The repository that the hub itself generates of the module's tag. */
const tagRepository = (topurl: string | undefined, build: ModuleBuild) =>
  build.buildroot === undefined
    ? Effect.fail(
      new RepositoryHostError({ reason: "gone", operation: "publish", message: "the build has no buildroot" })
    )
    : Effect.succeed({
      name: repositoryName(build),
      revision: 1,
      url: `${topurl ?? ""}/repos/${BuildrootNames.ofBuildroot(build.buildroot.id).tag}/latest/`,
      path: undefined
    })

/** Finished modules become content generator builds, where that is set up; scratch builds only stay in their tag. */
const publisher = (hub: KojiHub.KojiHub, config: Config, topurl: string | undefined) =>
  Layer.effect(
    Publisher,
    Effect.map(Publisher, (modules) => ({
      publish: (build) => build.plan.scratch ? tagRepository(topurl, build) : modules.publish(build)
    }))
  ).pipe(
    Layer.provide(Publisher.layer),
    Layer.provide(Layer.succeed(
      RepositoryHost,
      KojiRepositoryHost.make(hub, {
        contentGenerator: config.kojiContentGenerator,
        moduleTag: config.kojiModuleTag,
        topurl
      })
    ))
  )

export const layer = (config: Config) =>
  Layer.unwrap(Effect.gen(function*() {
    const { options, profile } = yield* Effect.fromResult(connect(config))
    const hub = yield* KojiHub.scoped(options)
    return Layer.mergeAll(
      Layer.effect(
        BuildSystem,
        KojiBuildSystem.make(hub, {
          platformTags: config.kojiPlatformTags,
          platforms: Object.keys(config.kojiPlatformTags),
          pollInterval: config.kojiPollInterval,
          topurl: profile.topurl,
          weburl: profile.weburl
        })
      ),
      publisher(hub, config, profile.topurl),
      KojiCleanup.layer(hub, {
        targetSeconds: config.kojiTargetKeepHours * 3600,
        tagSeconds: config.kojiTagKeepDays * 86_400,
        everySeconds: config.kojiCleanupInterval
      }),
      Layer.succeed(ModuleLocations, {
        of: ({ progress: { buildroot } }) =>
          buildroot === undefined ? undefined : BuildrootNames.ofBuildroot(buildroot.id).tag
      })
    )
  }))
