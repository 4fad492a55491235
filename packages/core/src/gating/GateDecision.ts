/**
 * Whether subjects may pass, and what is in their way: Greenwave's decision as a function of what is known.
 *
 * What must be asked of others is asked before: results, waivers, and the files beside the subjects' sources. So the same
 * knowledge gives the same answer at any time.
 */
import * as GatingPolicy from "./GatingPolicy.ts"
import * as GatingResult from "./GatingResult.ts"
import * as GatingSubject from "./GatingSubject.ts"
import * as Requirement from "./Requirement.ts"

/** What is known of a remote rule's file for a subject. */
export type RemoteFile =
  /** The first place that has a file, and what it says. */
  | { readonly _tag: "Read"; readonly source: string; readonly policies: ReadonlyArray<GatingPolicy.GatingPolicy> }
  | { readonly _tag: "Invalid"; readonly source: string; readonly details: string }
  /** No place has one. */
  | { readonly _tag: "Absent"; readonly sources: ReadonlyArray<string> }
  /** The subject's source is unknown, so it has no place. */
  | { readonly _tag: "Unknown"; readonly sources: ReadonlyArray<string>; readonly error: string }

/** What is asked. */
export interface Question {
  readonly subjects: ReadonlyArray<GatingSubject.GatingSubject>
  readonly productVersion: string
  readonly policies: ReadonlyArray<GatingPolicy.GatingPolicy>
  /** At which points; `undefined`: the policies were made for this question, and all of them count. */
  readonly decisionContexts: ReadonlyArray<string> | undefined
}

/** What is known. */
export interface Knowledge {
  /** The newest results of the test about the subject, the newest first. */
  readonly results: (subject: GatingSubject.GatingSubject, testCase: string) => ReadonlyArray<GatingResult.GatingResult>
  readonly remoteFile: (subject: GatingSubject.GatingSubject, sources: ReadonlyArray<string>) => RemoteFile
  /** Milliseconds since 1970 when it was built; what is not known is now. */
  readonly builtAt: (subject: GatingSubject.GatingSubject) => number
  /** Those of this product version, the newest of each kind. */
  readonly waivers: ReadonlyArray<GatingResult.Waiver>
}

/** The answer. */
export type GateDecision =
  /** No policy is for such subjects here: asking was a mistake. */
  | { readonly _tag: "NoPolicy"; readonly subject: GatingSubject.GatingSubject }
  | {
    readonly _tag: "Decided"
    readonly isSatisfied: boolean
    readonly requirements: ReadonlyArray<Requirement.Requirement>
    /** Once for each subject that it applies to. */
    readonly applicable: ReadonlyArray<GatingPolicy.GatingPolicy>
  }

/** The policies of a question that are for a subject. */
export const applicable = (
  { decisionContexts, policies, productVersion }: Question,
  { type }: GatingSubject.GatingSubject
): ReadonlyArray<GatingPolicy.GatingPolicy> =>
  decisionContexts === undefined ?
    policies :
    policies.filter((policy) =>
      GatingPolicy.isForContexts(policy, decisionContexts)
      && GatingPolicy.isForProductVersion(policy, productVersion)
      && GatingPolicy.isForType(policy, type)
    )

/** Answers for one subject; equal rules are asked once, whichever policy has them. */
const forSubject = (
  question: Question,
  subject: GatingSubject.GatingSubject,
  knowledge: Knowledge
) => {
  const asked = new Set<string>()
  const answers: Array<Requirement.Requirement> = []

  const testCase = (rule: GatingPolicy.GatingRule & { readonly _tag: "PassingTestCase" }, source: string | null) => {
    if (rule.validSince !== undefined && knowledge.builtAt(subject) < rule.validSince) return
    if (rule.validUntil !== undefined && rule.validUntil <= knowledge.builtAt(subject)) return
    const results = knowledge.results(subject, rule.testCase).filter(({ data }) =>
      rule.scenario === undefined || (data["scenario"] ?? []).includes(rule.scenario)
    )
    if (results.length === 0) {
      const scenario = rule.scenario ?? null
      answers.push({ _tag: "Missing", subject, testCase: rule.testCase, scenario, source })
    }
    for (const result of results) answers.push(ofResult(subject, rule.testCase, source, result))
  }

  const remote = (
    rule: GatingPolicy.GatingRule & { readonly _tag: "Remote" },
    parent: GatingPolicy.GatingPolicy
  ) => {
    if (!subject.type.isKojiBuild) return
    const file = knowledge.remoteFile(subject, rule.sources)
    switch (file._tag) {
      case "Unknown":
        answers.push({ _tag: "UnknownFile", subject, sources: file.sources, error: file.error })
        return
      case "Absent":
        if (rule.required) answers.push({ _tag: "MissingFile", subject, sources: file.sources })
        return
      case "Invalid":
        answers.push({ _tag: "FetchedFile", subject, source: file.source })
        answers.push({ _tag: "InvalidFile", subject, source: file.source, details: file.details })
        return
      case "Read":
        answers.push({ _tag: "FetchedFile", subject, source: file.source })
        for (const policy of file.policies) {
          if (counts(question, parent, policy, subject)) check(policy, file.source)
        }
    }
  }

  const check = (policy: GatingPolicy.GatingPolicy, source: string | null) => {
    switch (GatingPolicy.forPackage(policy, GatingSubject.packageName(subject))) {
      case "unlisted":
        return
      case "excluded":
        answers.push({ _tag: "Excluded", subject, policy: policy.id ?? null, source })
        return
      case "counts":
        for (const rule of policy.rules) {
          const key = GatingPolicy.ruleKey(rule)
          if (asked.has(key)) continue
          asked.add(key)
          if (rule._tag === "PassingTestCase") testCase(rule, source)
          else remote(rule, policy)
        }
    }
  }

  for (const policy of applicable(question, subject)) check(policy, null)
  return answers
}

/** Whether a policy of the subject's own file counts where the parent's rule brought it in. */
const counts = (
  { decisionContexts, productVersion }: Question,
  parent: GatingPolicy.GatingPolicy,
  policy: GatingPolicy.GatingPolicy,
  { type }: GatingSubject.GatingSubject
): boolean => {
  if (!GatingPolicy.isForProductVersion(policy, productVersion) || !GatingPolicy.isForType(policy, type)) return false
  return decisionContexts === undefined
    || (GatingPolicy.isForContexts(policy, parent.decisionContexts)
      && GatingPolicy.isForContexts(policy, decisionContexts))
}

const ofResult = (
  subject: GatingSubject.GatingSubject,
  testCase: string,
  source: string | null,
  result: GatingResult.GatingResult
): Requirement.Requirement => {
  const common = { subject, testCase, source, resultId: result.id, distinct: GatingResult.distinct(result) }
  switch (GatingResult.standing(result.outcome)) {
    case "passed":
      return { _tag: "Passed", ...common }
    case "incomplete":
      return { _tag: "Incomplete", ...common }
    case "errored":
      return { _tag: "Errored", ...common, reason: result.errorReason ?? null }
    case "failed":
      return { _tag: "Failed", ...common }
  }
}

/** The decision; never fails. Work is linear in subjects times the rules and results of each. */
export const decide = (question: Question, knowledge: Knowledge): GateDecision => {
  const requirements: Array<Requirement.Requirement> = []
  const policies: Array<GatingPolicy.GatingPolicy> = []
  for (const subject of question.subjects) {
    const own = applicable(question, subject)
    if (own.length === 0) {
      if (subject.type.ignoreMissingPolicy) continue
      return { _tag: "NoPolicy", subject }
    }
    policies.push(...own)
    requirements.push(...forSubject(question, subject, knowledge))
  }
  const waived = Requirement.waive(requirements, knowledge.waivers)
  return {
    _tag: "Decided",
    isSatisfied: !waived.some(Requirement.isUnmet),
    requirements: waived,
    applicable: policies
  }
}
