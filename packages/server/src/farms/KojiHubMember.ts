/** One Koji hub of the server's: what is built there, how finished modules are published, and where their packages are. */
import { BuildrootNames, KojiBuildSystem, KojiConnection, KojiHub, KojiRepositoryHost } from "@orch/adapters-koji"
import * as Publisher from "@orch/core/engine/modulebuild/Publisher"
import type { ModuleBuild } from "@orch/core/modulebuild/ModuleBuild"
import type { Member } from "@orch/core/ports/BuildSystems"
import { RepositoryHost, RepositoryHostError } from "@orch/core/ports/RepositoryHost"
import { SourceControl } from "@orch/core/ports/SourceControl"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Path from "node:path"
import { HubMessages } from "./HubMessages.ts"
import * as KojiMemory from "./KojiMemory.ts"
import type { Values as KojiSettings } from "./KojiSettings.ts"
import * as SubmittedModulemd from "./SubmittedModulemd.ts"

/** The profile cannot be used; `advice` says what to do. */
export class KojiProfileUnusable extends Schema.TaggedError<KojiProfileUnusable>()("KojiProfileUnusable", {
  profile: Schema.String,
  message: Schema.String,
  advice: Schema.String
}) {}

/** What the operator calls the settings that are compared with the hub. */
const settingNames = {
  platformTags: "ORCH_KOJI_PLATFORM_TAGS",
  channel: "ORCH_KOJI_CHANNEL",
  contentGenerator: "ORCH_KOJI_CONTENT_GENERATOR",
  moduleTags: "ORCH_KOJI_MODULE_TAG"
}

export interface KojiHubMember extends Member {
  readonly hub: KojiHub.KojiHub
  readonly publisher: Publisher.Interface
}

const connect = (config: KojiSettings, name: string) =>
  Result.mapError(
    KojiConnection.fromProfile(name, {
      ...(config.kojiConfig.length === 0 ? {} : { files: config.kojiConfig }),
      ...(config.kojiUser === undefined ? {} : { user: config.kojiUser }),
      ...(config.kojiPassword === undefined ? {} : { password: Redacted.make(Redacted.value(config.kojiPassword)) }),
      negotiateProgram: config.kojiNegotiate
    }),
    ({ advice, message }) => new KojiProfileUnusable({ profile: name, message, advice })
  )

/** The repository that the hub itself generates of the module's tag. */
const tagRepository = (topurl: string | undefined, build: ModuleBuild) =>
  build.buildroot === undefined
    ? Effect.fail(
      new RepositoryHostError({ reason: "gone", operation: "publish", message: "the build has no buildroot" })
    )
    : Effect.succeed({
      name: Publisher.repositoryName(build),
      revision: 1,
      url: `${topurl ?? ""}/repos/${BuildrootNames.ofBuildroot(build.buildroot.id).tag}/latest/`,
      path: undefined
    })

/** Finished modules become content generator builds, where that is set up; scratch builds only stay in their tag. */
const publisherOf = Effect.fnUntraced(
  function*(hub: KojiHub.KojiHub, config: KojiSettings, topurl: string | undefined) {
    const host = KojiRepositoryHost.make(hub, {
      contentGenerator: config.kojiContentGenerator,
      moduleTags: config.kojiModuleTags,
      develModules: config.kojiDevelModules,
      topurl
    })
    const documented = Layer.succeed(RepositoryHost, SubmittedModulemd.host(host, yield* SourceControl))
    const context = yield* Layer.build(Publisher.Publisher.layer.pipe(Layer.provide(documented)))
    return {
      publish: (build) =>
        build.plan.scratch
          ? tagRepository(topurl, build)
          : Context.get(context, Publisher.Publisher).publish(build)
    } satisfies Publisher.Interface
  }
)

/** Fails for a profile that cannot be used, never because the hub is away; `platformTags` are this hub's tags by platform stream. */
export const make = Effect.fnUntraced(function*(
  config: KojiSettings & { readonly dataDir: string },
  name: string,
  platformTags: Readonly<Record<string, string>>
) {
  const { options, profile } = yield* Effect.fromResult(connect(config, name))
  const hub = yield* KojiHub.scoped(options)
  yield* Effect.logInfo("Logging in at the Koji hub").pipe(Effect.annotateLogs({ profile: name, hub: hub.server }))
  // A hub that is away when the server starts is waited for as one that goes away later, and keeps nobody from being served.
  const system = yield* KojiBuildSystem.make(hub, {
    platformTags,
    platforms: Object.keys(platformTags),
    pollInterval: config.kojiPollInterval,
    topurl: profile.topurl,
    weburl: profile.weburl,
    publishing: { contentGenerator: config.kojiContentGenerator, moduleTags: config.kojiModuleTags },
    messages: (yield* HubMessages).stream,
    memory: KojiMemory.make(Path.resolve(config.dataDir), name),
    names: settingNames
  })
  yield* KojiBuildSystem.watched(system)
  const publisher = yield* publisherOf(hub, config, profile.topurl)
  return { name, hub, system, publisher } satisfies KojiHubMember
})
