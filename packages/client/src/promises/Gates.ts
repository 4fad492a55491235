/** What the Promise client tells of gates. Plain types, held to the API's by a test. Times are RFC 3339 in UTC. */

/** What is decided at one point for one product version, as things are now. Requirements are as Greenwave's decisions have them. */
export interface GateAnswer {
  readonly product_version: string
  readonly decision_context: string
  readonly satisfied: boolean
  readonly summary: string
  readonly policies: ReadonlyArray<string | null>
  readonly unsatisfied: ReadonlyArray<{ readonly [key: string]: unknown }>
  readonly satisfied_requirements: ReadonlyArray<{ readonly [key: string]: unknown }>
}

/** A waiver that is bound to one result, or expires, or both. */
export interface BoundWaiver {
  readonly id: number
  readonly subject_type: string
  readonly subject: string
  readonly test: string
  /** Null: all scenarios. */
  readonly scenario: string | null
  /** Null: every product version. */
  readonly product_version: string | null
  readonly result: number | null
  readonly expires: string | null
  readonly comment: string
  readonly by: string
  readonly made: string
  readonly revoked: string | null
  readonly revoked_by: string | null
  readonly counts: boolean
}

/** A waiver as it is asked for: it needs a `result`, or a time at which it `expires`. */
export interface BoundWaiverPost {
  readonly subject_type: string
  readonly subject: string
  readonly test: string
  readonly scenario?: string
  readonly product_version?: string
  readonly result?: number
  readonly expires?: string
  readonly comment: string
}

/** A target that sets of candidates go to. */
export interface GateTarget {
  readonly name: string
  readonly arches: ReadonlyArray<string>
  /** What is offered there besides what was promoted, with `{arch}`. */
  readonly repositories: ReadonlyArray<string>
  /** The point that each candidate has to be let through at; null where none is asked. */
  readonly decision_context: string | null
  /** Null: the policies of any product version are enough. */
  readonly product_version: string | null
  readonly subject_type: string
  /** How many packages were promoted there and are there still. */
  readonly packages: number
}

/** A package that a candidate brings: `nevra` is `name-[epoch:]version-release.arch`, the rest in RPM's notation. */
export interface CandidatePackage {
  readonly nevra: string
  readonly requires?: ReadonlyArray<string>
  readonly provides?: ReadonlyArray<string>
}

/** What may be promoted. Without `packages`, `id` is the number or the name:stream:version:context of a finished module build. */
export interface PromotionCandidate {
  readonly id: string
  /** What the gate knows it by, where that is not its id. */
  readonly subject?: string
  /** All packages of one line give way to it, such as `perl:5.30`; for a module it is its name and stream. */
  readonly line?: string
  readonly packages?: ReadonlyArray<CandidatePackage>
}

/** What was promoted together and what was not, with why. */
export interface GatePromotion {
  /** Null where it was only tried. */
  readonly number: number | null
  readonly target: string
  readonly at: string
  readonly by: string
  readonly promoted: ReadonlyArray<string>
  readonly refused: ReadonlyArray<{ readonly id: string; readonly reason: string }>
  /** Whether no larger set would do; false where there was too much to try. */
  readonly is_largest: boolean
}

/** Gates. Every function rejects with `RequestFailed`. */
export interface Gates {
  readonly decide: (query: {
    readonly subject_type: string
    readonly subject: string
    readonly decision_context?: string
    readonly product_version?: string
  }) => Promise<ReadonlyArray<GateAnswer>>
  /** The newest first. */
  readonly waivers: (query?: {
    readonly subject?: string
    readonly test?: string
    readonly limit?: number
  }) => Promise<ReadonlyArray<BoundWaiver>>
  readonly waive: (waiver: BoundWaiverPost) => Promise<BoundWaiver>
  readonly targets: () => Promise<ReadonlyArray<GateTarget>>
  /** Promotes the largest set after which everything can be installed that could be before. It needs the right to administer. */
  readonly promote: (
    target: string,
    candidates: ReadonlyArray<PromotionCandidate>,
    options?: {
      /** Only says what would be promoted. */
      readonly dryRun?: boolean
    }
  ) => Promise<GatePromotion>
  /** The newest first; `before` goes on below a number. */
  readonly promotions: (
    target: string,
    query?: { readonly before?: number; readonly limit?: number }
  ) => Promise<ReadonlyArray<GatePromotion>>
  readonly revoke: (id: number) => Promise<BoundWaiver>
}
