/** Builds on a Koji hub. What a module build delivers is its tag there. */
import { BuildrootNames, KojiBuildSystem, KojiConnection, KojiSettings } from "@orch/adapters-koji"
import { Publisher, repositoryName } from "@orch/core/engine/Publisher"
import { RepositoryHostError } from "@orch/core/ports/RepositoryHost"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Interface as Config } from "../ServerConfig.ts"
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
      ...(config.kojiPassword === undefined ? {} : { password: Redacted.make(Redacted.value(config.kojiPassword)) })
    }),
    ({ advice, message }) => new KojiProfileUnusable({ profile: config.kojiProfile, message, advice })
  )

/** The repository that the hub itself generates of the module's tag. */
const tagPublisher = (topurl: string | undefined) =>
  Layer.succeed(Publisher, {
    publish: (build) =>
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
  })

export const layer = (config: Config) =>
  Layer.unwrap(Effect.gen(function*() {
    const { options, profile } = yield* Effect.fromResult(connect(config))
    const settings: Partial<KojiSettings.KojiSettings> = {
      platformTags: config.kojiPlatformTags,
      platforms: Object.keys(config.kojiPlatformTags),
      topurl: profile.topurl,
      weburl: profile.weburl
    }
    return Layer.mergeAll(
      KojiBuildSystem.layer({ ...options, settings }),
      tagPublisher(profile.topurl),
      Layer.succeed(ModuleLocations, {
        of: ({ progress: { buildroot } }) =>
          buildroot === undefined ? undefined : BuildrootNames.ofBuildroot(buildroot.id).tag
      })
    )
  }))
