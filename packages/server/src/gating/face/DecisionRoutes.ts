/** Greenwave 1.0: decisions, policies, and whether a `gating.yaml` is right. */
import * as DecisionWire from "@orch/api/gating/DecisionWire"
import * as ResultWire from "@orch/api/gating/ResultWire"
import * as WaiverWire from "@orch/api/gating/WaiverWire"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { GateDecisions } from "../GateDecisions.ts"
import { GatingConfig } from "../GatingConfig.ts"
import * as PolicyFile from "../PolicyFile.ts"
import * as Answer from "./GatingAnswer.ts"

type Call = Answer.Call

/** `/decision`. */
export const decide = Effect.fnUntraced(function*(call: Call) {
  const { subjectTypes } = yield* GatingConfig
  const decoded = DecisionWire.decodeRequest(yield* Answer.body(call), subjectTypes)
  if (Result.isFailure(decoded)) return yield* Answer.refuse(decoded.failure.status, decoded.failure.message)
  const request = decoded.success
  const { decision, results, waivers } = yield* (yield* GateDecisions).decide(request).pipe(
    Effect.catchTags({
      RulesRefused: ({ message }) => Answer.refuse(400, message),
      RemoteFileUnavailable: ({ message }) => Answer.refuse(502, message)
    })
  )
  if (decision._tag === "NoPolicy") {
    const contexts = (request.contexts ?? []).join(" ")
    return yield* Answer.refuse(
      404,
      `Found no applicable policies for ${decision.subject.type.id} subjects at gating point(s) ${contexts} in `
        + request.productVersion
    )
  }
  const resultsRoot = call.root.replace(/\/greenwave(?=\/api\/v1\.0$)/, "/resultsdb").replace(/v1\.0$/, "v2.0")
  return Answer.json({
    ...DecisionWire.encodeDecision(decision, request.contexts === undefined),
    ...(request.verbose
      ? {
        results: results.map((result) => ResultWire.encode(resultsRoot, result)),
        waivers: waivers.map((waiver) => WaiverWire.encode(waiver, subjectTypes))
      }
      : {})
  })
})

/** `/policies`. */
export const policies = Effect.map(
  GatingConfig,
  (config) => Answer.json({ policies: config.policies.map(DecisionWire.encodePolicy) })
)

/** `/subject_types`, by name. */
export const subjectTypes = Effect.map(GatingConfig, (config) =>
  Answer.json({
    subject_types: config.subjectTypes.map(DecisionWire.encodeSubjectType)
      .sort((a, b) => a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  }))

/** `/validate-gating-yaml`: whether a file that lies beside sources can be read, and would count. */
export const validate = Effect.fnUntraced(function*({ request }: Call) {
  const text = yield* Effect.catch(request.text, () => Answer.refuse(413, "The file is larger than this server takes"))
  const read = PolicyFile.ownPolicies(text)
  if (Result.isFailure(read)) return yield* Answer.refuse(400, read.failure)
  if (read.success.length === 0) return yield* Answer.refuse(400, "No policies defined")
  const { policies: parents } = yield* GatingConfig
  const known = new Set(parents.flatMap(({ decisionContexts }) => decisionContexts))
  const missing = [...new Set(read.success.flatMap(({ decisionContexts }) => decisionContexts))]
    .filter((context) => !known.has(context)).sort()
  return Answer.json({
    message: missing.length === 0
      ? "All OK"
      : `Greenwave could not find a parent policy(ies) for following decision context(s): ${missing.join(", ")}. `
        + "Please change your policy so that it will match a decision context in the parent policies."
  })
})
