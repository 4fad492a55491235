/**
 * Greenwave as the gate: a build may be used when the policies of one product version are satisfied (Module Build Service,
 * `check_gating`).
 *
 * What cannot be asked is not satisfied, and asked again: a gate that is away must not let builds through.
 */
import * as Nsvc from "@orch/core/Nsvc"
import { Gate, GateError, type Interface, type Verdict } from "@orch/core/ports/Gate"
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
  /** Seconds. */
  readonly retryAfter: number
}

const Policies = Schema.Struct({
  policies: Schema.Array(Schema.Struct({
    decision_context: Schema.optionalKey(Schema.Unknown),
    decision_contexts: Schema.optionalKey(Schema.Array(Schema.String)),
    subject_type: Schema.optionalKey(Schema.Unknown),
    product_versions: Schema.optionalKey(Schema.Array(Schema.String))
  }))
})

const Decision = Schema.Struct({ policies_satisfied: Schema.Boolean, summary: Schema.optionalKey(Schema.String) })

const bounds = { timeoutMillis: 60_000, maxBytes: 16 * 1024 * 1024 }

const why = ({ message, said }: JsonRequest.JsonRequestFailed): string =>
  said === undefined ? message : `${message}: ${said}`

export const make = ({ decisionContext, retryAfter, subjectType, url }: Options): Interface => {
  const root = url.replace(/\/+$/, "")

  const productVersions = Effect.map(JsonRequest.ask(`${root}/policies`, Policies, bounds), ({ policies }) => {
    const own = policies.filter((policy) =>
      policy.subject_type === subjectType
      && (policy.decision_context === decisionContext || policy.decision_contexts?.includes(decisionContext) === true)
    )
    return [...new Set(own.flatMap((policy) => policy.product_versions ?? []))]
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

  const held = (why: string): Verdict => ({
    _tag: "Unsatisfied",
    reason: `Gating failed (asked again in ${retryAfter} seconds): ${why}`,
    retryAfterSeconds: retryAfter
  })

  /** One product version after the other: the first that is satisfied is enough. */
  const decide = Effect.fnUntraced(function*(identifier: string) {
    const versions = yield* Effect.result(productVersions)
    if (Result.isFailure(versions)) return held(`Greenwave gave no policies: ${why(versions.failure)}`)
    const said: Array<string> = []
    for (const version of versions.success) {
      const answer = yield* decision(version, identifier)
      if (Result.isSuccess(answer) && answer.success.policies_satisfied) {
        return { _tag: "Satisfied", reason: `Greenwave: the policies of ${version} are satisfied` } satisfies Verdict
      }
      said.push(
        `${version}: ${Result.isFailure(answer) ? why(answer.failure) : answer.success.summary ?? "not satisfied"}`
      )
    }
    return held(
      said.length > 0
        ? said.join("; ")
        : `Greenwave has no policy for ${subjectType} in the context ${decisionContext}`
    )
  })

  return {
    decide: ({ identifier }) =>
      Result.match(Nsvc.parse(identifier), {
        onFailure: ({ message }) => Effect.fail(new GateError({ reason: "refused", message })),
        onSuccess: (nsvc) => decide(TagPlan.cgNvr({ ...nsvc, scratch: false }))
      })
  }
}

/** The gate of the settings; without a URL everything may pass. */
export const layer = (options: Options | undefined): Layer.Layer<never> =>
  options === undefined ? Layer.empty : Layer.succeed(Gate, make(options))
