/** Waivers as WaiverDB 1.0 takes and shows them. */
import * as GatingSubject from "@orch/core/gating/GatingSubject"
import * as SubjectType from "@orch/core/gating/SubjectType"
import * as Result from "effect/Result"
import * as GatingProblem from "./GatingProblem.ts"
import * as GatingTime from "./GatingTime.ts"

/** A waiver as it is asked for. What is waived is a subject, or what a result is about. */
export interface WaiverPost {
  readonly about:
    | { readonly _tag: "Subject"; readonly subject: GatingSubject.GatingSubject; readonly testcase: string }
    | { readonly _tag: "Result"; readonly id: number }
  readonly productVersion: string
  readonly scenario: string | undefined
  readonly waived: boolean
  readonly comment: string
  /** On whose behalf, where that is not the caller's own. */
  readonly username: string | undefined
}

/** A stored waiver. */
export interface StoredWaiver {
  readonly id: number
  readonly subjectType: string
  readonly subjectIdentifier: string
  readonly testcase: string
  readonly productVersion: string
  readonly scenario: string | null
  readonly waived: boolean
  readonly comment: string
  readonly username: string
  readonly proxiedBy: string | null
  readonly made: string
}

const unclear =
  "Value error, subject must be defined using result_id or subject or both subject_identifier and subject_type"

const aboutOf = (
  body: Readonly<Record<string, unknown>>,
  fields: GatingProblem.FieldReader,
  types: ReadonlyArray<SubjectType.SubjectType>
): WaiverPost["about"] | undefined => {
  const testcase = fields.text("testcase", { least: 1, most: 255 })
  const type = fields.text("subject_type", { least: 1, most: 255 })
  const identifier = fields.text("subject_identifier", { least: 1, most: 1_000 })
  const given = body["subject"]
  const result = body["result_id"]
  if (result !== undefined && result !== null) {
    const id = typeof result === "number"
      ? result
      : typeof result === "string" && /^\d{1,15}$/.test(result)
      ? Number(result)
      : NaN
    if (!Number.isSafeInteger(id) || id < 1) fields.refuse("result_id", "Input should be a valid integer")
    if (given !== undefined || type !== undefined || identifier !== undefined || testcase !== undefined) {
      fields.refuse("result_id", "Value error, result_id argument should not be used together with subject or testcase")
    }
    return { _tag: "Result", id }
  }
  if (testcase === undefined && body["testcase"] === undefined) fields.refuse("testcase", "Field required")
  if (given === undefined || given === null) {
    if (type !== undefined && identifier !== undefined && testcase !== undefined) {
      return { _tag: "Subject", subject: GatingSubject.make(type, identifier, types), testcase }
    }
    if (type === undefined || identifier === undefined) fields.refuse("subject_identifier", unclear)
    return undefined
  }
  if (type !== undefined || identifier !== undefined) {
    fields.refuse(
      "subject",
      "Value error, subject should not be used together with subject_identifier and subject_type"
    )
    return undefined
  }
  const subject = GatingProblem.isObject(given) ? subjectOf(given, types) : undefined
  if (subject === undefined) {
    fields.refuse("subject", "Value error, subject must have type and item, or the key of a known type")
    return undefined
  }
  return testcase === undefined ? undefined : { _tag: "Subject", subject, testcase }
}

/** The keys that WaiverDB knows in subjects of the old form, whatever types an installation describes. */
const oldKeys: ReadonlyArray<readonly [key: string, type: string]> = [
  ["productmd.compose.id", "compose"],
  ["original_spec_nvr", "koji_build"]
]

const subjectOf = (
  object: Readonly<Record<string, unknown>>,
  types: ReadonlyArray<SubjectType.SubjectType>
): GatingSubject.GatingSubject | undefined => {
  const found = GatingSubject.fromObject(object, types)
  if (found !== undefined) return found
  for (const [key, type] of oldKeys) {
    const item = object[key]
    if (typeof item === "string" && item !== "") return GatingSubject.make(type, item, types)
  }
  return undefined
}

/** Reads one posted waiver; unknown keys are left out. Fails with every field that is wrong. */
export const decodePost = (
  body: unknown,
  types: ReadonlyArray<SubjectType.SubjectType>,
  at: ReadonlyArray<string | number> = []
): Result.Result<WaiverPost, ReadonlyArray<GatingProblem.GatingProblem>> => {
  if (!GatingProblem.isObject(body)) {
    return Result.fail([{ loc: at, msg: "Input should be an object", input: undefined }])
  }
  const fields = GatingProblem.reader(body, at)
  const about = aboutOf(body, fields, types)
  const productVersion = fields.text("product_version", { required: true, least: 1, most: 255 })
  const comment = fields.text("comment", { required: true, least: 1 })
  const scenario = fields.text("scenario", { most: 255 })
  const username = fields.text("username", { most: 255 })
  const waived = fields.flag("waived", true)
  return fields.problems.length > 0 || about === undefined || productVersion === undefined || comment === undefined
    ? Result.fail(fields.problems)
    : Result.succeed({
      about,
      productVersion,
      comment,
      scenario: scenario === "" ? undefined : scenario,
      username: username === "" ? undefined : username,
      waived
    })
}

/** A waiver as it is shown. */
export const encode = (waiver: StoredWaiver, types: ReadonlyArray<SubjectType.SubjectType>) => ({
  id: waiver.id,
  subject_type: waiver.subjectType,
  subject_identifier: waiver.subjectIdentifier,
  subject: waiver.subjectType === "compose"
    ? { "productmd.compose.id": waiver.subjectIdentifier }
    : GatingSubject.item(GatingSubject.make(waiver.subjectType, waiver.subjectIdentifier, types)),
  testcase: waiver.testcase,
  username: waiver.username,
  scenario: waiver.scenario,
  proxied_by: waiver.proxiedBy,
  product_version: waiver.productVersion,
  waived: waiver.waived,
  comment: waiver.comment,
  timestamp: GatingTime.show(waiver.made)
})
