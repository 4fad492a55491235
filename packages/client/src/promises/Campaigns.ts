/** What the Promise client tells of campaigns. Plain types, held to the API's by a test. Times are RFC 3339 in UTC. */
import type { ExpectedEnd } from "./Forecasts.ts"

/** What changed: a repository such as `rpms/zlib` or `modules/perl`, or a module such as `perl:5.30`. */
export interface CampaignCause {
  readonly subject: string
  readonly ref?: string
  readonly commit?: string
}

/** What a plan comes to if nothing is cut off; times in seconds. */
export interface CampaignEstimate {
  readonly nodes: number
  readonly tiers: number
  readonly work: number
  /** The longest chain: no number of workers makes it faster. */
  readonly longest: number
}

/** A module that may have to be rebuilt. */
export interface ImpactNode {
  readonly name: string
  readonly tier: number
  readonly seconds: number
  readonly after: ReadonlyArray<string>
  /** Whether its own sources changed. */
  readonly changed: boolean
  readonly why: string
}

/** What a change reaches at most. The estimate counts all nodes, also those that are not listed. */
export interface Impact {
  readonly estimate: CampaignEstimate
  readonly nodes: ReadonlyArray<ImpactNode>
}

/** The state of a campaign. */
export type CampaignState = "planned" | "running" | "paused" | "done" | "failed" | "canceled"

/** A campaign in a list. */
export interface CampaignSummary {
  readonly id: number
  readonly state: CampaignState
  readonly state_reason: string
  readonly causes: ReadonlyArray<CampaignCause>
  readonly created_by: string
  /** The rule by which a push began it; null where somebody did. */
  readonly rule: string | null
  readonly approved_by: string | null
  /** The pull request that it tries out in scratch; null of others. */
  readonly trial: {
    readonly forge: "gitea" | "github" | "gitlab" | "pagure"
    readonly repository: string
    readonly number: number
    readonly commit: string
  } | null
  /** How many nodes are in each state. */
  readonly counts: Readonly<Record<string, number>>
  readonly created_at: string
  readonly modified_at: string
}

/** How far one node of a campaign is, and why. */
export interface CampaignNode extends ImpactNode {
  readonly state: "waits" | "builds" | "validates" | "done" | "cut" | "failed" | "blocked" | "held"
  readonly state_reason: string
  readonly attempt: number
  readonly builds: ReadonlyArray<number>
  /** Whether it came out otherwise than it was; null until that is known. */
  readonly finished_at: string | null
  readonly differs: boolean | null
  /** Why a check failed after it was done. */
  readonly regressed: string | null
  /** What an audit found otherwise after it had been cut off, for which it was built. */
  readonly false_cut: string | null
  /** Whether it was right to cut it off, where somebody looked: by these module builds, in scratch. */
  readonly audit: {
    readonly state: "asked" | "builds" | "same" | "unknown"
    readonly reason: string
    readonly builds: ReadonlyArray<number>
  } | null
  /** How often it was built among modules that were built with each other; 1 for all others. */
  readonly round: number
  /** Where it failed or is held: nodes behind it that are not finished. */
  readonly waiting: ReadonlyArray<string>
}

/** What a campaign came to. Times in seconds, shares from 0 to 1; null where nothing says them yet. */
export interface CampaignNumbers {
  readonly built: number
  readonly cut: number
  readonly avoided: number
  readonly cut_off_rate: number | null
  /** Nodes that were cut off and built all the same, and those of them that came out otherwise. */
  readonly audited: number
  readonly false_cuts: number
  readonly false_cut_rate: number | null
  /** Above this share the truth lies with 5 % likelihood at most; 1 where nothing was audited. */
  readonly false_cut_bound: number
  readonly makespan: number | null
  readonly bound: number | null
  readonly over_bound: number | null
  readonly fix_to_green: number | null
}

/** A campaign with its nodes, what it waits for, and what it came to. */
export interface CampaignDetail extends CampaignSummary {
  readonly estimate: CampaignEstimate
  /** When all is expected to be green, with its spread; null of campaigns that do not run, and before three nodes were built. */
  readonly expected: ExpectedEnd | null
  readonly numbers: CampaignNumbers
  /** What has to happen next, one sentence each. */
  readonly waits_for: ReadonlyArray<string>
  /** Modules that were built with each other and did not come to rest, each with the one that came out otherwise since. */
  readonly oscillating: ReadonlyArray<readonly [string, string]>
  readonly holds: ReadonlyArray<
    { readonly node: string; readonly by: string; readonly why: string; readonly until: string | null }
  >
  readonly nodes: ReadonlyArray<CampaignNode>
}

/** Campaigns. Every function rejects with `RequestFailed`. */
export interface Campaigns {
  /** What would have to be rebuilt at most, 10,000 nodes at once; no nodes where nothing that is ready is reached. */
  readonly impact: (
    cause: CampaignCause & { readonly limit?: number; readonly offset?: number }
  ) => Promise<Impact>
  /** Begins one; it is `planned` where somebody has to approve it. */
  readonly plan: (cause: CampaignCause) => Promise<CampaignSummary>
  /** A page, newest first. */
  readonly list: (
    query?: { readonly state?: CampaignState; readonly limit?: number; readonly offset?: number }
  ) => Promise<{ readonly items: ReadonlyArray<CampaignSummary>; readonly total: number }>
  readonly get: (id: number) => Promise<CampaignDetail>
  readonly approve: (id: number) => Promise<CampaignSummary>
  /** Holds a node with all that comes after it, for so many seconds; without a node the campaign is paused. */
  readonly hold: (
    id: number,
    how?: { readonly node?: string; readonly why?: string; readonly seconds?: number }
  ) => Promise<CampaignSummary>
  /** Lets go a node, or everything. */
  readonly letGo: (id: number, node?: string) => Promise<CampaignSummary>
  /** Gives what failed another attempt, or one node whatever became of it. */
  readonly resume: (id: number, node?: string) => Promise<CampaignSummary>
  readonly cancel: (id: number) => Promise<CampaignSummary>
  /** The campaign at once and after each change, until it has ended. */
  readonly watch: (id: number) => AsyncIterable<CampaignDetail>
  /** The campaign as it ended: `done`, `failed` or `canceled`. */
  readonly finished: (id: number) => Promise<CampaignDetail>
}
