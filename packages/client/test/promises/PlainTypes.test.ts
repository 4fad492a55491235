/** The plain types of the Promise client are those of the API: this file does not type-check where they differ. */
import { assert, it } from "@effect/vitest"
import type * as SignWire from "@orch/api/albs/SignWire"
import type * as TestWire from "@orch/api/albs/TestWire"
import type * as Actions from "@orch/api/orch/ActionsApi"
import type * as Bus from "@orch/api/orch/BusApi"
import type * as Campaigns from "@orch/api/orch/CampaignsApi"
import type * as Comparisons from "@orch/api/orch/ComparisonApi"
import type * as Farm from "@orch/api/orch/FarmApi"
import type * as Feed from "@orch/api/orch/FeedApi"
import type * as Forecasts from "@orch/api/orch/ForecastApi"
import type * as Gates from "@orch/api/orch/GatesApi"
import type * as GateTargets from "@orch/api/orch/GateTargetsApi"
import type * as Graph from "@orch/api/orch/GraphApi"
import type * as History from "@orch/api/orch/HistoryApi"
import type * as Logs from "@orch/api/orch/LogsApi"
import type * as Modules from "@orch/api/orch/ModuleBuildsApi"
import type * as Operations from "@orch/api/orch/OperationsApi"
import type * as Packages from "@orch/api/orch/PackageBuildsApi"
import type * as Releases from "@orch/api/orch/ReleasesApi"
import type * as Search from "@orch/api/orch/SearchApi"
import type * as Records from "@orch/api/shaman/RepositoriesApi"
import type { OrchPromiseClient } from "@orch/client"
import type { Difference } from "@orch/core/resolution/InputDiff"

/** Which of two types is not assignable to the other; `[]` where they are the same to whoever uses them. */
type Apart<A, B> = [A] extends [B] ? [B] extends [A] ? [] : ["the plain type lacks something"] : ["it has too much"]

it("are the same to whoever uses them", () => {
  const apart: [
    Apart<OrchPromiseClient.ModuleBuildSummary, Modules.ModuleBuildSummary>,
    Apart<OrchPromiseClient.ModuleBuildDetail, Modules.ModuleBuildDetail>,
    Apart<Required<OrchPromiseClient.ModuleBuildDetail>, Required<Modules.ModuleBuildDetail>>,
    Apart<OrchPromiseClient.ModuleBuildExplanation, Modules.ModuleBuildExplanation>,
    Apart<
      Required<OrchPromiseClient.Submission>,
      Required<Omit<Modules.ModuleSubmission, "scmurl" | "yaml_modulemd">>
    >,
    Apart<OrchPromiseClient.Difference, Difference>,
    Apart<OrchPromiseClient.PackageBuildSummary, Packages.PackageBuildSummary>,
    Apart<OrchPromiseClient.PackageBuildDetail, Packages.PackageBuildDetail>,
    Apart<OrchPromiseClient.PackageBuildExplanation, Packages.PackageBuildExplanation>,
    Apart<Required<OrchPromiseClient.PackageBuildSubmission>, Required<Packages.PackageBuildSubmission>>,
    Apart<OrchPromiseClient.BuildNode, Packages.BuildNode>,
    Apart<OrchPromiseClient.SignKey, SignWire.SignKeyWire>,
    Apart<OrchPromiseClient.SignTask, typeof SignWire.SignTaskWire.Type>,
    Apart<OrchPromiseClient.PackageTest, typeof TestWire.TestTaskWire.Type>,
    Apart<OrchPromiseClient.PackageTestLog, typeof TestWire.TestLogWire.Type>,
    Apart<OrchPromiseClient.ReleaseSummary, Releases.ReleaseSummary>,
    Apart<OrchPromiseClient.ReleaseExplanation, Releases.ReleaseExplanation>,
    Apart<Required<OrchPromiseClient.ReleaseSubmission>, Required<typeof Releases.ReleaseSubmission.Type>>,
    Apart<OrchPromiseClient.Repository, Records.Repository>,
    Apart<OrchPromiseClient.RepositoryPost, Records.RepositoryPost>,
    Apart<Required<OrchPromiseClient.RepositoryPost>, Required<Records.RepositoryPost>>,
    Apart<OrchPromiseClient.StorageNode, Records.StorageNode>,
    Apart<OrchPromiseClient.Caller, Operations.Caller>,
    Apart<OrchPromiseClient.DeadLetter, Operations.DeadLetter>,
    Apart<OrchPromiseClient.CampaignDetail, Campaigns.CampaignDetail>,
    Apart<OrchPromiseClient.CampaignSummary, Campaigns.CampaignSummary>,
    Apart<OrchPromiseClient.Impact, Campaigns.Impact>,
    Apart<OrchPromiseClient.FeedPage, Feed.FeedPage>,
    Apart<OrchPromiseClient.FarmOverview, Farm.FarmOverview>,
    Apart<OrchPromiseClient.QueuePage, Farm.QueuePage>,
    Apart<OrchPromiseClient.LogOverview, Logs.LogOverview>,
    Apart<OrchPromiseClient.LogLines, Logs.LogLines>,
    Apart<OrchPromiseClient.LogMatches, Logs.LogMatches>,
    Apart<OrchPromiseClient.BuildComparison, Comparisons.BuildComparison>,
    Apart<OrchPromiseClient.PossibleAction, Actions.PossibleAction>,
    Apart<OrchPromiseClient.SearchHit, Search.SearchHit>,
    Apart<OrchPromiseClient.BuildForecast, Forecasts.BuildForecast>,
    Apart<OrchPromiseClient.BoundWaiver, Gates.BoundWaiver>,
    Apart<Required<OrchPromiseClient.BoundWaiverPost>, Required<Gates.BoundWaiverPost>>,
    Apart<OrchPromiseClient.GateTarget, GateTargets.GateTarget>,
    Apart<OrchPromiseClient.GatePromotion, GateTargets.GatePromotion>,
    Apart<OrchPromiseClient.PromotionCandidate, GateTargets.PromotionCandidate>,
    Apart<Required<OrchPromiseClient.CandidatePackage>, Required<GateTargets.CandidatePackage>>,
    Apart<OrchPromiseClient.ReachedNode, Graph.ReachedNode>,
    Apart<OrchPromiseClient.GraphEdge, Graph.GraphEdge>,
    Apart<OrchPromiseClient.GraphCompose, Graph.GraphCompose>,
    Apart<OrchPromiseClient.ImportedCompose, Graph.ImportedCompose>,
    Apart<OrchPromiseClient.HistoryRef, History.Ref>,
    Apart<OrchPromiseClient.RefInterval, History.RefInterval>,
    Apart<OrchPromiseClient.StaleComponent, History.StaleComponent>,
    Apart<OrchPromiseClient.ToldListener, Bus.ToldListener>,
    Apart<OrchPromiseClient.HeardBroker, Bus.HeardBroker>,
    Apart<OrchPromiseClient.KeptMessage, Bus.KeptMessage>,
    Apart<OrchPromiseClient.TopicLine, Bus.TopicLine>
  ] = [
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    [],
    []
  ]
  assert.isTrue(apart.every((one) => one.length === 0))
})
