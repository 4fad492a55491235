/** Puts the server together: which implementation stands behind each port, and which faces are served. */
import * as Retention from "@orch/core/engine/modulebuild/FailedBuildRetention"
import * as FarmOutages from "@orch/core/engine/modulebuild/FarmOutages"
import { ModuleBuildCommands } from "@orch/core/engine/modulebuild/ModuleBuildCommands"
import { ModuleBuildEngine } from "@orch/core/engine/modulebuild/ModuleBuildEngine"
import { moduleBuildSubmitter } from "@orch/core/engine/modulebuild/ModuleBuildSubmitter"
import * as ModuleBuildWatches from "@orch/core/engine/modulebuild/ModuleBuildWatches"
import { ResolutionRules } from "@orch/core/engine/modulebuild/ResolutionRules"
import * as SlotScheduler from "@orch/core/engine/SlotScheduler"
import { slotNews, SubmissionLimits } from "@orch/core/engine/SubmissionLimits"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import { metered } from "@orch/core/ports/decorators/MeteredBuildSystem"
import { traced } from "@orch/core/ports/decorators/TracedBuildSystem"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Path from "node:path"
import * as Administration from "./administration/Administration.ts"
import { ShownSettings } from "./administration/ShownSettings.ts"
import * as AlbsCallers from "./albs/AlbsCallers.ts"
import { AlbsSettings } from "./albs/AlbsSettings.ts"
import * as BuildNeighboursLayer from "./albs/face/BuildNeighboursLayer.ts"
import * as Announcements from "./announcing/Announcements.ts"
import * as BusAnnouncer from "./announcing/BusAnnouncer.ts"
import * as ToldListeners from "./announcing/ToldListeners.ts"
import * as WebhookAnnouncer from "./announcing/WebhookAnnouncer.ts"
import * as ArtifactStore from "./artifacts/ArtifactStore.ts"
import { Access } from "./auth/Access.ts"
import { Authentication } from "./auth/Authentication.ts"
import { AuthSettings } from "./auth/AuthSettings.ts"
import * as Negotiation from "./auth/Negotiation.ts"
import * as BuilderPool from "./builders/BuilderPool.ts"
import * as PoolOptions from "./builders/PoolOptions.ts"
import * as CampaignsLayer from "./campaigns/CampaignsLayer.ts"
import * as RebuildSlots from "./campaigns/RebuildSlots.ts"
import * as Database from "./database/Database.ts"
import * as PgCommandQueue from "./database/PgCommandQueue.ts"
import * as PgFarmWork from "./database/PgFarmWork.ts"
import * as PgOutbox from "./database/PgOutbox.ts"
import * as Pruning from "./database/Pruning.ts"
import * as EventTables from "./EventTables.ts"
import * as FarmQueueLayer from "./farmqueue/FarmQueueLayer.ts"
import * as FarmChoice from "./farms/FarmChoice.ts"
import * as HubMessages from "./farms/HubMessages.ts"
import * as PoolFarm from "./farms/PoolFarm.ts"
import * as PulpHost from "./farms/PulpHost.ts"
import * as GatingLayer from "./gating/GatingLayer.ts"
import * as OwnOrigins from "./gating/OwnOrigins.ts"
import * as GraphLayer from "./graph/GraphLayer.ts"
import * as HistoryLayer from "./history/HistoryLayer.ts"
import { Draining } from "./http/Draining.ts"
import * as Listener from "./http/Listener.ts"
import { PublicUrl } from "./http/PublicAddress.ts"
import * as BrokerMessages from "./inbox/handlers/BrokerMessages.ts"
import * as InboxLayer from "./inbox/InboxLayer.ts"
import * as DirectoryRepositoryHost from "./localbuild/DirectoryRepositoryHost.ts"
import * as LoginLayer from "./login/LoginLayer.ts"
import * as LogsLayer from "./logs/LogsLayer.ts"
import { MbsBuilds } from "./mbs/MbsBuilds.ts"
import { MbsImport } from "./mbs/MbsImport.ts"
import * as MbsRecording from "./mbs/MbsRecording.ts"
import { MbsSettings } from "./mbs/MbsSettings.ts"
import * as MbsMessages from "./mbsfarm/MbsMessages.ts"
import * as Migrations from "./Migrations.ts"
import * as EngineSettings from "./modulebuilds/EngineSettings.ts"
import * as ExpectedTimes from "./modulebuilds/ExpectedTimes.ts"
import * as ModuleBuildFeed from "./modulebuilds/ModuleBuildFeed.ts"
import * as ModuleBuildsLayer from "./modulebuilds/ModuleBuildsLayer.ts"
import { ComponentInput } from "./modulebuilds/submission/ComponentInput.ts"
import { Expansion } from "./modulebuilds/submission/Expansion.ts"
import { KnownBuilds } from "./modulebuilds/submission/KnownBuilds.ts"
import { Modules } from "./modulebuilds/submission/Modules.ts"
import { Plans } from "./modulebuilds/submission/Plans.ts"
import { DefaultModules } from "./modulebuilds/submission/PlatformDefaults.ts"
import { ProductPages } from "./modulebuilds/submission/ProductPages.ts"
import * as StreamSettings from "./modulebuilds/submission/StreamSettings.ts"
import { Submission } from "./modulebuilds/submission/Submission.ts"
import { SubmissionSettings } from "./modulebuilds/submission/SubmissionSettings.ts"
import { Readiness } from "./operations/Readiness.ts"
import { OutgoingAllowed } from "./outgoing/OutgoingAllowed.ts"
import * as PackageBuildsLayer from "./packagebuilds/PackageBuildsLayer.ts"
import * as PdcRecords from "./pdc/PdcRecords.ts"
import * as PeopleLayer from "./people/PeopleLayer.ts"
import * as PlatformsLayer from "./platforms/PlatformsLayer.ts"
import * as ProductsLayer from "./products/ProductsLayer.ts"
import * as ReleasesLayer from "./releases/ReleasesLayer.ts"
import * as RepositoriesLayer from "./repositories/RepositoriesLayer.ts"
import { writer } from "./repositories/WriteAccess.ts"
import * as GitSourceControl from "./scm/GitSourceControl.ts"
import { ScmSettings } from "./scm/ScmSettings.ts"
import * as Search from "./search/Search.ts"
import type { Interface as Config } from "./ServerConfig.ts"
import { routes } from "./ServerRoutes.ts"
import * as SessionsLayer from "./sessions/SessionsLayer.ts"
import * as SigningLayer from "./signing/SigningLayer.ts"
import * as SourcesLayer from "./sources/SourcesLayer.ts"
import * as TestRunsLayer from "./testruns/TestRunsLayer.ts"
import * as TracesLayer from "./traces/TracesLayer.ts"

/** Build nodes, what they build for, and what they bring. */
const builders = (config: Config) =>
  Layer.mergeAll(
    BuilderPool.layer(PoolOptions.of(config)),
    PeopleLayer.layer,
    PlatformsLayer.layer,
    DirectoryRepositoryHost.layer({ dataDir: config.dataDir }),
    ArtifactStore.layer({ dataDir: config.dataDir, maxBytes: config.artifactMegabytes * 1024 * 1024 })
  )

const ports = (config: Config, own: FarmChoice.Own) => {
  const dataDir = Path.resolve(config.dataDir)
  const lease = Duration.seconds(config.lease)
  const database = Database.layer(
    config.databaseUrl === undefined
      ? { _tag: "Embedded", directory: Path.join(dataDir, "database") }
      : { _tag: "Server", url: config.databaseUrl, connections: config.databaseConnections },
    Migrations.layer
  )
  const sources = GitSourceControl.layer({
    dataDir,
    allow: config.scmAllow,
    keepDays: config.scmKeepDays,
    keepBytes: config.scmKeepSize * 1024 ** 3
  })
  const farm = Layer.effect(BuildSystem, Effect.map(BuildSystem, (system) => metered(traced(system)))).pipe(
    Layer.provideMerge(Layer.merge(FarmChoice.layer(config, own), PoolFarm.worker(config))),
    Layer.provideMerge(Layer.merge(sources, builders(config)))
  )
  return Layer.mergeAll(
    ModuleBuildFeed.layer.pipe(Layer.provideMerge(ExpectedTimes.layer({
      limits: EngineSettings.limits(config),
      slots: config.buildSystem === "local" ? config.jobs : undefined
    }))),
    ModuleBuildsLayer.layer([MbsRecording.projection(StreamSettings.resolution(config))]),
    PgFarmWork.layer([ModuleBuildsLayer.farmSource]),
    PgOutbox.layer,
    Pruning.layer({ ...config, events: EventTables.all }),
    MbsRecording.whenEnded,
    slotNews,
    RebuildSlots.layer(config).pipe(Layer.provideMerge(farm))
  ).pipe(
    Layer.provideMerge(
      PgCommandQueue.layer({ pollInterval: "500 millis", lease, exclusive: config.databaseUrl === undefined })
    ),
    Layer.provideMerge(database)
  )
}

const engine = (config: Config) =>
  Layer.mergeAll(
    ModuleBuildCommands.workers({ concurrency: config.commandWorkers }),
    ModuleBuildWatches.layer({ interval: config.reconcileInterval }),
    FarmOutages.layer({ interval: 2000 }),
    Layer.effectDiscard(
      Effect.flatMap(moduleBuildSubmitter, (submitter) => SlotScheduler.schedule([submitter], { interval: 500 }))
    ),
    Retention.layer({ failedDays: config.failedKeepDays, interval: 3_600_000 }),
    Announcements.layer().pipe(Layer.provide(WebhookAnnouncer.layer({ listeners: config.webhooks })))
  ).pipe(
    Layer.provideMerge(ModuleBuildCommands.layer.pipe(Layer.provide(TracesLayer.traces))),
    Layer.provideMerge(TracesLayer.layer(config)),
    Layer.provideMerge(ModuleBuildEngine.layer),
    Layer.provide(Layer.merge(Layer.succeed(SubmissionLimits, EngineSettings.limits(config)), GatingLayer.gate(config)))
  )

/** Message brokers that are told. One that is away is tried so often that `/health` says so all the time. */
const buses = (config: Config) =>
  Layer.unwrap(Effect.map(MbsBuilds, (builds) =>
    Announcements.layer({ longestPause: "20 seconds", shown: true }).pipe(
      Layer.provide(BusAnnouncer.layer({
        listeners: config.buses,
        established: {
          module: (id) => Effect.map(builds.modules([id], "plain", 2), ([body]) => body),
          component: builds.componentNamed
        }
      }))
    )))

/** What comes in over message brokers; several of these may be about one message, and the first one that knows its topic gets it. */
const inbox = (config: Config) =>
  InboxLayer.layer(
    config,
    Effect.map(
      // What a farm says of its module builds comes before what other installations say of theirs.
      Effect.all([MbsMessages.handler, BrokerMessages.handlers(config), HubMessages.handler]),
      ([modules, handlers, hubs]) => [modules, ...handlers, hubs]
    )
  ).pipe(Layer.provideMerge(ToldListeners.layer(config)))

/** Package builds, and what is around them. */
const packageBuilds = (config: Config) =>
  BuildNeighboursLayer.layer.pipe(
    Layer.provideMerge(
      ReleasesLayer.layer({
        concurrency: config.commandWorkers,
        referenceData: config.referenceData,
        outgoingAllow: config.outgoingAllow
      })
    ),
    Layer.provideMerge(
      Layer.mergeAll(
        SigningLayer.layer({ concurrency: 2 }),
        TestRunsLayer.workers({ concurrency: 2 }),
        ProductsLayer.layer
      )
    ),
    Layer.provideMerge(PackageBuildsLayer.layer({ concurrency: config.commandWorkers })),
    Layer.provideMerge(TestRunsLayer.store),
    Layer.provideMerge(PulpHost.production(config))
  )

const announceAddress = Layer.effectDiscard(
  Effect.gen(function*() {
    const { address } = yield* HttpServer.HttpServer
    const url = HttpServer.formatAddress(address)
    yield* Effect.logInfo("Listening").pipe(Effect.annotateLogs({ url }))
  })
)

/** Built last, so that its finalizer runs first: new work is refused while what is under way comes to its end. */
const drainFirst = ({ drain }: Config) =>
  Layer.effectDiscard(
    Effect.flatMap(
      Draining,
      ({ begin, end }) =>
        Effect.addFinalizer(() => begin.pipe(Effect.andThen(Effect.sleep(drain * 1000)), Effect.andThen(end)))
    )
  )

/** Who is asking, and what they may do. */
export const access = (config: Config) =>
  Access.layer({ ...config, recorder: (authorization) => writer(RepositoriesLayer.settings(config), authorization) })
    .pipe(
      Layer.provideMerge(Authentication.layer),
      Layer.provideMerge(Negotiation.layer)
    )

/** Submission with everything that is its alone. */
export const submission = Submission.layer.pipe(
  Layer.provide([Expansion.layer, Plans.layer, KnownBuilds.layer]),
  Layer.provide([DefaultModules.layer, ComponentInput.layer]),
  Layer.provide([Modules.layer, ProductPages.layer])
)

/** To each slice its own part of the configuration. */
export const settings = (config: Config) =>
  Layer.mergeAll(
    Layer.succeed(AuthSettings, config),
    Layer.succeed(AlbsSettings, config),
    Layer.succeed(ScmSettings, config),
    Layer.succeed(ResolutionRules, StreamSettings.resolution(config)),
    Layer.succeed(StreamSettings.StreamSettings, config),
    Layer.succeed(SubmissionSettings, config),
    Layer.succeed(MbsSettings, config),
    Layer.succeed(PublicUrl, config.publicUrl),
    Layer.succeed(OutgoingAllowed, config.outgoingAllow),
    Layer.succeed(ShownSettings, config.shown)
  )

/** The whole server; `own` is what a program hands in instead of what the settings name. */
export const layer = (config: Config, own: FarmChoice.Own = {}) =>
  Layer.mergeAll(announceAddress, drainFirst(config)).pipe(
    Layer.provideMerge(
      HttpRouter.serve(routes(config), {
        disableLogger: true,
        disableListenLog: true,
        // Paths of repositories name ref, commit and file; the router's default of 100 would make them unknown.
        routerConfig: { maxParamLength: 4096 }
      })
    ),
    Layer.provideMerge(inbox(config)),
    Layer.provideMerge(Layer.merge(SourcesLayer.layer(config), buses(config))),
    Layer.provideMerge(CampaignsLayer.layer(config)),
    Layer.provideMerge(
      Layer.merge(
        HistoryLayer.layer(config),
        GraphLayer.layer(config).pipe(Layer.provideMerge(PdcRecords.layer))
      )
    ),
    Layer.provideMerge(Layer.merge(SessionsLayer.layer(config), Administration.layer)),
    Layer.provideMerge(Layer.merge(AlbsCallers.layer, LoginLayer.layer(config))),
    Layer.provideMerge(Layer.mergeAll(
      submission,
      MbsBuilds.layer,
      MbsImport.layer,
      LogsLayer.layer(Path.resolve(config.dataDir)),
      Search.layer,
      FarmQueueLayer.layer(EngineSettings.limits(config), [ModuleBuildsLayer.farmSource]),
      Readiness.layer(Path.resolve(config.dataDir)),
      Draining.layer,
      Listener.layer(config)
    )),
    Layer.provideMerge(RepositoriesLayer.layer(config)),
    Layer.provideMerge(packageBuilds(config)),
    Layer.provideMerge(engine(config)),
    Layer.provideMerge(GatingLayer.work(config)),
    Layer.provideMerge(
      GatingLayer.layer.pipe(Layer.provideMerge(access(config)), Layer.provide(OwnOrigins.layer))
    ),
    Layer.provideMerge(ports(config, own)),
    Layer.provideMerge(HubMessages.layer),
    Layer.provideMerge(config.buildSystem === "mbs" ? MbsMessages.layer : Layer.empty),
    Layer.provide(GatingLayer.config(config)),
    Layer.provide(settings(config))
  )
