/**
 * This server's own policies as the gate of module builds, by the rule that the Module Build Service goes by: the policies of one
 * product version satisfied are enough.
 */
import * as GatingPolicy from "@orch/core/gating/GatingPolicy"
import * as GatingSubject from "@orch/core/gating/GatingSubject"
import * as RequirementSummary from "@orch/core/gating/RequirementSummary"
import * as Nsvc from "@orch/core/Nsvc"
import { GateError, type Interface, type Verdict } from "@orch/core/ports/Gate"
import * as ProductVersions from "@orch/core/resolution/ProductVersions"
import * as TagPlan from "@orch/core/resolution/TagPlan"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { GateDecisions } from "./GateDecisions.ts"
import * as GatePoints from "./GatePoints.ts"
import { GatingConfig } from "./GatingConfig.ts"

export interface Options {
  readonly decisionContext: string
  readonly subjectType: string
  /** By platform stream; others are asked about every version that a policy names. */
  readonly productVersions: Readonly<Record<string, string>>
  /** Seconds. */
  readonly retryAfter: number
}

/** The gate, as the port has it. */
export const make = Effect.fnUntraced(function*(
  { decisionContext, productVersions, retryAfter, subjectType }: Options
) {
  const decisions = yield* GateDecisions
  const { policies, subjectTypes } = yield* GatingConfig

  const held = (why: string): Verdict => ({
    _tag: "Unsatisfied",
    reason: `Gating failed (asked again in ${retryAfter} seconds): ${why}`,
    retryAfterSeconds: retryAfter
  })

  const decide = Effect.fnUntraced(function*(identifier: string, platform: string) {
    const subject = GatingSubject.make(subjectType, identifier, subjectTypes)
    const own = policies.filter((policy) =>
      GatingPolicy.isForContexts(policy, [decisionContext]) && GatingPolicy.isForType(policy, subject.type)
    )
    const versionsOf = (some: ReadonlyArray<GatingPolicy.GatingPolicy>) => some.flatMap((one) => one.productVersions)
    const version = Object.hasOwn(productVersions, platform) ? productVersions[platform] : undefined
    const said: Array<string> = []
    for (const productVersion of ProductVersions.toAsk(versionsOf(own), versionsOf(policies), version)) {
      const decision = yield* GatePoints.decide(decisions, subject, { context: decisionContext, productVersion })
      if (decision._tag === "NoPolicy") continue
      if (decision.isSatisfied) {
        return { _tag: "Satisfied", reason: `The policies of ${productVersion} are satisfied` } satisfies Verdict
      }
      said.push(`${productVersion}: ${RequirementSummary.format(decision.requirements)}`)
    }
    return held(
      said.length > 0
        ? said.join("; ")
        : `no policy for ${subjectType} in the context ${decisionContext} names a product version; `
          + "ORCH_GREENWAVE_PRODUCT_VERSIONS says which one a platform is"
    )
  })

  return {
    decide: ({ identifier, platform = "" }) =>
      Result.match(Nsvc.parse(identifier), {
        onFailure: ({ message }) => Effect.fail(new GateError({ reason: "refused", message })),
        onSuccess: (nsvc) =>
          decide(TagPlan.cgNvr({ ...nsvc, scratch: false }), platform).pipe(
            Effect.mapError((error) => new GateError({ reason: "unreachable", message: error.message }))
          )
      })
  } satisfies Interface
})
