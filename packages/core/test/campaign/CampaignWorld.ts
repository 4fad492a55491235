/** A campaign in a world of its own: module builds that succeed, fail and are resumed, news that are lost, late or told twice. */
import * as Result from "effect/Result"
import { type Campaign, type CampaignNode, isFinished, unborn } from "../../src/campaign/Campaign.ts"
import type { CampaignCommand, CampaignEvent } from "../../src/campaign/CampaignEvent.ts"
import { campaignLife } from "../../src/campaign/CampaignLife.ts"
import type { CampaignPlan, NodePlan } from "../../src/campaign/CampaignPlan.ts"
import * as LifeApplication from "../../src/life/LifeApplication.ts"

export const nodePlan = (name: string, after: ReadonlyArray<string> = [], more: Partial<NodePlan> = {}): NodePlan => ({
  name,
  tier: 1,
  seconds: 60,
  after,
  changed: after.length === 0,
  why: `because of ${after.join()}`,
  scmurl: `https://git.example.org/modules/${name}?#main`,
  previous: [],
  ...more
})

export const planOf = (nodes: ReadonlyArray<NodePlan>, more: Partial<CampaignPlan> = {}): CampaignPlan => ({
  causes: [{ subject: "rpms/zlib" }],
  by: "bob",
  nodes,
  automatic: true,
  width: 1000,
  ...more
})

/** How a module build of this node will end. */
export type Fate = "differs" | "same" | "fails"

type Told = CampaignEvent extends infer E ? E extends CampaignEvent ? Omit<E, "at"> : never : never

export class CampaignWorld {
  campaign: Campaign
  /** Commands nobody has run yet. */
  pending: Array<CampaignCommand> = []
  /** Nodes in the order in which they began. */
  readonly begun: Array<string> = []
  /** Nodes of whose failure somebody is told. */
  readonly notified: Array<string> = []
  /** States that the forge was told of. */
  readonly reported: Array<string> = []
  readonly calledOff = new Set<number>()
  /** What audits find of nodes that were cut off; `same` of others. */
  readonly audits = new Map<string, "same" | "differs" | "unknown">()
  /** What comes out of a node now, where that follows from others; empty for what was there before. */
  contentOf: ((name: string, world: CampaignWorld) => string) | undefined
  readonly fates: Map<string, Fate>
  private clock = 0
  private builds = 0

  /** What comparing says of those that need something that is gone. */
  private readonly lost: ReadonlyArray<string> | undefined

  constructor(plan: CampaignPlan, fates: Map<string, Fate> = new Map(), lost?: ReadonlyArray<string>) {
    this.fates = fates
    this.lost = lost
    this.campaign = unborn(1, plan)
    this.tell({ _tag: "Submitted" })
  }

  /** Whether the event was taken. */
  tell(told: Told): boolean {
    const event = { ...told, at: ++this.clock } as CampaignEvent
    const decided = LifeApplication.apply(campaignLife, this.campaign, [event])
    if (Result.isFailure(decided)) return false
    this.campaign = decided.success.change.state
    this.pending.push(...decided.success.change.commands.map(({ command }) => command))
    return true
  }

  node(name: string): CampaignNode {
    return this.campaign.nodes.get(name)!
  }

  state(name: string): string {
    return this.node(name).state
  }

  /** What a command comes to; twice, since commands may run again. */
  private run(command: CampaignCommand): ReadonlyArray<Told> {
    switch (command._tag) {
      case "BeginNode": {
        this.begun.push(command.node)
        const fate = this.fates.get(command.node) ?? "differs"
        const build = { id: ++this.builds, revision: 1, state: "init" }
        const moved = { _tag: "BuildMoved", node: command.node, build: build.id } as const
        return [
          { ...command, _tag: "NodeBegun", builds: [build] },
          { ...moved, revision: 2, state: "build", reason: "" },
          fate === "fails"
            ? { ...moved, revision: 3, state: "failed", reason: "a test failed" }
            : { ...moved, revision: 4, state: "ready", reason: "" }
        ]
      }
      case "AuditNode": {
        const build = { id: ++this.builds, revision: 0, state: "init" }
        return [
          { ...command, _tag: "AuditBegun", builds: [build] },
          { _tag: "BuildMoved", node: command.node, build: build.id, revision: 5, state: "done", reason: "" }
        ]
      }
      case "JudgeAudit":
        return [{
          ...command,
          _tag: "AuditJudged",
          verdict: this.audits.get(command.node) ?? "same",
          reason: "one.x86_64 differs"
        }]
      case "CompareNode":
        if (this.contentOf !== undefined) {
          const content = this.contentOf(command.node, this)
          return [{ ...command, _tag: "NodeCompared", differs: content !== "", reason: "compared", content }]
        }
        return [{
          ...command,
          _tag: "NodeCompared",
          differs: this.fates.get(command.node) !== "same",
          reason: "compared",
          ...(this.lost === undefined ? {} : { lost: this.lost })
        }]
      case "CallOff":
        for (const build of command.builds) this.calledOff.add(build)
        return []
      case "Report":
        this.reported.push(this.campaign.state)
        return []
      case "Notify":
        this.notified.push(command.node)
        return []
      case "Strike":
        return [{ _tag: "ClockStruck" }]
    }
  }

  /** Runs one of the pending commands; news come as `shuffle` says, some of them twice. */
  turn(choice: number, shuffle = false): boolean {
    if (this.pending.length === 0) return false
    const [command] = this.pending.splice(choice % this.pending.length, 1)
    const news = this.run(command!)
    const first = news.slice(0, 1)
    const rest = news.slice(1)
    for (const one of [...first, ...(shuffle ? rest.toReversed() : rest), ...(shuffle ? news : [])]) this.tell(one)
    return true
  }

  /** Until nothing is left to do. */
  settle(): void {
    while (this.turn(0)) { /* Each turn does one thing. */ }
  }

  /** Nodes that wait although nothing that they wait for is open, which must be none of a campaign that runs. */
  forgotten(): ReadonlyArray<string> {
    const { holds, nodes, plan, state } = this.campaign
    if (state !== "running" || holds.length > 0) return []
    const underWay = [...nodes.values()].filter((one) => one.state === "builds" || one.state === "validates").length
    if (underWay >= plan.width) return []
    return plan.nodes.flatMap(({ after, name }) =>
      this.state(name) === "waits" && after.every((parent) => isFinished(this.node(parent))) ? [name] : []
    )
  }
}
