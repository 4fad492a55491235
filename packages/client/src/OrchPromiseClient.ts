/**
 * The client for people who do not write Effect: promises, async iterators, and one kind of error that is thrown. As it is
 * published it brings along what it needs.
 */
import type { Options } from "./ClientOptions.ts"
import type { Bus } from "./promises/Bus.ts"
import * as BusCalls from "./promises/BusCalls.ts"
import type { Caller } from "./promises/Caller.ts"
import * as Calls from "./promises/Calls.ts"
import * as CampaignCalls from "./promises/CampaignCalls.ts"
import type { Campaigns } from "./promises/Campaigns.ts"
import type { DeadLetters } from "./promises/DeadLetters.ts"
import type { Farm } from "./promises/Farm.ts"
import * as FarmCalls from "./promises/FarmCalls.ts"
import type { Feed } from "./promises/Feed.ts"
import * as FeedCalls from "./promises/FeedCalls.ts"
import * as GateCalls from "./promises/GateCalls.ts"
import type { Gates } from "./promises/Gates.ts"
import type { Graph } from "./promises/Graph.ts"
import * as GraphCalls from "./promises/GraphCalls.ts"
import type { History } from "./promises/History.ts"
import * as HistoryCalls from "./promises/HistoryCalls.ts"
import * as LogCalls from "./promises/LogCalls.ts"
import type { Logs } from "./promises/Logs.ts"
import * as ModuleBuildCalls from "./promises/ModuleBuildCalls.ts"
import type { ModuleBuilds } from "./promises/ModuleBuilds.ts"
import * as PackageBuildCalls from "./promises/PackageBuildCalls.ts"
import type { BuildNodes, PackageBuilds } from "./promises/PackageBuilds.ts"
import * as PackageTestCalls from "./promises/PackageTestCalls.ts"
import type { PackageTests } from "./promises/PackageTests.ts"
import * as ReleaseCalls from "./promises/ReleaseCalls.ts"
import type { Releases } from "./promises/Releases.ts"
import type { Repositories } from "./promises/Repositories.ts"
import * as RepositoryCalls from "./promises/RepositoryCalls.ts"
import type { SearchHit } from "./promises/Search.ts"
import type { Signing } from "./promises/Signing.ts"
import * as SigningCalls from "./promises/SigningCalls.ts"

/** How a client is made. */
export type { Options } from "./ClientOptions.ts"
/** Message brokers, and topics of announcements. */
export type { Bus, HeardBroker, KeptMessage, ToldListener, TopicLine } from "./promises/Bus.ts"
/** Whom the server takes the caller for. */
export type { Caller } from "./promises/Caller.ts"
/** Campaigns, and what a change reaches. */
export type {
  CampaignCause,
  CampaignDetail,
  CampaignEstimate,
  CampaignNode,
  CampaignNumbers,
  Campaigns,
  CampaignState,
  CampaignSummary,
  Impact,
  ImpactNode
} from "./promises/Campaigns.ts"
/** What differs between two builds, and what may be done to one. */
export type { BuildComparison, ComponentSide, PossibleAction } from "./promises/Comparisons.ts"
/** How far a component is. */
export type { ComponentState } from "./promises/ComponentState.ts"
/** Commands that have spent their retries. */
export type { DeadLetter, DeadLetters } from "./promises/DeadLetters.ts"
/** The farm and its queue. */
export type { Farm, FarmOverview, QueuePage, SystemCondition } from "./promises/Farm.ts"
/** Builds of all kinds in one list. */
export type { ComponentCounts, Feed, FeedEntry, FeedPage, FirstFailure } from "./promises/Feed.ts"
/** When builds are expected to end. */
export type { BuildForecast, ExpectedEnd, UsualTime } from "./promises/Forecasts.ts"
/** Decisions of gates, waivers, and sets that are promoted. */
export type {
  BoundWaiver,
  BoundWaiverPost,
  CandidatePackage,
  GateAnswer,
  GatePromotion,
  Gates,
  GateTarget,
  PromotionCandidate
} from "./promises/Gates.ts"
/** What depends on what. */
export type {
  EdgeType,
  Graph,
  GraphCompose,
  GraphEdge,
  GraphQuery,
  ImportedCompose,
  ReachedNode,
  ReachedNodes
} from "./promises/Graph.ts"
/** What branches pointed to. */
export type { History, HistoryRef, ObservedChange, RefInterval, StaleComponent } from "./promises/History.ts"
/** Logs, line by line. */
export type { LogAddress, LogLines, LogMatches, LogOverview, Logs } from "./promises/Logs.ts"
/** Module builds. */
export type {
  Announcement,
  By,
  ComponentDetail,
  Difference,
  ListQuery,
  ModuleBuildDetail,
  ModuleBuildExplanation,
  ModuleBuilds,
  ModuleBuildState,
  ModuleBuildSummary,
  Reference,
  Submission,
  Wait,
  WatchOptions
} from "./promises/ModuleBuilds.ts"
/** Package builds, and the nodes that build them. */
export type {
  BuildNode,
  BuildNodes,
  PackageBuildDetail,
  PackageBuildExplanation,
  PackageBuilds,
  PackageBuildState,
  PackageBuildSubmission,
  PackageBuildSummary,
  PackageBuildTask,
  PackageTaskState
} from "./promises/PackageBuilds.ts"
/** Tests of built packages. */
export type { PackageTest, PackageTestLog, PackageTests } from "./promises/PackageTests.ts"
/** What waits for the farm, and for what. */
export type { QueueEntry, QueuePlace } from "./promises/Queue.ts"
/** Releases of package builds. */
export type {
  ReleaseExplanation,
  ReleaseRepository,
  Releases,
  ReleaseState,
  ReleaseStep,
  ReleaseSubmission,
  ReleaseSummary
} from "./promises/Releases.ts"
/** Records of repositories, and storage nodes. */
export type {
  Json,
  Repositories,
  Repository,
  RepositoryPost,
  RepositoryQuery,
  StorageNode
} from "./promises/Repositories.ts"
/** What a search finds. */
export type { SearchHit } from "./promises/Search.ts"
/** Keys, and requests to sign package builds. */
export type { Signing, SignKey, SignTask } from "./promises/Signing.ts"
/** What every function rejects with. */
export { type Problem, type Reason, RequestFailed } from "./RequestFailed.ts"

/**
 * The client's functions by what they are about. Whatever goes wrong rejects with `RequestFailed`.
 *
 * ```ts
 * import * as OrchPromiseClient from "@orch/client/OrchPromiseClient"
 *
 * const client = OrchPromiseClient.make({ url: "http://127.0.0.1:8080" })
 * for (const build of await client.moduleBuilds.submit("git://example.org/modules/perl.git?#5.30")) {
 *   const { state, state_reason } = await client.moduleBuilds.finished(build.id)
 *   console.log(build.id, state, state_reason)
 * }
 * await client.close()
 * ```
 */
export interface OrchPromiseClient {
  readonly moduleBuilds: ModuleBuilds
  readonly feed: Feed
  readonly campaigns: Campaigns
  readonly farm: Farm
  readonly gates: Gates
  readonly graph: Graph
  readonly history: History
  readonly bus: Bus
  readonly logs: Logs
  readonly packageBuilds: PackageBuilds
  readonly packageTests: PackageTests
  readonly signing: Signing
  readonly buildNodes: BuildNodes
  readonly releases: Releases
  readonly repositories: Repositories
  readonly deadLetters: DeadLetters
  /** Finds things by a number, a name or its beginning, seven digits of a commit or more, or a URL; what fits best first. */
  readonly search: (text: string) => Promise<ReadonlyArray<SearchHit>>
  /** Who asks, as the server knows it: to try a token. */
  readonly caller: () => Promise<Caller>
  /** Releases what the client holds; requests that are under way end. */
  readonly close: () => Promise<void>
}

/** A client of the server at `url`. Nothing is sent before the first call. */
export const make = (options: Options): OrchPromiseClient => {
  const calls = Calls.make(options)
  return {
    moduleBuilds: ModuleBuildCalls.make(calls),
    feed: FeedCalls.make(calls),
    campaigns: CampaignCalls.make(calls),
    farm: FarmCalls.make(calls),
    gates: GateCalls.make(calls),
    graph: GraphCalls.make(calls),
    history: HistoryCalls.make(calls),
    bus: BusCalls.make(calls),
    logs: LogCalls.make(calls),
    packageBuilds: PackageBuildCalls.make(calls),
    packageTests: PackageTestCalls.make(calls),
    signing: SigningCalls.make(calls),
    buildNodes: PackageBuildCalls.makeNodes(calls),
    releases: ReleaseCalls.make(calls),
    repositories: RepositoryCalls.make(calls),
    deadLetters: {
      list: () => calls.run((client) => client.operations.deadLetters()),
      release: (id) => calls.run((client) => client.operations.release({ params: { id } }))
    },
    search: (q) => calls.run((client) => client.search.find({ query: { q } })),
    caller: () => calls.run((client) => client.operations.caller({ headers: {} })),
    close: calls.close
  }
}
