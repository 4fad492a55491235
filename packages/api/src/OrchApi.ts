/** All typed faces of the server in one description: the server implements it, the client is derived from it. */
import * as HttpApi from "effect/http-api/HttpApi"
import * as OpenApi from "effect/http-api/OpenApi"
import packageJson from "../package.json" with { type: "json" }
import { ActionsApi } from "./orch/ActionsApi.ts"
import { AdministrationApi } from "./orch/AdministrationApi.ts"
import { BusApi } from "./orch/BusApi.ts"
import { CampaignsApi } from "./orch/CampaignsApi.ts"
import { ComparisonApi } from "./orch/ComparisonApi.ts"
import { FarmApi } from "./orch/FarmApi.ts"
import { FeedApi } from "./orch/FeedApi.ts"
import { ForecastApi } from "./orch/ForecastApi.ts"
import { GatesApi } from "./orch/GatesApi.ts"
import { GateTargetsApi } from "./orch/GateTargetsApi.ts"
import { GraphApi } from "./orch/GraphApi.ts"
import { HistoryApi } from "./orch/HistoryApi.ts"
import { LogsApi } from "./orch/LogsApi.ts"
import { ModuleBuildsApi } from "./orch/ModuleBuildsApi.ts"
import { NoticesApi } from "./orch/NoticesApi.ts"
import { OperationsApi } from "./orch/OperationsApi.ts"
import { BuildNodesApi, PackageBuildsApi } from "./orch/PackageBuildsApi.ts"
import { PackageChecksApi } from "./orch/PackageChecksApi.ts"
import { PreviewApi } from "./orch/PreviewApi.ts"
import { ProductionApi } from "./orch/ProductionApi.ts"
import { OrchReleasesApi } from "./orch/ReleasesApi.ts"
import { SearchApi } from "./orch/SearchApi.ts"
import { TracesApi } from "./orch/TracesApi.ts"
import { RidaApi } from "./rida/RidaApi.ts"
import { RepositoriesApi } from "./shaman/RepositoriesApi.ts"
import { SystemApi } from "./system/SystemApi.ts"

/**
 * Every typed face, as one description from which server, client and `/openapi.json` are made. The faces of MBS and
 * shaman, whose wire is not ours, are plain routes and not part of it.
 */
export class OrchApi extends HttpApi.make("orch")
  .add(RidaApi)
  .add(ModuleBuildsApi)
  .add(PreviewApi)
  .add(FeedApi)
  .add(SearchApi)
  .add(ActionsApi)
  .add(AdministrationApi)
  .add(ComparisonApi)
  .add(LogsApi)
  .add(FarmApi)
  .add(ForecastApi)
  .add(OperationsApi)
  .add(RepositoriesApi)
  .add(PackageBuildsApi)
  .add(PackageChecksApi)
  .add(BuildNodesApi)
  .add(OrchReleasesApi)
  .add(CampaignsApi)
  .add(TracesApi)
  .add(ProductionApi)
  .add(GraphApi)
  .add(HistoryApi)
  .add(BusApi)
  .add(GatesApi)
  .add(GateTargetsApi)
  .add(NoticesApi)
  .add(SystemApi)
  .annotateMerge(OpenApi.annotations({
    title: "@orch",
    version: packageJson.version,
    description: "Orchestrates the builds of interdependent packages.",
    license: { name: "MIT" }
  }))
{}
