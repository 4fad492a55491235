/**
 * Begins campaigns for what was pushed, by the rules, and gathers what comes at short intervals.
 *
 * What the history of branches is told is noted, each branch with where it is when it is looked at, so that messages that come twice,
 * late or in another order change nothing. When a batch is due, it becomes part of a campaign that has not got that far or failed there, or begins
 * one; that and the note of it are one transaction.
 */
import type { Cause, NodePlan } from "@orch/core/campaign/CampaignPlan"
import * as CampaignRequests from "@orch/core/campaign/CampaignRequests"
import * as CampaignRules from "@orch/core/campaign/CampaignRules"
import * as Upkeep from "@orch/core/engine/Upkeep"
import { Campaigns } from "@orch/core/ports/campaign/Campaigns"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import { Notifier } from "../database/Notifier.ts"
import { BranchHistory, topic as historyTopic } from "../history/BranchHistory.ts"
import * as RefName from "../history/RefName.ts"
import { CampaignOrders } from "./CampaignOrders.ts"
import { CampaignRulesInForce } from "./CampaignRulesInForce.ts"
import * as ModuleReach from "./ModuleReach.ts"
import * as Statements from "./statements/ChangeStatements.ts"
import * as ReachStatements from "./statements/ReachStatements.ts"

/** What is looked at in one round; the next one, a second later, takes the rest. */
const perRound = 500
/** Branches that are read, and watched, in one statement. */
const perWatch = 5000
/** Campaigns of one rule that a change may become part of. */
const mostOpen = 20
/** Milliseconds for which it is remembered what became of changes. */
const memory = 30 * 24 * 3600 * 1000

const branchOf = (ref: string): string | undefined =>
  ref.startsWith("refs/heads/") ? ref.slice("refs/heads/".length) : undefined

/** The newest change of each branch; `subject` is the address, or namespace and name. */
const causesOf = (
  changes: ReadonlyArray<Statements.ChangeRow>,
  subject: (change: Statements.ChangeRow) => string
): ReadonlyArray<Cause> => {
  const newest = new Map(changes.map((change) => [`${change.repository}#${change.ref}`, change]))
  return [...newest.values()].map((change) => ({
    subject: subject(change),
    ref: branchOf(change.ref)!,
    commit: change.commit
  }))
}

const make = Effect.gen(function*() {
  const rules = yield* CampaignRulesInForce
  const orders = yield* CampaignOrders
  const campaigns = yield* Campaigns
  const history = yield* BranchHistory
  const sql = yield* SqlClient.SqlClient
  const inDatabase = Effect.provideService(SqlClient.SqlClient, sql)

  const noteNews = Effect.gen(function*() {
    const at = yield* Clock.currentTimeMillis
    for (const { actor, first, name, ref, repository, tip } of yield* Statements.takeNews(perRound)) {
      const branch = branchOf(ref)
      const rule = branch === undefined ? undefined : CampaignRules.ofPush(rules, name, branch)
      if (rule === undefined || first || tip === null) continue
      yield* Statements.note({ rule: rule.name, repository, name, ref, commit: tip, actor, at })
    }
  })

  /** What the changes reach, by addresses, or else by namespace and name: documents may name another address of the same repository. */
  const reach = Effect.fnUntraced(function*(changes: ReadonlyArray<Statements.ChangeRow>) {
    const exact = causesOf(changes, ({ repository }) => repository)
    const found = yield* orders.reach(exact)
    if (found.length > 0) return { causes: exact, nodes: found }
    const causes = causesOf(changes, ({ name }) => name)
    return { causes, nodes: yield* orders.reach(causes) }
  })

  /** A campaign of the rule that has not got as far as these nodes, or failed there. */
  const joinable = Effect.fnUntraced(function*(rule: string, nodes: ReadonlyArray<NodePlan>) {
    const reached = nodes.map(({ name }) => name)
    for (const id of yield* Statements.open(rule, mostOpen)) {
      const found = yield* campaigns.get(id).pipe(Effect.catchTag("ProcessNotFound", () => Effect.undefined))
      if (found !== undefined && CampaignRequests.isJoinable(found.state, reached)) return id
    }
    return undefined
  })

  const batch = Effect.fnUntraced(function*(name: string) {
    const changes = yield* Statements.waiting(name, perRound)
    if (changes.length === 0) return
    const ids = changes.map(({ id }) => id)
    const rule = CampaignRules.named(rules, name)
    if (rule === undefined) return yield* Statements.settle(ids, "its rule is gone", undefined)
    const times = changes.map(({ noted_at }) => Number(noted_at))
    const due = CampaignRules.dueAt(rule, Math.min(...times), Math.max(...times))
    if (due > (yield* Clock.currentTimeMillis)) return
    const { causes, nodes } = yield* reach(changes)
    if (nodes.length === 0) return yield* Statements.settle(ids, "reached nothing that is ready", undefined)
    const open = yield* joinable(rule.name, nodes)
    yield* sql.withTransaction(Effect.gen(function*() {
      // Another server may have taken them meanwhile.
      if (!(yield* Statements.hold(ids))) return
      if (open !== undefined) return yield* Statements.joins(ids, open)
      const plan = { causes, by: rule.owner, nodes, rule: rule.name, onFailure: rule.onFailure }
      const { id } = yield* orders.begin(plan, rule.limit)
      yield* Statements.settle(ids, "began a campaign", id)
      yield* Effect.logInfo(`Campaign ${id} begins by rule ${rule.name}`).pipe(
        Effect.annotateLogs({ causes: causes.map(({ ref, subject }) => `${subject}#${ref}`) })
      )
    }))
  })

  /** Tells campaigns what is part of them now; keyed, so that doing it again after a crash tells it once. */
  const join = Effect.gen(function*() {
    const all = Map.groupBy(yield* Statements.joining(perRound), ({ campaign_id }) => Number(campaign_id))
    for (const [id, changes] of all) {
      const ids = changes.map((change) => change.id)
      const { causes, nodes } = yield* reach(changes)
      const by = CampaignRules.named(rules, changes[0]!.rule)?.owner ?? changes[0]!.rule
      const at = yield* Clock.currentTimeMillis
      const changed = nodes.flatMap(({ changed, name, scmurl }) => changed ? [{ name, scmurl }] : [])
      const { state } = yield* campaigns.apply(id, [{
        event: { _tag: "Joined", at, by, causes, nodes: changed },
        key: `change/${ids.at(-1)!}`
      }])
      // Somebody ended the campaign in between.
      if (state.state === "canceled") yield* Statements.joins(ids, undefined)
      else yield* Statements.settle(ids, "became part of a campaign", id)
    }
  })

  const round = Effect.gen(function*() {
    yield* sql.withTransaction(noteNews)
    // What is wrong with the changes of one rule does not hold up those of another.
    yield* Effect.forEach(
      yield* Statements.rules,
      (name) => Upkeep.surviving(`Pushes could not begin a campaign by rule ${name}`, batch(name)),
      { discard: true }
    )
    yield* join
  }).pipe(inDatabase)

  /** What the rules are about is looked at, so that a push that no forge tells of is found as well. */
  const watch = Effect.gen(function*() {
    yield* ModuleReach.catchUp
    let after: ReachStatements.BranchRow | undefined = { repository: "", ref: "" }
    while (after !== undefined) {
      const found: ReadonlyArray<ReachStatements.BranchRow> = yield* ReachStatements.branches(after, perWatch)
      const covered = found.filter(({ ref, repository }) =>
        CampaignRules.ofPush(rules, RefName.name(repository), ref) !== undefined
      )
      yield* history.watch(covered)
      after = found.length < perWatch ? undefined : found.at(-1)
    }
  }).pipe(inDatabase)

  const forget = Effect.flatMap(Clock.currentTimeMillis, (now) => Statements.forget(now - memory)).pipe(inDatabase)
  const hasWaiting = Effect.provideService(Statements.isAnyWaiting, SqlClient.SqlClient, sql)
  return { forget, round, watch, hasWaiting, hasRules: (rules.pushes ?? []).length > 0 }
})

/** Between two rounds while changes wait for their batch, in milliseconds. */
const soon = 1000
/** Between two rounds at the most: a notification may be lost. */
const late = 60_000

/** Looks when branches have moved, and while changes wait, for as long as the server lives. */
export const layer = Layer.effectDiscard(
  Effect.gen(function*() {
    const { forget, hasRules, hasWaiting, round, watch } = yield* make
    const notifier = yield* Notifier
    const news = Latch.makeUnsafe(true)
    yield* Stream.runForEach(notifier.notifications(historyTopic), () => Effect.sync(() => news.openUnsafe()))
      .pipe(Effect.forkScoped)
    const look = Effect.gen(function*() {
      news.closeUnsafe()
      yield* round
      yield* Effect.raceFirst(Effect.sleep(late), (yield* hasWaiting) ? Effect.sleep(soon) : news.await)
    })
    yield* Upkeep.repeating({ failed: "Pushes could not begin campaigns", interval: soon }, look)
    yield* Upkeep.repeating({ failed: "Former pushes could not be forgotten", interval: 3_600_000 }, forget)
    if (hasRules) yield* Upkeep.repeating({ failed: "Branches could not be watched", interval: 300_000 }, watch)
  })
)
