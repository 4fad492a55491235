/** What came out of a node of a campaign, compared with what was there before, and what that means for those behind it. */
import type { Campaign } from "@orch/core/campaign/Campaign"
import type { CampaignEvent } from "@orch/core/campaign/CampaignEvent"
import * as CampaignRules from "@orch/core/campaign/CampaignRules"
import type * as Life from "@orch/core/life/Life"
import type { ModuleBuild } from "@orch/core/modulebuild/ModuleBuild"
import * as NameList from "@orch/core/NameList"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as BuildInput from "@orch/core/rebuild/BuildInput"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { asUnavailable } from "../database/PgError.ts"
import type { Contents } from "../traces/ModuleContents.ts"
import * as ModuleContents from "../traces/ModuleContents.ts"
import { TraceKeeping } from "../traces/TraceKeeping.ts"
import { CampaignRulesInForce } from "./CampaignRulesInForce.ts"
import * as Statements from "./statements/LinkStatements.ts"

type Outcome = Life.Outcome<CampaignEvent>

/** What one build of a node holds. */
interface HeldBuild {
  readonly build: ModuleBuild
  /** Without what tells one scratch build from another. */
  readonly context: string
  readonly contents: Contents
}

/** What builds of a node hold. */
export type Held = ReadonlyArray<HeldBuild>

const byPackage = (all: Held): ReadonlyMap<string, string> =>
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

/** One hash for all that builds of a node hold. */
const hashOf = (all: Held): string =>
  BuildInput.hashOf(all.map(({ contents, context }) => `${context} ${contents.content}`).sort())

/** One hash for what those see of it that merely link against it. */
const interfaceOf = (all: Held): string =>
  BuildInput.hashOf(all.map(({ contents, context }) => `${context} ${contents.interface}`).sort())

/** Names of packages that one has and the other has not, or otherwise; in order. */
export const differences = (before: Held, after: Held): ReadonlyArray<string> =>
  ModuleContents.differences(byPackage(before), byPackage(after))

/** Components of an earlier build that a later one of the same context made otherwise. */
export const changedComponents = (before: HeldBuild, after: Held): ReadonlyArray<string> => {
  const now = after.length === 1 ? after[0] : after.find(({ context }) => context === before.context)
  return [...before.contents.components].flatMap(([name, hash]) =>
    now?.contents.components.get(name) === hash ? [] : [name]
  )
}

/** What reads and compares them. */
export const make = Effect.gen(function*() {
  const builds = yield* ModuleBuilds
  const traces = yield* TraceKeeping
  const rules = yield* CampaignRulesInForce
  const sql = yield* SqlClient.SqlClient
  const inDatabase = <A>(effect: Effect.Effect<A, SqlError, SqlClient.SqlClient>): Effect.Effect<A, StoreUnavailable> =>
    effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable("NodeContents.links"))

  /** What these builds hold; undefined where one is not there or cannot be read. */
  const held = Effect.fnUntraced(function*(ids: ReadonlyArray<number>): Effect.fn.Return<
    Held | undefined,
    StoreUnavailable
  > {
    const all: Array<HeldBuild> = []
    for (const id of ids) {
      const found = yield* builds.get(id).pipe(Effect.catchTag("ProcessNotFound", () => Effect.undefined))
      if (found === undefined) return undefined
      const { plan } = found.state
      // What a scratch build held is of no use to others.
      const contents = yield* plan.scratch ? traces.look(found.state) : traces.read(found.state)
      if (contents === undefined) return undefined
      const context = plan.scratch ? plan.context.replace(/_\d+$/, "") : plan.context
      all.push({ build: found.state, context, contents })
    }
    return all
  })

  /** Nodes that are rebuilt only where something vanished, and that need something which did. */
  const lostBy = Effect.fnUntraced(function*(campaign: Campaign, node: string, before: Held, after: Held) {
    const asking = campaign.plan.nodes.filter((one) => one.trigger === "vanished" && one.after.includes(node))
    if (asking.length === 0) return undefined
    const gone = ModuleContents.goneOf(offersOf(before), offersOf(after))
    const lacking = yield* traces.lacking(asking.flatMap(({ previous }) => previous), gone)
    return asking.flatMap(({ name, previous }) => previous.some((id) => lacking.has(id)) ? [name] : [])
  })

  /** Nodes that merely link against this one, by the rules and as far as nothing contradicts that, where its interface is what it was. */
  const sparedBy = Effect.fnUntraced(function*(campaign: Campaign, node: string, before: Held, after: Held) {
    const asking = campaign.plan.nodes.flatMap((one) => {
      const rule = one.after.includes(node) ? CampaignRules.linkOf(rules, one.name, node) : undefined
      return rule === undefined || one.previous.length === 0 ? [] : [{ one, rule }]
    })
    if (asking.length === 0) return undefined
    const spared: Record<string, number> = {}
    if (interfaceOf(before) !== interfaceOf(after)) return spared
    const offers = [...new Set([...offersOf(before).keys(), ...offersOf(after).keys()])]
    const builds = asking.flatMap(({ one }) => one.previous)
    const pure = yield* inDatabase(Statements.pureLinks(builds, node, offers))
    const refuted = yield* inDatabase(Statements.refutedLinks(node, asking.map(({ one }) => one.name)))
    for (const { one: { name, previous }, rule: { audit, settled } } of asking) {
      if (previous.every((id) => pure.has(id)) && (refuted.get(name) ?? 0) <= settled) spared[name] = audit
    }
    return spared
  })

  const compare = Effect.fnUntraced(function*(campaign: Campaign, node: string, attempt: number): Effect.fn.Return<
    ReadonlyArray<Outcome>,
    StoreUnavailable
  > {
    const found = campaign.nodes.get(node)
    const previous = campaign.plan.nodes.find(({ name }) => name === node)?.previous ?? []
    if (found?.state !== "validates" || found.attempt !== attempt) return []
    const after = yield* held(found.builds.map(({ id }) => id))
    const told = (
      differs: boolean,
      reason: string,
      lost?: ReadonlyArray<string>,
      spared?: Readonly<Record<string, number>>
    ): ReadonlyArray<Outcome> => [
      {
        _tag: "NodeCompared",
        node,
        attempt,
        differs,
        reason,
        ...(lost === undefined ? {} : { lost }),
        ...(spared === undefined ? {} : { spared }),
        ...(after === undefined ? {} : { content: hashOf(after) })
      }
    ]
    if (previous.length === 0) return told(true, "There was none before")
    const before = yield* held(previous)
    if (before === undefined || after === undefined) {
      return told(true, "Taken as different: its packages cannot be read on this machine")
    }
    const names = differences(before, after)
    if (names.length === 0) return told(false, "It holds what was there before")
    const lost = yield* lostBy(campaign, node, before, after)
    const spared = yield* sparedBy(campaign, node, before, after)
    return told(true, `Otherwise than before: ${NameList.shorten(names)}`, lost, spared)
  })

  return { held, compare }
})
