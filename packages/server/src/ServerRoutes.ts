/** What the server answers over HTTP: the faces behind their guard, and what stands around all of them. */
import { OrchApi } from "@orch/api"
import { campaignLife } from "@orch/core/campaign/CampaignLife"
import { moduleBuildLife } from "@orch/core/modulebuild/ModuleBuildLife"
import { packageBuildLife } from "@orch/core/packagebuild/PackageBuildLife"
import { signingLife } from "@orch/core/signing/SigningLife"
import { testRunLife } from "@orch/core/testrun/TestRunLife"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as Layer from "effect/Layer"
import * as Path from "node:path"
import * as ActionsHandlers from "./actions/face/ActionsHandlers.ts"
import * as AdministrationHandlers from "./administration/face/AdministrationHandlers.ts"
import * as AlbsRoutes from "./AlbsRoutes.ts"
import * as Announcements from "./announcing/Announcements.ts"
import * as BusAnnouncer from "./announcing/BusAnnouncer.ts"
import * as WebhookAnnouncer from "./announcing/WebhookAnnouncer.ts"
import * as ArtifactRoutes from "./artifacts/face/ArtifactRoutes.ts"
import * as NegotiateChallenge from "./auth/NegotiateChallenge.ts"
import * as BuildNodesHandlers from "./builders/face/BuildNodesHandlers.ts"
import * as CampaignsHandlers from "./campaigns/face/CampaignsHandlers.ts"
import * as TracesHandlers from "./campaigns/face/TracesHandlers.ts"
import * as FarmHandlers from "./farmqueue/face/FarmHandlers.ts"
import * as ForecastHandlers from "./forecasts/face/ForecastHandlers.ts"
import * as GatesHandlers from "./gating/face/GatesHandlers.ts"
import * as GateTargetsHandlers from "./gating/face/GateTargetsHandlers.ts"
import * as GatingFace from "./gating/face/GatingFace.ts"
import * as GraphHandlers from "./graph/face/GraphHandlers.ts"
import * as HistoryHandlers from "./history/face/HistoryHandlers.ts"
import * as Fallbacks from "./http/Fallbacks.ts"
import * as Faults from "./http/Faults.ts"
import * as FrontPage from "./http/FrontPage.ts"
import * as Guard from "./http/Guard.ts"
import * as Heartbeat from "./http/Heartbeat.ts"
import * as InvalidRequestsLayer from "./http/InvalidRequestsLayer.ts"
import * as Origins from "./http/Origins.ts"
import * as RequestLog from "./http/RequestLog.ts"
import * as StaticFiles from "./http/StaticFiles.ts"
import * as TryPage from "./http/TryPage.ts"
import * as BusHandlers from "./inbox/face/BusHandlers.ts"
import * as DirectoryRepositoryHost from "./localbuild/DirectoryRepositoryHost.ts"
import * as LogFiles from "./localbuild/LogFiles.ts"
import * as LogsHandlers from "./logs/face/LogsHandlers.ts"
import * as MbsFace from "./mbs/face/MbsFace.ts"
import * as ComparisonHandlers from "./modulebuilds/face/ComparisonHandlers.ts"
import * as FeedHandlers from "./modulebuilds/face/FeedHandlers.ts"
import * as ModuleBuildsHandlers from "./modulebuilds/face/ModuleBuildsHandlers.ts"
import * as PreviewHandlers from "./modulebuilds/face/PreviewHandlers.ts"
import * as RidaHandlers from "./modulebuilds/face/RidaHandlers.ts"
import { submissionBytes } from "./modulebuilds/submission/SubmissionSettings.ts"
import * as Metrics from "./operations/Metrics.ts"
import * as OperationsHandlers from "./operations/OperationsHandlers.ts"
import * as SystemHandlers from "./operations/SystemHandlers.ts"
import * as PackageBuildsHandlers from "./packagebuilds/face/PackageBuildsHandlers.ts"
import type * as PageList from "./pages/PageList.ts"
import * as PageRoutes from "./pages/PageRoutes.ts"
import * as PdcFace from "./pdc/face/PdcFace.ts"
import * as NoticesHandlers from "./people/face/NoticesHandlers.ts"
import * as ProductionHandlers from "./releases/face/ProductionHandlers.ts"
import * as ReleasesHandlers from "./releases/face/ReleasesHandlers.ts"
import * as RepositoriesHandlers from "./repositories/face/RepositoriesHandlers.ts"
import * as ShamanFace from "./repositories/face/ShamanFace.ts"
import * as SearchHandlers from "./search/face/SearchHandlers.ts"
import type { Interface as Config } from "./ServerConfig.ts"
import * as HookRoutes from "./sources/face/HookRoutes.ts"
import * as PackageChecksHandlers from "./testruns/face/PackageChecksHandlers.ts"

const api = HttpApiBuilder.layer(OrchApi, { openapiPath: "/openapi.json" }).pipe(
  Layer.provide([
    RidaHandlers.layer,
    ModuleBuildsHandlers.layer,
    FeedHandlers.layer,
    SearchHandlers.layer,
    ActionsHandlers.layer,
    AdministrationHandlers.layer,
    ComparisonHandlers.layer,
    PreviewHandlers.layer,
    LogsHandlers.layer,
    FarmHandlers.layer,
    ForecastHandlers.layer,
    OperationsHandlers.layer,
    PackageBuildsHandlers.layer,
    PackageChecksHandlers.layer,
    BuildNodesHandlers.layer,
    ReleasesHandlers.layer,
    CampaignsHandlers.layer,
    TracesHandlers.layer,
    ProductionHandlers.layer,
    RepositoriesHandlers.layer,
    GraphHandlers.layer,
    HistoryHandlers.layer,
    BusHandlers.layer,
    GatesHandlers.layer,
    GateTargetsHandlers.layer,
    NoticesHandlers.layer,
    SystemHandlers.layer
  ]),
  Layer.provide(InvalidRequestsLayer.layer)
)

/** Guarded: a route is served under the right it declares, and not at all where it declares none. */
const guardedRoutes = (
  dataDir: string,
  publicUrl: string | undefined,
  metrics: Metrics.Options,
  documentBytes: number,
  pages: PageList.Settings
) =>
  Layer.mergeAll(
    api,
    ShamanFace.layer,
    MbsFace.layer,
    AlbsRoutes.layer(publicUrl),
    ArtifactRoutes.layer,
    GatingFace.layer,
    PdcFace.layer,
    HookRoutes.layer,
    TryPage.layer,
    FrontPage.layer,
    PageRoutes.layer(pages),
    Metrics.layer(metrics),
    LogFiles.layer({ dataDir }),
    StaticFiles.layer({
      prefix: "/repositories",
      root: Path.join(dataDir, "repositories"),
      linked: [Path.join(dataDir, "repository-revisions")],
      former: (path) => DirectoryRepositoryHost.formerMetadata(dataDir, path)
    })
  ).pipe(Layer.provide(Guard.layer(documentBytes)))

/** What there is to measure. */
const measured = (config: Config): Metrics.Options => ({
  dataDir: Path.resolve(config.dataDir),
  queues: [moduleBuildLife, campaignLife, packageBuildLife, signingLife, testRunLife].map(({ name }) => name),
  listeners: Object.fromEntries([
    ...config.webhooks.map(({ id }) => [Announcements.cursor(WebhookAnnouncer.kind, id), id]),
    ...config.buses.map(({ id }) => [Announcements.cursor(BusAnnouncer.kind, id), id])
  ]),
  limits: { total: config.limitTotal, owner: config.limitPerOwner },
  connections: config.databaseUrl === undefined ? 1 : config.databaseConnections
})

/** Those around all routes stand from the outermost to the innermost: what one answers, the ones before it see. */
export const routes = (config: Config) =>
  Layer.mergeAll(
    guardedRoutes(Path.resolve(config.dataDir), config.publicUrl, measured(config), submissionBytes(config), config),
    Heartbeat.layer.pipe(
      Layer.provideMerge(NegotiateChallenge.layer),
      Layer.provideMerge(Fallbacks.layer),
      Layer.provideMerge(Faults.layer),
      Layer.provideMerge(Origins.layer(config)),
      Layer.provideMerge(RequestLog.layer)
    )
  )
