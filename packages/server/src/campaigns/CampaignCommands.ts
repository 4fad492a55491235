/** Does what campaigns ask for: submits modules, compares what came out of them, and calls off what is not wanted any more. */
import type { Campaign } from "@orch/core/campaign/Campaign"
import type { CampaignCommand, CampaignEvent } from "@orch/core/campaign/CampaignEvent"
import { type CampaignLife, campaignLife } from "@orch/core/campaign/CampaignLife"
import * as CommandInterpreter from "@orch/core/engine/CommandInterpreter"
import * as CommandWorkers from "@orch/core/engine/CommandWorkers"
import { ModuleBuildEngine } from "@orch/core/engine/modulebuild/ModuleBuildEngine"
import type * as Life from "@orch/core/life/Life"
import * as NameList from "@orch/core/NameList"
import { Campaigns } from "@orch/core/ports/campaign/Campaigns"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Submission } from "../modulebuilds/submission/Submission.ts"
import * as SubmissionRequest from "../modulebuilds/submission/SubmissionRequest.ts"
import type { Contents } from "../traces/ModuleContents.ts"
import * as ModuleContents from "../traces/ModuleContents.ts"
import { TraceKeeping } from "../traces/TraceKeeping.ts"
import { FailureNotices, type NoticeFailed } from "./FailureNotices.ts"

type Outcome = Life.Outcome<CampaignEvent>
type Outcomes<E> = Effect.Effect<ReadonlyArray<Outcome>, E | StoreUnavailable>

/** What a command needs does not answer; it is tried again. */
class Away extends Data.TaggedError("Away")<{ readonly message: string }> {
  readonly isRetryable = true
}

/** Below what people submit, so that nobody's own build waits behind a mass rebuild. */
const urgency = -20

const perform = Effect.gen(function*() {
  const submission = yield* Submission
  const engine = yield* ModuleBuildEngine
  const builds = yield* ModuleBuilds
  const traces = yield* TraceKeeping
  const notices = yield* FailureNotices

  const buildOf = (id: number) => builds.get(id).pipe(Effect.catchTag("ProcessNotFound", () => Effect.undefined))

  const begin = Effect.fnUntraced(function*(campaign: Campaign, node: string, attempt: number): Effect.fn.Return<
    ReadonlyArray<Outcome>,
    Away | StoreUnavailable
  > {
    const found = campaign.nodes.get(node)
    const plan = campaign.plan.nodes.find(({ name }) => name === node)
    if (plan === undefined || found?.state !== "builds" || found.attempt !== attempt || found.builds.length > 0) {
      return []
    }
    const colon = node.indexOf(":")
    const submitted = yield* Effect.result(submission.submit(SubmissionRequest.make({
      source: {
        _tag: "Git",
        scmurl: found.scmurl ?? plan.scmurl,
        name: node.slice(0, colon),
        stream: node.slice(colon + 1)
      },
      owner: campaign.plan.by,
      rebuildStrategy: "content",
      // The same for each run of the command, so that the second finds what the first began.
      rebuildAt: found.startedAt
    })))
    if (submitted._tag === "Failure") {
      const error = submitted.failure
      if (error._tag === "StoreUnavailable") return yield* error
      if (error.reason === "unreachable") return yield* new Away({ message: error.message })
      return [{ _tag: "NodeRefused", node, attempt, reason: error.message }]
    }
    const begun = yield* Effect.forEach(
      submitted.success,
      Effect.fnUntraced(function*({ id, isNew }) {
        // A build that has ended meanwhile needs no place.
        if (isNew) yield* Effect.ignore(engine.prioritize(id, urgency, campaign.plan.by))
        const now = yield* buildOf(id)
        // Of revision 0, so that its news say something, whichever have been told already.
        return { id, revision: 0, state: now?.state.state ?? "init" }
      })
    )
    return [{ _tag: "NodeBegun", node, attempt, builds: begun }]
  })

  const contentsOf = Effect.fnUntraced(function*(ids: ReadonlyArray<number>) {
    const all: Array<{ readonly context: string; readonly contents: Contents }> = []
    for (const id of ids) {
      const build = yield* buildOf(id)
      const contents = build === undefined ? undefined : yield* traces.read(build.state)
      if (build === undefined || contents === undefined) return undefined
      all.push({ context: build.state.plan.context, contents })
    }
    return all
  })

  type Held = NonNullable<Effect.Success<ReturnType<typeof contentsOf>>>

  const packagesOf = (all: Held): ReadonlyMap<string, string> =>
    new Map(
      all.flatMap(({ contents, context }) =>
        [...contents.packages].map(([name, hash]) => [all.length === 1 ? name : `${context}/${name}`, hash] as const)
      )
    )

  const offersOf = (all: Held): ReadonlyMap<string, ReadonlySet<string>> => {
    const found = new Map<string, Set<string>>()
    for (const { contents } of all) {
      for (const [name, versions] of contents.offers) {
        found.set(name, new Set([...(found.get(name) ?? []), ...versions]))
      }
    }
    return found
  }

  /** Nodes that are rebuilt only where something vanished, and that need something which did. */
  const lostBy = Effect.fnUntraced(function*(campaign: Campaign, node: string, before: Held, after: Held) {
    const asking = campaign.plan.nodes.filter((one) => one.trigger === "vanished" && one.after.includes(node))
    const lost: Array<string> = []
    for (const { name, previous } of asking) {
      const own = yield* contentsOf(previous)
      const isOut = own === undefined
        || own.some(({ contents }) => ModuleContents.hasLost(offersOf(before), offersOf(after), contents.needs))
      if (isOut) lost.push(name)
    }
    return asking.length === 0 ? undefined : lost
  })

  const compare = Effect.fnUntraced(function*(campaign: Campaign, node: string, attempt: number): Effect.fn.Return<
    ReadonlyArray<Outcome>,
    StoreUnavailable
  > {
    const found = campaign.nodes.get(node)
    const previous = campaign.plan.nodes.find(({ name }) => name === node)?.previous ?? []
    if (found?.state !== "validates" || found.attempt !== attempt) return []
    const told = (differs: boolean, reason: string, lost?: ReadonlyArray<string>): ReadonlyArray<Outcome> => [
      { _tag: "NodeCompared", node, attempt, differs, reason, ...(lost === undefined ? {} : { lost }) }
    ]
    const after = yield* contentsOf(found.builds.map(({ id }) => id))
    if (previous.length === 0) return told(true, "There was none before")
    const before = yield* contentsOf(previous)
    if (before === undefined || after === undefined) {
      return told(true, "Taken as different: its packages cannot be read on this machine")
    }
    const names = ModuleContents.differences(packagesOf(before), packagesOf(after))
    return names.length === 0
      ? told(false, "It holds what was there before")
      : told(true, `Otherwise than before: ${NameList.shorten(names)}`, yield* lostBy(campaign, node, before, after))
  })

  const callOff = (campaign: Campaign, ids: ReadonlyArray<number>) =>
    Effect.forEach(ids, (id) =>
      engine.cancel(id, campaign.plan.by).pipe(
        // It has ended by itself.
        Effect.catchTag(["IllegalTransition", "ProcessNotFound"], () => Effect.void)
      ), { discard: true })

  return (campaign: Campaign, command: CampaignCommand): Outcomes<Away | NoticeFailed> => {
    switch (command._tag) {
      case "BeginNode":
        return begin(campaign, command.node, command.attempt)
      case "CompareNode":
        return compare(campaign, command.node, command.attempt)
      case "Notify":
        return Effect.as(notices.tell(campaign, command.node), [])
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
      const run = CommandInterpreter.interpreter<CampaignLife, Away | NoticeFailed>(yield* Campaigns, yield* perform)
      yield* CommandWorkers.work(campaignLife, run, options)
    })
  )
