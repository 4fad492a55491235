/**
 * Tells campaigns what became of module builds: by their announcements, each once, and by looking, since news may be missed.
 *
 * Whichever way it is heard of, the build itself is asked how it is, and campaigns pass over what is older than what they know.
 */
import * as Following from "@orch/core/engine/Following"
import * as Upkeep from "@orch/core/engine/Upkeep"
import type { Announcement } from "@orch/core/ports/Announcer"
import { Campaigns } from "@orch/core/ports/campaign/Campaigns"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { asUnavailable } from "../database/PgError.ts"
import * as Statements from "./statements/CampaignStatements.ts"

const decode = Schema.decodeUnknownOption(Schema.Struct({ id: Schema.Number }))

const decodeDecision = Schema.decodeUnknownOption(Schema.Struct({
  summary: Schema.String,
  module_build: Schema.NullOr(
    Schema.Struct({ id: Schema.Number, is_ready: Schema.Boolean, satisfied: Schema.Boolean })
  )
}))

/** Builds that are told of in one round; those that were are not found again. */
const mostBuilds = 500

/** Milliseconds between two looks. */
const interval = 2000

/** Whether the gate holds a build back because a required test failed, not because one is missing; in Greenwave's own words. */
const hasFailedCheck = (reason: string): boolean => new RegExp(Statements.failedCheck).test(reason)

/** Follows module builds for as long as the server lives. */
export const layer = Layer.effectDiscard(
  Effect.gen(function*() {
    const campaigns = yield* Campaigns
    const builds = yield* ModuleBuilds
    const sql = yield* SqlClient.SqlClient
    const read = <A>(effect: Effect.Effect<A, SqlError, SqlClient.SqlClient>): Effect.Effect<A, StoreUnavailable> =>
      effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable("CampaignNews.read"))

    const newsOf = Effect.fnUntraced(function*(id: number) {
      const found = yield* builds.get(id).pipe(Effect.catchTag("ProcessNotFound", () => Effect.undefined))
      if (found === undefined) return []
      const { revision, state: { plan, reason, state } } = found
      const nodes = yield* read(Statements.nodesOf(id))
      const moved = nodes.map(({ campaign_id, name }) => ({
        process: Number(campaign_id),
        event: { _tag: "BuildMoved" as const, node: name, build: id, revision, state, reason }
      }))
      if (state === "done" && hasFailedCheck(reason)) {
        const failed = nodes.map(({ campaign_id, name }) => ({
          process: Number(campaign_id),
          event: { _tag: "CheckFailed" as const, node: name, build: id, reason }
        }))
        return [...moved, ...failed]
      }
      if (state !== "ready" || plan.scratch) return moved
      // It may do what a node failed to do, whoever asked for it.
      const failed = yield* read(Statements.failedNodes(`${plan.name}:${plan.stream}`))
      const fixed = failed.map(({ campaign_id, name }) => ({
        process: Number(campaign_id),
        event: { _tag: "NodeFixed" as const, node: name, build: { id, revision, state } }
      }))
      return [...moved, ...fixed]
    })

    /** What a gate says of a build that is ready takes nothing back; it says whether anything more is built with it. */
    const decidedOf = Effect.fnUntraced(function*(body: unknown) {
      const decided = decodeDecision(body)
      if (decided._tag === "None" || decided.value.module_build?.is_ready !== true) return []
      const { module_build: { id, satisfied }, summary } = decided.value
      const nodes = yield* read(Statements.nodesOf(id))
      return nodes.map(({ campaign_id, name }) => ({
        process: Number(campaign_id),
        event: { _tag: "GateDecided" as const, node: name, satisfied, reason: summary }
      }))
    })

    yield* Following.follow({
      name: "campaigns",
      store: campaigns,
      of: ({ body, topic }: Announcement) => {
        if (topic === "gate.decision") return decidedOf(body)
        const told = topic === "module-build.state" ? decode(body) : undefined
        return told?._tag === "Some" ? newsOf(told.value.id) : Effect.succeed([])
      }
    })

    const look = Effect.gen(function*() {
      for (const { build } of yield* read(Statements.missed(mostBuilds))) {
        const at = yield* Clock.currentTimeMillis
        for (const { event, process } of yield* newsOf(Number(build))) {
          yield* campaigns.apply(process, [{ key: undefined, event: { ...event, at } }]).pipe(
            Effect.catchTag(["IllegalTransition", "ProcessNotFound"], () => Effect.void)
          )
        }
      }
    })
    yield* Upkeep.repeating({ failed: "Module builds of campaigns could not be looked at", interval }, look)
  })
)
