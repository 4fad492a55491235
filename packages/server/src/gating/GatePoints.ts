/** At which points and for which product versions there is something to decide about subjects of a type. */
import * as GatingPolicy from "@orch/core/gating/GatingPolicy"
import type { GatingSubject } from "@orch/core/gating/GatingSubject"
import type { SubjectType } from "@orch/core/gating/SubjectType"
import * as ProductVersions from "@orch/core/resolution/ProductVersions"
import * as Effect from "effect/Effect"
import type { Interface as Decisions } from "./GateDecisions.ts"

/** A decision context, for a product version. */
export interface GatePoint {
  readonly context: string
  readonly productVersion: string
}

/** Points that one subject is decided about at once. */
const most = 40

/** A text that is equal for equal points. */
export const keyOf = ({ context, productVersion }: GatePoint): string => JSON.stringify([productVersion, context])

/** The first 40 that policies name and that are asked for, each once; `further` are product versions that patterns may mean. */
export const of = (
  policies: ReadonlyArray<GatingPolicy.GatingPolicy>,
  type: SubjectType,
  further: ReadonlyArray<string>,
  isAsked: (point: GatePoint) => boolean = () => true
): ReadonlyArray<GatePoint> => {
  const known = [
    ...policies.flatMap(({ productVersions }) => productVersions),
    ...further,
    ...(type.productVersion === undefined ? [] : [type.productVersion])
  ]
  const points = policies.filter((policy) => GatingPolicy.isForType(policy, type)).flatMap(
    ({ decisionContexts, productVersions }) =>
      ProductVersions.toAsk(productVersions, known).flatMap((productVersion) =>
        decisionContexts.map((context) => ({ context, productVersion }))
      )
  )
  return [...new Map(points.filter(isAsked).map((point) => [keyOf(point), point])).values()].slice(0, most)
}

/** The decision at one point, as things are now. */
export const decide = (decisions: Decisions, subject: GatingSubject, { context, productVersion }: GatePoint) =>
  Effect.map(
    decisions.decide({
      productVersion,
      contexts: [context],
      rules: [],
      excludedPackages: undefined,
      packages: undefined,
      subjects: [subject],
      verbose: false,
      ignoreResults: new Set(),
      ignoreWaivers: new Set(),
      when: undefined
    }),
    ({ decision }) => decision
  )
