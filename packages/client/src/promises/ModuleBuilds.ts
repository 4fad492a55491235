/**
 * What the Promise client tells of module builds, and what it can be asked. Plain types, so that nothing else has to be
 * installed for them; a test holds them to those of the API.
 */

import type { BuildComparison, PossibleAction } from "./Comparisons.ts"
import type { ComponentState } from "./ComponentState.ts"
import type { BuildForecast } from "./Forecasts.ts"
import type { QueuePlace } from "./Queue.ts"

/** Where a module build is in its life; `garbage` is one that was retired. */
export type ModuleBuildState = "init" | "wait" | "build" | "done" | "failed" | "ready" | "garbage"

/** A module build in a list. */
export interface ModuleBuildSummary {
  readonly id: number
  readonly name: string
  readonly stream: string
  /** Decimal digits; versions may exceed 2^53. */
  readonly version: string
  readonly context: string
  readonly state: ModuleBuildState
  readonly state_reason: string
  readonly owner: string
  readonly scratch: boolean
  /** Times are RFC 3339 in UTC. */
  readonly created_at: string
  readonly modified_at: string
  readonly completed_at: string | null
}

/** One component of a module build. */
export interface ComponentDetail {
  readonly name: string
  readonly state: ComponentState
  /** Why it is in this state. */
  readonly state_reason: string
  readonly batch: number
  /** Why it stands in this batch. */
  readonly placement: string
  /** Components it waits for by name, besides those of earlier batches. */
  readonly after: ReadonlyArray<string>
  /** Why it was or was not taken from another build. */
  readonly reuse: string | null
  readonly attempt: number
  readonly task: string | null
  readonly task_state: "free" | "open" | "closed" | "failed" | "canceled"
  readonly nvr: string | null
  /** Absolute, or a path of the server. */
  readonly log_url: string | null
  readonly artifacts: ReadonlyArray<string>
  readonly repository: string
  readonly ref: string | null
  readonly commit: string | null
  readonly submitted_at: string | null
  readonly finished_at: string | null
  /** What was doubtful about it when the build was submitted. */
  readonly remarks: ReadonlyArray<string>
}

/** Everything known of a module build. */
export interface ModuleBuildDetail extends ModuleBuildSummary {
  readonly scmurl: string | null
  readonly platform: string
  readonly arches: ReadonlyArray<string>
  readonly dist_tag: string
  /** The modulemd as it is being built. */
  readonly modulemd: string
  /** `url` is absolute, or a path of the server; `path` is a directory of the server's machine. */
  readonly repository: { readonly url: string; readonly path: string | null } | null
  readonly components: ReadonlyArray<ComponentDetail>
  /** What was doubtful about the whole when it was submitted. */
  readonly remarks: ReadonlyArray<string>
  /** The states it went through, oldest first. */
  readonly trace: ReadonlyArray<
    { readonly at: string; readonly state: ModuleBuildState; readonly reason: string; readonly cause: string }
  >
}

/** Something that a sentence speaks of. */
export interface Reference {
  readonly kind: "component" | "task" | "log" | "system" | "repository" | "build" | "dead-letter"
  readonly name: string
  /** Of tasks and logs. */
  readonly component: string | null
  /** Of logs, from 1. */
  readonly attempt: number | null
}

/** One thing that a module build waits for. */
export interface Wait {
  readonly kind:
    | "system"
    | "sources"
    | "buildroot"
    | "submission"
    | "builder"
    | "build"
    | "repository"
    | "batch"
    | "publication"
    | "gate"
    | "person"
  /** Whether it is waited for now, or comes after what is. */
  readonly when: "now" | "then"
  readonly sentence: string
  readonly references: ReadonlyArray<Reference>
  /** Where it waits for a slot, a builder or a node: its first place, and who is in front. */
  readonly queue: QueuePlace | null
}

/** Why a module build is where it is. */
export interface ModuleBuildExplanation {
  readonly state: ModuleBuildState
  readonly reason: string
  /** What has to happen next, one sentence each. */
  readonly waits_for: ReadonlyArray<string>
  /** The same one after the other, with what follows, and with references. */
  readonly waits: ReadonlyArray<Wait>
  /** What was doubtful about the whole when it was submitted. */
  readonly remarks: ReadonlyArray<string>
  readonly components: ReadonlyArray<{
    readonly component: string
    readonly state: ComponentState
    readonly placement: string
    readonly reason: string
    readonly reuse: string | null
    readonly waits_for: ReadonlyArray<string>
    readonly remarks: ReadonlyArray<string>
  }>
  /** Commands of this build that have spent their retries. */
  readonly dead_letters: ReadonlyArray<{ readonly id: string; readonly command: string; readonly reason: string }>
}

/** One thing that went into two builds differently. */
export interface Difference {
  readonly what: "version" | "context" | "arches" | "macros" | "buildrequire" | "require" | "component"
  /** Module or component, where there are several. */
  readonly name: string | undefined
  /** `null` where there was, or is, none. */
  readonly from: string | null
  readonly to: string | null
}

/** One change of a module build, as it is announced. */
export interface Announcement {
  /** Grows in the order of the changes; to go on after it, give it as `after`. */
  readonly id: string
  readonly topic: string
  readonly body: unknown
}

/** How a module is to be built, where not as its modulemd and the server's settings say. */
export interface Submission {
  /**
   * With a URL: the branch the commit must be on; module and stream must then be called like repository and branch, unless the
   * installation allows otherwise. With a text: the branch it is taken to come from.
   */
  readonly branch?: string
  /** With a URL: overrides what the document and its repository say. With a text: for a document that says none. */
  readonly name?: string
  /** Overrides what the document and its branch say. */
  readonly stream?: string
  /** Whose build it is; heard only where the server runs without authentication. */
  readonly owner?: string
  /** Builds without releasing. */
  readonly scratch?: boolean
  /** Uploaded source packages, `cli-build/…/NAME.src.rpm`, that are built instead of what git has; scratch builds only. */
  readonly srpms?: ReadonlyArray<string>
  /** What may be taken from earlier builds: `all` (nothing), `changed-and-after`, `only-changed`, `content`. */
  readonly rebuild_strategy?: string
  /** Id or `name:stream:version:context` of the build to take components from. */
  readonly reuse_components_from?: number | string
  /** Streams to build against instead of what the modulemd says, by module. */
  readonly buildrequire_overrides?: { readonly [module: string]: ReadonlyArray<string> }
  /** Streams to require instead of what the modulemd says, by module. */
  readonly require_overrides?: { readonly [module: string]: ReadonlyArray<string> }
  /** Git references of components, by name. */
  readonly rpm_component_ref_overrides?: { readonly [component: string]: string }
  /** Side tag of the build system whose base modules are built against. */
  readonly side_tag?: string
  /** Contexts with their one stream for each module, in place of those of the document. */
  readonly static_contexts?: {
    readonly [context: string]: {
      readonly buildrequires: { readonly [module: string]: string }
      readonly requires: { readonly [module: string]: string }
    }
  }
}

/** Which module builds are wanted; all filters must hold, of several states any one. */
export interface ListQuery {
  /** One or several; separated by commas is as good as a list. */
  readonly state?: string | ReadonlyArray<string>
  readonly name?: string
  readonly stream?: string
  readonly owner?: string
  /** At most so many; the server has a bound of its own. */
  readonly limit?: number
  /** How many of the newest to leave out. */
  readonly offset?: number
}

/** Who asks; heard only where the server runs without authentication. */
export interface By {
  readonly by?: string
}

/** How to watch. */
export interface WatchOptions {
  /** Milliseconds for which the server may be away before watching gives up; a minute unless told. */
  readonly patience?: number
}

/** Every function rejects with `RequestFailed`. */
export interface ModuleBuilds {
  /** One build for each combination of streams; those that existed already are among them. */
  readonly submit: (scmurl: string, options?: Submission) => Promise<ReadonlyArray<ModuleBuildSummary>>
  /** The same with the text of a modulemd, where the server allows it. */
  readonly submitText: (modulemd: string, options?: Submission) => Promise<ReadonlyArray<ModuleBuildSummary>>
  /** Newest first; `total` is without `limit` and `offset`. */
  readonly list: (query?: ListQuery) => Promise<
    { readonly items: ReadonlyArray<ModuleBuildSummary>; readonly total: number }
  >
  readonly get: (id: number) => Promise<ModuleBuildDetail>
  /** What the build waits for, and why each component is where it is. */
  readonly explain: (id: number) => Promise<ModuleBuildExplanation>
  /** When it is expected to end, component by component. */
  readonly forecast: (id: number) => Promise<BuildForecast>
  /** How a build differs from another one, or from the last ready one of its stream: what went in, what came out, how long it took. */
  readonly compare: (id: number, other: number | "last-ready") => Promise<BuildComparison>
  /** What whoever asks may do to it, why not, and what would follow. */
  readonly actions: (id: number) => Promise<ReadonlyArray<PossibleAction>>
  /** What went into two builds differently; empty where nothing did. */
  readonly diff: (from: number, to: number) => Promise<ReadonlyArray<Difference>>
  readonly cancel: (id: number, options?: By) => Promise<ModuleBuildSummary>
  /** Continues a failed build where it stopped. */
  readonly resume: (id: number, options?: By) => Promise<ModuleBuildSummary>
  /** From -100 to 100; above 0 is for administrators. */
  readonly prioritize: (id: number, priority: number, options?: By) => Promise<ModuleBuildSummary>
  /** Takes a ready build from those that others are built against, or a failed one from those that can be resumed. */
  readonly retire: (id: number, options?: By) => Promise<ModuleBuildSummary>
  /** Builds one failed component again. */
  readonly retry: (id: number, component: string, options?: By) => Promise<ModuleBuildSummary>
  /** The log of a component's build as it is now. Rejects where there is none. */
  readonly log: (id: number, component: string) => Promise<string>
  /** The same piece by piece, until the component's build has ended; waits for one that has not begun. */
  readonly followLog: (id: number, component: string) => AsyncIterable<string>
  /** The build after each change, the first at once, the last one ended. */
  readonly watch: (id: number, options?: WatchOptions) => AsyncIterable<ModuleBuildDetail>
  /** The build once it has ended. */
  readonly finished: (id: number, options?: WatchOptions) => Promise<ModuleBuildDetail>
  /** What is announced of the build, from its first change or `after` the given one, as it happens. */
  readonly events: (id: number, after?: string) => AsyncIterable<Announcement>
}
