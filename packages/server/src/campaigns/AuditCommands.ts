/**
 * Builds modules that were cut off all the same, in scratch and from the very commits of the build that was taken for them, and compares.
 *
 * What came out otherwise is taken no more, from whichever build: the campaign then builds the module anew.
 */
import type { Campaign } from "@orch/core/campaign/Campaign"
import type { CampaignEvent } from "@orch/core/campaign/CampaignEvent"
import type * as Life from "@orch/core/life/Life"
import * as NameList from "@orch/core/NameList"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { Revocations } from "../traces/Revocations.ts"
import * as NodeContents from "./NodeContents.ts"
import * as NodeSubmission from "./NodeSubmission.ts"

type Outcome = Life.Outcome<CampaignEvent>

const judgements = Metric.counter("orch_campaign_audits_total", {
  description:
    "Modules that were cut off and built all the same, by what that showed: same, differs (a false cut), unknown",
  incremental: true
})

/** Below campaigns, which people wait for. */
const urgency = -40

/** What is done for audits. */
export const make = Effect.gen(function*() {
  const builds = yield* ModuleBuilds
  const revocations = yield* Revocations
  const contents = yield* NodeContents.make
  const nodes = yield* NodeSubmission.make

  /** The audit of a node that this command is for, with the builds that were taken for it. */
  const auditOf = ({ nodes, plan }: Campaign, name: string, attempt: number) => {
    const node = nodes.get(name)
    const planned = plan.nodes.find((one) => one.name === name)
    return node?.state !== "cut" || node.attempt !== attempt || node.audit === undefined || planned === undefined
      ? undefined
      : { audit: node.audit, at: node.finishedAt ?? 0, planned }
  }

  const begin = Effect.fnUntraced(function*(campaign: Campaign, node: string, attempt: number): Effect.fn.Return<
    ReadonlyArray<Outcome>,
    NodeSubmission.Away | StoreUnavailable
  > {
    const found = auditOf(campaign, node, attempt)
    if (found?.audit.state !== "asked") return []
    const [first] = found.planned.previous
    const taken = first === undefined
      ? undefined
      : yield* builds.get(first).pipe(Effect.catchTag("ProcessNotFound", () => Effect.undefined))
    const unknown = (reason: string): ReadonlyArray<Outcome> => [
      { _tag: "AuditJudged", node, attempt, verdict: "unknown", reason }
    ]
    if (taken === undefined) return unknown("There is no build to compare with")
    const { plan } = taken.state
    const submitted = yield* nodes.scratch({
      scmurl: plan.scmurl ?? found.planned.scmurl,
      node,
      owner: campaign.plan.by,
      at: found.at,
      urgency,
      // Nothing waits for it.
      rebuild: { ...NodeSubmission.partOf(campaign, node), behind: 0 },
      // The branches of components may have moved on since.
      refs: yield* nodes.commitsOf(first)
    })
    return submitted._tag === "Refused"
      ? unknown(submitted.reason)
      : [{ _tag: "AuditBegun", node, attempt, builds: submitted.builds }]
  })

  const judge = Effect.fnUntraced(function*(campaign: Campaign, node: string, attempt: number): Effect.fn.Return<
    ReadonlyArray<Outcome>,
    StoreUnavailable
  > {
    const found = auditOf(campaign, node, attempt)
    if (found?.audit.state !== "builds") return []
    const told = (verdict: "same" | "differs" | "unknown", reason: string) =>
      Effect.as(
        Metric.update(Metric.withAttributes(judgements, { verdict }), 1),
        [{ _tag: "AuditJudged", node, attempt, verdict, reason } as const]
      )
    const failed = found.audit.builds.find(({ state }) => state === "failed" || state === "garbage")
    if (failed !== undefined) return yield* told("unknown", `Module build ${failed.id} ${failed.state}`)
    const before = yield* contents.held(found.planned.previous)
    const after = yield* contents.held(found.audit.builds.map(({ id }) => id))
    if (before === undefined || after === undefined) {
      return yield* told("unknown", "Its packages cannot be read on this machine")
    }
    const names = NodeContents.differences(before, after)
    if (names.length === 0) return yield* told("same", "It came out as what was taken for it")
    const said = `otherwise came out ${NameList.shorten(names)}`
    for (const one of before) {
      const changed = NodeContents.changedComponents(one, after)
      yield* revocations.revoke(one.build, changed, campaign.plan.by, `Audit in campaign ${campaign.id}: ${said}`)
    }
    return yield* told("differs", said)
  })

  return { begin, judge }
})
