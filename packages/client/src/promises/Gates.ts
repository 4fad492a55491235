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
  readonly revoke: (id: number) => Promise<BoundWaiver>
}
