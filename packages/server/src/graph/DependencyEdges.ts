/**
 * What depends on what, now and at any time since it is recorded.
 *
 * The graph follows from module builds, package builds and PDC's records. It is never told of changes one by one: it is compared with what
 * these say, and what differs begins or ends. So nothing that is lost, repeated or told in another order can make it wrong for longer than until the next round.
 */
import * as Upkeep from "@orch/core/engine/Upkeep"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import { asUnavailable } from "../database/PgError.ts"
import { PdcRecords } from "../pdc/PdcRecords.ts"
import * as SharedReads from "../SharedReads.ts"
import * as KeptReaches from "./KeptReaches.ts"
import * as Statements from "./statements/GraphStatements.ts"

/** Why one depends on another: its component, what it is built with as it says, all that its buildroot held, what it needs installed. */
export const types = ["component", "build", "buildroot", "runtime"] as const
/** One of `types`. */
export type EdgeType = typeof types[number]

/** A node that was reached: by which edge, from which node, over how many. */
export type Reached = Statements.ReachedRow

/** A page of nodes, with how many there are. */
export interface ReachedPage {
  readonly total: number
  readonly items: ReadonlyArray<Reached>
}

/** Which part of a list is wanted. */
export interface Page {
  readonly limit: number
  readonly offset: number
}

/** What to follow. */
export interface Asked {
  readonly depth: number
  readonly types: ReadonlyArray<EdgeType>
  /** Microseconds since the epoch; now without it. */
  readonly at: number | undefined
}

/** How the graph differs from what the builds say; at most a thousand of each. */
export interface Audit {
  readonly missing: ReadonlyArray<Statements.UnitEdgeRow>
  readonly surplus: ReadonlyArray<Statements.UnitEdgeRow>
}

type Store<A> = Effect.Effect<A, StoreUnavailable>

/** The graph. Nodes are `modules/NAME:STREAM` and `rpms/NAME`. */
export class DependencyEdges extends Context.Service<DependencyEdges, {
  /** The nearest first; each node once, by the first edge that leads to it. */
  readonly dependants: (node: string, asked: Asked, page: Page) => Store<ReachedPage>
  readonly dependencies: (node: string, asked: Asked, page: Page) => Store<ReachedPage>
  /** One of the shortest ways by which one depends on another; empty where it does not. */
  readonly path: (from: string, to: string, asked: Asked) => Store<ReadonlyArray<Reached>>
  readonly audit: Store<Audit>
  /** Makes the graph what the builds say; how much it changed. */
  readonly repair: Store<{ readonly begun: number; readonly ended: number }>
  /** Another text whenever other builds are ready. */
  readonly ready: Store<string>
}>()("@orch/server/graph/DependencyEdges") {}

/** Nodes after which following ends. */
const most = 200_000

/** In the database. */
export const layer: Layer.Layer<DependencyEdges, never, SqlClient.SqlClient> = Layer.effect(
  DependencyEdges,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      effect.pipe(
        Effect.provideService(SqlClient.SqlClient, sql),
        asUnavailable(`DependencyEdges.${operation}`)
      ) as Store<A>
    const share = SharedReads.make<Audit, StoreUnavailable>()
    const shareReach = SharedReads.make<KeptReaches.Reach, SqlError>()
    const kept = KeptReaches.make()
    const now = Effect.map(Clock.currentTimeMillis, (millis) => millis * 1000)

    /** Finds what is reached, and reads of it what is wanted, in one transaction. */
    const within = <A, E>(
      side: Statements.Reach["side"],
      start: string,
      { at, depth, types }: Asked,
      read: (total: number) => Effect.Effect<A, E, SqlClient.SqlClient>
    ) =>
      sql.withTransaction(Effect.gen(function*() {
        return yield* read(yield* Statements.reach({ side, start, types, depth, most, at }))
      }))

    /** All that is reached: what is kept, or what is found now, once for all who ask for it meanwhile. */
    const whole = Effect.fnUntraced(function*(side: Statements.Reach["side"], node: string, asked: Asked) {
      const question = JSON.stringify([side, node, asked])
      // Before the edges are read: they are of this revision or of a later one, for which nobody is given them.
      const revision = yield* Statements.revision()
      const find = within(
        side,
        node,
        asked,
        (total) =>
          Effect.map(
            Statements.reached(KeptReaches.together),
            (texts): KeptReaches.Reach => ({ revision, total, texts })
          )
      )
      const known = () => kept.get(question, revision)
      return known() ?? (yield* shareReach(
        `${revision} ${question}`,
        Effect.suspend(() => {
          const meanwhile = known()
          return meanwhile === undefined
            ? Effect.tap(find, (reach) => Effect.sync(() => kept.keep(question, reach)))
            : Effect.succeed(meanwhile)
        }).pipe(Effect.provideService(SqlClient.SqlClient, sql))
      ))
    })

    const listed = (side: Statements.Reach["side"], node: string, asked: Asked, { limit, offset }: Page) =>
      Effect.map(whole(side, node, asked), (reach): ReachedPage => ({
        total: reach.total,
        items: KeptReaches.page(reach, limit, offset)
      }))

    return DependencyEdges.of({
      dependants: (node, asked, page) => run("dependants", listed("target", node, asked, page)),
      dependencies: (node, asked, page) => run("dependencies", listed("source", node, asked, page)),
      path: (from, to, asked) => run("path", within("source", from, asked, () => Statements.way(to))),
      ready: run("ready", Statements.ready()),
      // It goes through the plans of all builds, so those who ask meanwhile share the next one.
      audit: share(
        "audit",
        run("audit", Effect.all({ missing: Statements.missing(1000), surplus: Statements.surplus(1000) }))
      ),
      repair: run(
        "repair",
        sql.withTransaction(Effect.gen(function*() {
          yield* Statements.lock()
          const at = yield* now
          const ended = yield* Statements.end(at)
          return { begun: yield* Statements.begin(at), ended }
        }))
      )
    })
  })
)

/** Brings the graph up to date at the start, and within half a minute whenever other builds are ready. */
export const upToDate: Layer.Layer<never, never, DependencyEdges | PdcRecords> = Layer.effectDiscard(
  Effect.gen(function*() {
    const { follow } = yield* PdcRecords
    const { ready, repair } = yield* DependencyEdges
    let done: string | undefined
    // Reading all plans is work: it is not done while nothing changed.
    const round = Effect.flatMap(
      ready,
      (mark) => mark === done ? Effect.void : Effect.andThen(repair, Effect.sync(() => void (done = mark)))
    )
    const changed = Upkeep.sparing(follow, 0, (count) => count === 0)
    yield* Upkeep.repeating(
      { failed: "The graph could not be brought up to date", interval: 30_000 },
      Effect.andThen(changed, round)
    )
  })
)
