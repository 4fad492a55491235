/** Does what campaigns ask for: submits modules, compares what came out of them, and calls off what is not wanted any more. */
import type { Campaign } from "@orch/core/campaign/Campaign"
import type { CampaignCommand, CampaignEvent } from "@orch/core/campaign/CampaignEvent"
import { type CampaignLife, campaignLife } from "@orch/core/campaign/CampaignLife"
import * as CommandInterpreter from "@orch/core/engine/CommandInterpreter"
import * as CommandWorkers from "@orch/core/engine/CommandWorkers"
import { ModuleBuildEngine } from "@orch/core/engine/modulebuild/ModuleBuildEngine"
import type * as Life from "@orch/core/life/Life"
import { Campaigns } from "@orch/core/ports/campaign/Campaigns"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as AuditCommands from "./AuditCommands.ts"
import { FailureNotices, type NoticeFailed } from "./FailureNotices.ts"
import * as NodeContents from "./NodeContents.ts"
import * as NodeSubmission from "./NodeSubmission.ts"
import * as TrialReports from "./TrialReports.ts"

type Outcome = Life.Outcome<CampaignEvent>
type Outcomes<E> = Effect.Effect<ReadonlyArray<Outcome>, E | StoreUnavailable>

const perform = Effect.gen(function*() {
  const campaigns = yield* Campaigns
  const engine = yield* ModuleBuildEngine
  const notices = yield* FailureNotices
  const nodes = yield* NodeSubmission.make
  const contents = yield* NodeContents.make
  const audits = yield* AuditCommands.make
  const report = yield* TrialReports.make

  const begin = Effect.fnUntraced(function*(campaign: Campaign, node: string, attempt: number): Effect.fn.Return<
    ReadonlyArray<Outcome>,
    NodeSubmission.Away | StoreUnavailable
  > {
    const found = campaign.nodes.get(node)
    const plan = campaign.plan.nodes.find(({ name }) => name === node)
    if (plan === undefined || found?.state !== "builds" || found.attempt !== attempt || found.builds.length > 0) {
      return []
    }
    const scmurl = found.scmurl ?? plan.scmurl
    const submitted = yield* campaign.plan.trial === undefined
      ? nodes.rebuild(campaign, node, scmurl, found.startedAt)
      : nodes.trial(campaign, plan, scmurl, found.startedAt ?? campaign.createdAt)
    return submitted._tag === "Refused"
      ? [{ _tag: "NodeRefused", node, attempt, reason: submitted.reason }]
      : [{ _tag: "NodeBegun", node, attempt, builds: submitted.builds }]
  })

  const callOff = (campaign: Campaign, ids: ReadonlyArray<number>) =>
    Effect.forEach(ids, (id) =>
      engine.cancel(id, campaign.plan.by).pipe(
        // It has ended by itself.
        Effect.catchTag(["IllegalTransition", "ProcessNotFound"], () => Effect.void)
      ), { discard: true })

  /** Until the forge was told how it is: of two reports at the same time the later one may overtake the other. */
  const reportAsItIs = Effect.fnUntraced(function*(campaign: Campaign) {
    let told = campaign
    for (;;) {
      yield* report(told)
      const now = yield* campaigns.get(campaign.id).pipe(Effect.catchTag("ProcessNotFound", () => Effect.undefined))
      if (now === undefined || now.state.state === told.state) return
      told = now.state
    }
  })

  return (
    campaign: Campaign,
    command: CampaignCommand
  ): Outcomes<NodeSubmission.Away | NoticeFailed | TrialReports.ReportFailed> => {
    switch (command._tag) {
      case "BeginNode":
        return begin(campaign, command.node, command.attempt)
      case "CompareNode":
        return contents.compare(campaign, command.node, command.attempt)
      case "AuditNode":
        return audits.begin(campaign, command.node, command.attempt)
      case "JudgeAudit":
        return audits.judge(campaign, command.node, command.attempt)
      case "Notify":
        return Effect.as(notices.tell(campaign, command.node), [])
      case "Report":
        return Effect.as(reportAsItIs(campaign), [])
      case "CallOff":
        return Effect.as(callOff(campaign, command.builds), [])
      case "Strike":
        return Effect.succeed([{ _tag: "ClockStruck" }])
    }
  }
})

/** Works on campaigns for as long as the server lives. */
export const workers = (options: CommandWorkers.Options) =>
  Layer.effectDiscard(
    Effect.gen(function*() {
      const run = CommandInterpreter.interpreter<
        CampaignLife,
        NodeSubmission.Away | NoticeFailed | TrialReports.ReportFailed
      >(
        yield* Campaigns,
        yield* perform
      )
      yield* CommandWorkers.work(campaignLife, run, options)
    })
  )
