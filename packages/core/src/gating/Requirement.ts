/** What a rule found: one answer for each thing that it requires. */
import type { Distinct, Waiver } from "./GatingResult.ts"
import * as GatingSubject from "./GatingSubject.ts"
import * as SubjectType from "./SubjectType.ts"

/** What is said of a test. */
export interface OfTest {
  readonly subject: GatingSubject.GatingSubject
  readonly testCase: string
  /** The file that requires it; `null`: a policy of the installation. */
  readonly source: string | null
}

/** What is said of one result of a test. */
export interface OfResult extends OfTest {
  readonly resultId: number
  readonly distinct: Distinct
}

/** Not met. */
export type Unmet =
  /** Nobody reported a result. */
  | OfTest & { readonly _tag: "Missing"; readonly scenario: string | null }
  /** The test has begun and not ended. */
  | OfResult & { readonly _tag: "Incomplete" }
  | OfResult & { readonly _tag: "Failed" }
  /** The test could not be run. */
  | OfResult & { readonly _tag: "Errored"; readonly reason: string | null }
  /** The subject's own file is there and cannot be read. */
  | {
    readonly _tag: "InvalidFile"
    readonly subject: GatingSubject.GatingSubject
    readonly source: string
    readonly details: string
  }
  /** The subject's own file is required and not there. */
  | {
    readonly _tag: "MissingFile"
    readonly subject: GatingSubject.GatingSubject
    readonly sources: ReadonlyArray<string>
  }
  /** It is not known where the subject's own file would be. */
  | {
    readonly _tag: "UnknownFile"
    readonly subject: GatingSubject.GatingSubject
    readonly sources: ReadonlyArray<string>
    readonly error: string
  }

/** An answer to a rule. */
export type Requirement =
  | Unmet
  | OfResult & { readonly _tag: "Passed" }
  | { readonly _tag: "Waived"; readonly unmet: Unmet; readonly waiverId: number }
  | {
    readonly _tag: "Excluded"
    readonly subject: GatingSubject.GatingSubject
    readonly policy: string | null
    readonly source: string | null
  }
  /** The subject's own file was read. */
  | { readonly _tag: "FetchedFile"; readonly subject: GatingSubject.GatingSubject; readonly source: string }

/** Whether it stands in the way. */
export const isUnmet = (requirement: Requirement): requirement is Unmet => {
  switch (requirement._tag) {
    case "Passed":
    case "Waived":
    case "Excluded":
    case "FetchedFile":
      return false
    default:
      return true
  }
}

/** The name of the test that a waiver of it names. */
export const testCaseOf = (unmet: Unmet): string => {
  switch (unmet._tag) {
    case "InvalidFile":
      return "invalid-gating-yaml"
    case "MissingFile":
      return "missing-gating-yaml"
    case "UnknownFile":
      return "failed-fetch-gating-yaml"
    default:
      return unmet.testCase
  }
}

const scenarioOf = (unmet: Unmet): string | null => {
  switch (unmet._tag) {
    case "Missing":
      return unmet.scenario
    case "Incomplete":
    case "Failed":
    case "Errored":
      return unmet.distinct.scenario
    default:
      return null
  }
}

/** Whether the waiver is of this. Its type may be called by an alias. */
const covers = (waiver: Waiver, unmet: Unmet): boolean =>
  waiver.waived
  && SubjectType.isCalled(unmet.subject.type, waiver.subjectType)
  && waiver.subjectIdentifier === unmet.subject.identifier
  && waiver.testCase === testCaseOf(unmet)
  && (waiver.resultId === undefined || ("resultId" in unmet && unmet.resultId === waiver.resultId))
  && (waiver.scenario === null || waiver.scenario === "" || waiver.scenario === scenarioOf(unmet))

/**
 * The requirements with what the waivers cover: unmet tests become `Waived`, and unmet files vanish, as in Greenwave.
 */
export const waive = (
  requirements: ReadonlyArray<Requirement>,
  waivers: ReadonlyArray<Waiver>
): ReadonlyArray<Requirement> =>
  requirements.flatMap((requirement): ReadonlyArray<Requirement> => {
    if (!isUnmet(requirement)) return [requirement]
    const waiver = waivers.find((waiver) => covers(waiver, requirement))
    if (waiver === undefined) return [requirement]
    switch (requirement._tag) {
      case "InvalidFile":
      case "MissingFile":
      case "UnknownFile":
        return []
      default:
        return [{ _tag: "Waived", unmet: requirement, waiverId: waiver.id }]
    }
  })
