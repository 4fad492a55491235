/**
 * A campaign whose news come over a bad line: some are lost, some come twice, late or in another order, and commands run again as after a crash.
 * What is true is kept apart, and looked at now and then, as the server does.
 */
import * as Result from "effect/Result"
import { type Campaign, unborn } from "../../src/campaign/Campaign.ts"
import type { CampaignCommand, CampaignEvent } from "../../src/campaign/CampaignEvent.ts"
import { campaignLife } from "../../src/campaign/CampaignLife.ts"
import type { CampaignPlan } from "../../src/campaign/CampaignPlan.ts"
import * as LifeApplication from "../../src/life/LifeApplication.ts"
import type { Fate } from "./CampaignWorld.ts"

type Told = CampaignEvent extends infer E ? E extends CampaignEvent ? Omit<E, "at"> : never : never

interface Build {
  readonly node: string
  revision: number
  state: string
}

/** What module builds go through. */
const ways = { fails: ["init", "wait", "build", "failed"], ready: ["init", "wait", "build", "done", "ready"] } as const

export class UnreliableWorld {
  campaign: Campaign
  readonly begun: Array<string> = []
  private pending: Array<CampaignCommand> = []
  private news: Array<Told> = []
  private readonly builds = new Map<number, Build>()
  /** The build of a node's attempt: a command that runs again finds what it began. */
  private readonly submitted = new Map<string, number>()
  private clock = 0
  private readonly fates: Map<string, Fate>
  private luck: number

  /** @param seed what the bad luck follows from; 0: there is none. */
  constructor(plan: CampaignPlan, fates: Map<string, Fate>, seed: number) {
    this.fates = fates
    this.luck = seed
    this.campaign = unborn(1, plan)
    this.tell({ _tag: "Submitted" })
  }

  /** From 0 up to `below`; 0 of an undisturbed world. */
  private chance(below: number): number {
    if (this.luck === 0) return 0
    this.luck = (this.luck * 48_271) % 2_147_483_647
    return Math.floor(this.luck / 2_147_483_647 * below)
  }

  private get isDisturbed(): boolean {
    return this.luck !== 0
  }

  private tell(told: Told): void {
    const decided = LifeApplication.apply(campaignLife, this.campaign, [{ ...told, at: ++this.clock } as CampaignEvent])
    if (Result.isFailure(decided)) return
    this.campaign = decided.success.change.state
    this.pending.push(...decided.success.change.commands.map(({ command }) => command))
  }

  private movedOf(id: number): Told {
    const { node, revision, state } = this.builds.get(id)!
    return { _tag: "BuildMoved", node, build: id, revision, state, reason: "" }
  }

  private outcome(command: CampaignCommand): ReadonlyArray<Told> {
    switch (command._tag) {
      case "BeginNode": {
        const key = `${command.node}/${command.attempt}`
        let id = this.submitted.get(key)
        if (id === undefined) {
          id = this.builds.size + 1
          this.submitted.set(key, id)
          this.builds.set(id, { node: command.node, revision: 1, state: "init" })
          this.begun.push(command.node)
        }
        return [{ ...command, _tag: "NodeBegun", builds: [{ id, revision: 0, state: this.builds.get(id)!.state }] }]
      }
      case "CompareNode":
        return [{ ...command, _tag: "NodeCompared", differs: this.fates.get(command.node) !== "same", reason: "" }]
      default:
        return []
    }
  }

  /** One command is run; disturbed, any of them, perhaps twice, and its outcome comes at once, as it is applied with it. */
  private runCommand(): void {
    const [command] = this.pending.splice(this.chance(this.pending.length), 1)
    if (command === undefined) return
    for (const told of this.outcome(command)) this.tell(told)
    // Its server was killed before it noted that it was done.
    if (this.isDisturbed && this.chance(4) === 1) this.pending.push(command)
  }

  /** One build goes on; what is told of it is lost, late, or told twice. */
  private moveBuild(): void {
    const open = [...this.builds].filter(([, { node, state }]) =>
      this.fates.get(node) === "fails" ? state !== "failed" : state !== "ready"
    )
    const [id, build] = open[this.chance(Math.max(1, open.length))] ?? []
    if (id === undefined || build === undefined) return
    const way: ReadonlyArray<string> = this.fates.get(build.node) === "fails" ? ways.fails : ways.ready
    build.state = way[way.indexOf(build.state) + 1]!
    build.revision++
    const told = this.movedOf(id)
    const fate = this.isDisturbed ? this.chance(4) : 1
    if (fate === 0) return
    this.news.push(told)
    if (fate === 2) this.news.push(told)
  }

  private hear(): void {
    const [told] = this.news.splice(this.chance(this.news.length), 1)
    if (told !== undefined) this.tell(told)
  }

  /** Tells of every build that is in another state than the campaign has heard of. */
  private look(): void {
    for (const { builds, state } of this.campaign.nodes.values()) {
      if (!["builds", "validates", "failed"].includes(state)) continue
      for (const { id, state: heard } of builds) {
        if (this.builds.get(id)!.state !== heard) this.tell(this.movedOf(id))
      }
    }
  }

  private get isQuiet(): boolean {
    return this.pending.length === 0 && this.news.length === 0
      && [...this.builds.values()].every(({ state }) => state === "ready" || state === "failed")
  }

  /** Until nothing happens any more, with looks in between and a last one. */
  run(): void {
    for (let step = 0; step < 20_000; step++) {
      if (this.isQuiet) {
        const before = this.campaign
        this.look()
        if (this.isQuiet && this.campaign === before) return
      }
      const what = this.isDisturbed ? this.chance(7) : step % 3
      if (what === 0 || what === 3) this.runCommand()
      else if (what === 1 || what === 4) this.moveBuild()
      else if (what === 2 || what === 5) this.hear()
      else this.look()
    }
    throw new Error("it never ends")
  }
}
