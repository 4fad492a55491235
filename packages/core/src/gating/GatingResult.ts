/** Results of tests and waivers of them, as far as a gate looks at them. */

/** What ResultsDB calls outcomes; installations may add their own. */
export type Outcome = string

/** One result of a test. */
export interface GatingResult {
  readonly id: number
  readonly testCase: string
  readonly outcome: Outcome
  /** Keys and their values, in the order in which they were given. */
  readonly data: Readonly<Record<string, ReadonlyArray<string>>>
  /** Why a test could not be run, where its system said so. */
  readonly errorReason: string | undefined
}

/** What an outcome means to a gate. */
export type Standing = "passed" | "incomplete" | "errored" | "failed"

const standings: ReadonlyMap<Outcome, Standing> = new Map([
  ["PASSED", "passed"],
  ["INFO", "passed"],
  ["QUEUED", "incomplete"],
  ["RUNNING", "incomplete"],
  ["ERROR", "errored"]
])

/** What the outcome means; what nobody knows is a failure. */
export const standing = (outcome: Outcome): Standing => standings.get(outcome) ?? "failed"

/** The keys of which each combination of values has a newest result of its own. */
export const distinctKeys = ["scenario", "system_architecture", "system_variant"] as const

/** The first values of the distinct keys; `null` where there is none. */
export type Distinct = Readonly<Record<(typeof distinctKeys)[number], string | null>>

/** What tells a result from others of the same test. */
export const distinct = ({ data }: GatingResult): Distinct => ({
  scenario: data["scenario"]?.[0] ?? null,
  system_architecture: data["system_architecture"]?.[0] ?? null,
  system_variant: data["system_variant"]?.[0] ?? null
})

/** Somebody's word that a test need not have passed. */
export interface Waiver {
  readonly id: number
  readonly subjectType: string
  readonly subjectIdentifier: string
  readonly testCase: string
  readonly productVersion: string
  /** `null`: for all scenarios. */
  readonly scenario: string | null
  /** `false`: an earlier waiver is taken back. */
  readonly waived: boolean
  /** The one result that it is about; absent: any, and missing ones. */
  readonly resultId?: number
}
