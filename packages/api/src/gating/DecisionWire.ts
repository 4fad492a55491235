/** Questions to a gate and its answers as Greenwave 1.0 writes them. */
import type { GateDecision } from "@orch/core/gating/GateDecision"
import * as GatingPolicy from "@orch/core/gating/GatingPolicy"
import * as GatingSubject from "@orch/core/gating/GatingSubject"
import * as Requirement from "@orch/core/gating/Requirement"
import * as RequirementSummary from "@orch/core/gating/RequirementSummary"
import type { ResultQuery, SubjectType } from "@orch/core/gating/SubjectType"
import * as Result from "effect/Result"
import * as GatingProblem from "./GatingProblem.ts"

/** A question as it is asked. */
export interface DecisionRequest {
  readonly productVersion: string
  /** `undefined`: the rules of the request count instead. */
  readonly contexts: ReadonlyArray<string> | undefined
  /** As they were sent; `PolicyFile` reads them. */
  readonly rules: ReadonlyArray<unknown>
  readonly excludedPackages: unknown
  readonly packages: unknown
  readonly subjects: ReadonlyArray<GatingSubject.GatingSubject>
  readonly verbose: boolean
  readonly ignoreResults: ReadonlySet<number>
  readonly ignoreWaivers: ReadonlySet<number>
  /** Only what was known until then, as the database takes it; `undefined`: now. */
  readonly when: string | undefined
}

/** Why a question cannot be answered; `status` is of HTTP. */
export interface BadRequest {
  readonly status: 400 | 415
  readonly message: string
}

/** Subjects of one question. */
const mostSubjects = 1_000

const bad = (message: string) => Result.fail<BadRequest>({ status: 400, message })

const subjectsOf = (
  body: Readonly<Record<string, unknown>>,
  types: ReadonlyArray<SubjectType>
): Result.Result<ReadonlyArray<GatingSubject.GatingSubject>, BadRequest> => {
  const given = body["subject"]
  if (given !== undefined) {
    if (!Array.isArray(given) || given.length === 0 || !given.every(GatingProblem.isObject)) {
      return bad("Invalid subject, must be a list of dicts")
    }
    if (given.length > mostSubjects) return bad(`Invalid subject, must be a list of at most ${mostSubjects} dicts`)
    const subjects = given.map((one) => GatingSubject.fromObject(one, types))
    return subjects.some((one) => one === undefined)
      ? bad("Could not detect subject_identifier")
      : Result.succeed(subjects as ReadonlyArray<GatingSubject.GatingSubject>)
  }
  const { subject_identifier: identifier, subject_type: type } = body
  if (type === undefined) return bad("Missing required \"subject_type\" parameter")
  if (identifier === undefined) return bad("Missing required \"subject_identifier\" parameter")
  if (typeof identifier !== "string") return bad("Subject item/identificator must be a string")
  if (typeof type !== "string") return bad("Subject type must be a string")
  return Result.succeed([GatingSubject.make(type, identifier, types)])
}

const contextsOf = (value: unknown): ReadonlyArray<string> | undefined =>
  typeof value === "string"
    ? (value === "" ? [] : [value])
    : Array.isArray(value) && value.every((one) => typeof one === "string")
    ? value
    : value === undefined || value === null
    ? []
    : undefined

const idsOf = (value: unknown): ReadonlySet<number> | undefined =>
  value === undefined || value === null
    ? new Set()
    : Array.isArray(value)
    ? new Set(value.filter((one) => typeof one === "number"))
    : undefined

const times = /^\d{4}-\d{1,2}-\d{1,2}T\d{1,2}:\d{1,2}:\d{1,2}\.\d{1,6}$/

/** Reads a question. Fails with the first fault, in the order in which Greenwave finds them. */
export const decodeRequest = (
  body: unknown,
  types: ReadonlyArray<SubjectType>
): Result.Result<DecisionRequest, BadRequest> => {
  if (!GatingProblem.isObject(body)) return bad("The JSON payload must be an object")
  if (Object.keys(body).length === 0) return Result.fail({ status: 415, message: "No JSON payload in request" })
  const productVersion = body["product_version"]
  if (productVersion === undefined || productVersion === null || productVersion === "") {
    return bad("Missing required product version")
  }
  if (typeof productVersion !== "string") return bad("Product version must be a string")
  const contexts = contextsOf(body["decision_context"])
  const rules = body["rules"] ?? []
  if (contexts === undefined) return bad("decision_context must be a string or a list of strings")
  if (!Array.isArray(rules)) return bad("rules must be a list")
  if (contexts.length === 0 && rules.length === 0) return bad("Either decision_context or rules is required.")
  if (contexts.length > 0 && rules.length > 0) return bad("Cannot have both decision_context and rules")
  const subjects = subjectsOf(body, types)
  if (Result.isFailure(subjects)) return Result.fail(subjects.failure)
  const verbose = body["verbose"] ?? false
  if (typeof verbose !== "boolean") return bad("Invalid verbose flag, must be a bool")
  const ignoreResults = idsOf(body["ignore_result"])
  const ignoreWaivers = idsOf(body["ignore_waiver"])
  if (ignoreResults === undefined) return bad("ignore_result must be a list of ids")
  if (ignoreWaivers === undefined) return bad("ignore_waiver must be a list of ids")
  const when = body["when"]
  if (
    when !== undefined && when !== null && when !== "" && (typeof when !== "string" || !times.test(when)
      || Number.isNaN(Date.parse(`${when.slice(0, 10)}T00:00:00Z`)))
  ) {
    return bad("Invalid \"when\" parameter, must be in ISO8601 format")
  }
  return Result.succeed({
    productVersion,
    contexts: contexts.length === 0 ? undefined : contexts,
    rules,
    excludedPackages: body["excluded_packages"],
    packages: body["packages"],
    subjects: subjects.success,
    verbose,
    ignoreResults,
    ignoreWaivers,
    when: typeof when === "string" && when !== "" ? when : undefined
  })
}

const of = (
  type: string,
  { subject, testCase }: { readonly subject: GatingSubject.GatingSubject; readonly testCase: string }
) => ({
  type,
  testcase: testCase,
  subject_type: subject.type.id,
  subject_identifier: subject.identifier
})

const unmet = (requirement: Requirement.Unmet): Readonly<Record<string, unknown>> => {
  const { subject } = requirement
  const file = { ...of("", { subject, testCase: Requirement.testCaseOf(requirement) }), scenario: null }
  switch (requirement._tag) {
    case "Missing":
      return {
        ...of("test-result-missing", requirement),
        scenario: requirement.scenario,
        source: requirement.source,
        item: GatingSubject.item(subject)
      }
    case "Incomplete":
    case "Failed":
    case "Errored": {
      const types = { Incomplete: "test-result-missing", Failed: "test-result-failed", Errored: "test-result-errored" }
      return {
        ...of(types[requirement._tag], requirement),
        source: requirement.source,
        result_id: requirement.resultId,
        ...(requirement._tag === "Errored" ? { error_reason: requirement.reason } : {}),
        item: GatingSubject.item(subject),
        ...requirement.distinct
      }
    }
    case "InvalidFile":
      return { ...file, type: "invalid-gating-yaml", source: requirement.source, details: requirement.details }
    case "MissingFile":
      return { ...file, type: "missing-gating-yaml", sources: requirement.sources }
    case "UnknownFile":
      return { ...file, type: "failed-fetch-gating-yaml", sources: requirement.sources, error: requirement.error }
  }
}

/** One requirement as it is shown. */
export const encodeRequirement = (requirement: Requirement.Requirement): Readonly<Record<string, unknown>> => {
  switch (requirement._tag) {
    case "Passed":
      return {
        ...of("test-result-passed", requirement),
        source: requirement.source,
        result_id: requirement.resultId,
        ...requirement.distinct
      }
    case "Waived": {
      const { item: _, ...rest } = unmet(requirement.unmet)
      return { ...rest, type: `${String(rest["type"])}-waived`, waiver_id: requirement.waiverId }
    }
    case "Excluded":
      return {
        type: "excluded",
        subject_identifier: requirement.subject.identifier,
        policy: requirement.policy,
        source: requirement.source
      }
    case "FetchedFile":
      return {
        ...of("fetched-gating-yaml", { ...requirement, testCase: "fetched-gating-yaml" }),
        source: requirement.source
      }
    default:
      return unmet(requirement)
  }
}

/** A decision as it is shown; which policies applied is left out where the request brought its own rules. */
export const encodeDecision = (
  decision: GateDecision & { readonly _tag: "Decided" },
  hasOwnRules: boolean
): Readonly<Record<string, unknown>> => ({
  policies_satisfied: decision.isSatisfied,
  summary: RequirementSummary.format(decision.requirements),
  satisfied_requirements: decision.requirements.filter((one) => !Requirement.isUnmet(one)).map(encodeRequirement),
  unsatisfied_requirements: decision.requirements.filter(Requirement.isUnmet).map(encodeRequirement),
  ...(hasOwnRules ? {} : { applicable_policies: decision.applicable.map(({ id }) => id) })
})

const encodeRule = (rule: GatingPolicy.GatingRule) =>
  rule._tag === "PassingTestCase"
    ? { rule: "PassingTestCaseRule", test_case_name: rule.testCase, scenario: rule.scenario ?? null }
    : { rule: "RemoteRule", required: rule.required, sources: rule.sources }

/** A policy as lists show it. */
export const encodePolicy = (policy: GatingPolicy.GatingPolicy) => ({
  id: policy.id ?? null,
  product_versions: policy.productVersions,
  decision_context: policy.contextForm === "one" ? policy.decisionContexts[0] ?? null : null,
  decision_contexts: policy.contextForm === "one" ? [] : policy.decisionContexts,
  subject_type: policy.subjectType ?? null,
  rules: policy.rules.map(encodeRule),
  excluded_packages: policy.excludedPackages,
  packages: policy.packages,
  relevance_key: policy.relevance.key ?? null,
  relevance_value: policy.relevance.value ?? null
})

const encodeQuery = ({ itemKey, keys }: ResultQuery) => ({
  ...(itemKey === undefined ? {} : { item_key: itemKey }),
  ...(Object.keys(keys).length === 0 ? {} : { keys })
})

/** A type of subjects as lists show it. */
export const encodeSubjectType = (type: SubjectType) => ({
  id: type.id,
  aliases: type.aliases,
  item_key: type.itemKey ?? null,
  is_koji_build: type.isKojiBuild,
  is_nvr: type.isNvr,
  ignore_missing_policy: type.ignoreMissingPolicy,
  product_version: type.productVersion ?? null,
  product_version_match: type.productVersionMatch.map(({ match, productVersion }) => ({
    match,
    product_version: productVersion
  })),
  product_version_from_koji_build_target: [],
  item_dict: type.itemDict === undefined ? {} : encodeQuery(type.itemDict),
  result_queries: type.resultQueries.map(encodeQuery)
})
