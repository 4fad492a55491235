/**
 * Greenwave as the gate: a build may be used when the policies of one product version are satisfied (Module Build Service,
 * `check_gating`).
 *
 * What cannot be asked is not satisfied, and asked again: a gate that is away must not let builds through.
 */
import * as NameList from "@orch/core/NameList"
import * as Nsvc from "@orch/core/Nsvc"
import { Gate, GateError, type Interface, type Verdict } from "@orch/core/ports/Gate"
import * as ProductVersions from "@orch/core/resolution/ProductVersions"
import * as TagPlan from "@orch/core/resolution/TagPlan"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as JsonRequest from "../outgoing/JsonRequest.ts"

export interface Options {
  /** Root of the API. */
  readonly url: string
  readonly decisionContext: string
  readonly subjectType: string
  /** The product version of each platform stream; of others those that the policies name are asked about. */
  readonly productVersions: Readonly<Record<string, string>>
  /** Seconds. */
  readonly retryAfter: number
}

const Policies = Schema.Struct({
  policies: Schema.Array(Schema.Struct({
    decision_context: Schema.optionalKey(Schema.Unknown),
    decision_contexts: Schema.optionalKey(Schema.NullOr(Schema.Array(Schema.String))),
    subject_type: Schema.optionalKey(Schema.Unknown),
    subject_types: Schema.optionalKey(Schema.Unknown),
    product_versions: Schema.optionalKey(Schema.NullOr(Schema.Array(Schema.String)))
  }))
})

type Policy = typeof Policies.Type["policies"][number]

/** A policy names one type, or several, or by naming none is about all. */
const isAbout = ({ subject_type, subject_types }: Policy, subjectType: string): boolean => {
  const named = [subject_type, subject_types].flat().filter((one) => one !== null && one !== undefined)
  return named.length === 0 || named.includes(subjectType)
}

const list = Schema.optionalKey(Schema.Array(Schema.Json))

const Decision = Schema.Struct({
  policies_satisfied: Schema.Boolean,
  summary: Schema.optionalKey(Schema.String),
  applicable_policies: Schema.optionalKey(Schema.Array(Schema.NullOr(Schema.String))),
  satisfied_requirements: list,
  unsatisfied_requirements: list
})

const bounds = { timeoutMillis: 60_000, maxBytes: 16 * 1024 * 1024 }

const why = ({ message, said }: JsonRequest.JsonRequestFailed): string =>
  said === undefined ? message : `${message}: ${said}`

/** Questions to Greenwave about one build: what its policies name, and what it decides. */
const questions = (
  { decisionContext, productVersions, subjectType, url }: Omit<Options, "retryAfter">
) => {
  const root = url.replace(/\/+$/, "")

  /** What the policies for our builds name, and what any of them names. */
  const named = Effect.map(JsonRequest.ask(`${root}/policies`, Policies, bounds), ({ policies }) => {
    const versionsOf = (some: ReadonlyArray<Policy>) => some.flatMap((policy) => policy.product_versions ?? [])
    const own = policies.filter((policy) =>
      isAbout(policy, subjectType)
      && (policy.decision_context === decisionContext || policy.decision_contexts?.includes(decisionContext) === true)
    )
    return { own: versionsOf(own), all: versionsOf(policies) }
  })

  const decision = (version: string, identifier: string) =>
    Effect.result(JsonRequest.ask(`${root}/decision`, Decision, {
      ...bounds,
      init: JsonRequest.post({
        decision_context: decisionContext,
        product_version: version,
        subject_type: subjectType,
        subject_identifier: identifier
      })
    }))

  const versionOf = (platform: string): string | undefined =>
    Object.hasOwn(productVersions, platform) ? productVersions[platform] : undefined

  return { named, decision, versionOf }
}

/**
 * All that Greenwave decides about a build at this point, for each product version that its policies name or that its platform is. Fails where
 * one of them is not answered: what is not known is no decision.
 */
export const decisions = (options: Omit<Options, "retryAfter">) => {
  const { decision, named, versionOf } = questions(options)
  return Effect.fnUntraced(function*(identifier: string, platform: string) {
    const { all, own } = yield* named
    const found: Array<{ readonly version: string; readonly decision: typeof Decision.Type }> = []
    for (const version of ProductVersions.toAsk(own, all, versionOf(platform))) {
      found.push({ version, decision: yield* Effect.fromResult(yield* decision(version, identifier)) })
    }
    return found
  })
}

export const make = (options: Options): Interface => {
  const { decisionContext, retryAfter, subjectType } = options
  const { decision, named, versionOf } = questions(options)

  const held = (why: string): Verdict => ({
    _tag: "Unsatisfied",
    reason: `Gating failed (asked again in ${retryAfter} seconds): ${why}`,
    retryAfterSeconds: retryAfter
  })

  /** Why there is nothing to ask. */
  const unaddressed = (own: ReadonlyArray<string>, version: string | undefined, platform: string): string => {
    const policies = `policy for ${subjectType} in the context ${decisionContext}`
    if (own.length === 0) return `Greenwave has no ${policies}`
    return version === undefined
      ? `Greenwave's ${policies} is about ${
        NameList.shorten(own)
      }; ORCH_GREENWAVE_PRODUCT_VERSIONS has to say which of these ${JSON.stringify(platform)} is`
      : `Greenwave has no ${policies} that is about ${version}`
  }

  /** One product version after the other: the first that is satisfied is enough. */
  const decide = Effect.fnUntraced(function*(identifier: string, platform: string) {
    const found = yield* Effect.result(named)
    if (Result.isFailure(found)) return held(`Greenwave gave no policies: ${why(found.failure)}`)
    const { all, own } = found.success
    const version = versionOf(platform)
    const said: Array<string> = []
    for (const one of ProductVersions.toAsk(own, all, version)) {
      const answer = yield* decision(one, identifier)
      if (Result.isSuccess(answer) && answer.success.policies_satisfied) {
        return { _tag: "Satisfied", reason: `Greenwave: the policies of ${one} are satisfied` } satisfies Verdict
      }
      said.push(
        `${one}: ${Result.isFailure(answer) ? why(answer.failure) : answer.success.summary ?? "not satisfied"}`
      )
    }
    return held(
      said.length > 0
        ? said.join("; ")
        : unaddressed(own, version, platform)
    )
  })

  return {
    decide: ({ identifier, platform = "" }) =>
      Result.match(Nsvc.parse(identifier), {
        onFailure: ({ message }) => Effect.fail(new GateError({ reason: "refused", message })),
        onSuccess: (nsvc) => decide(TagPlan.cgNvr({ ...nsvc, scratch: false }), platform)
      })
  }
}

/** The gate that asks there. */
export const layer = (options: Options): Layer.Layer<never> => Layer.succeed(Gate, make(options))
