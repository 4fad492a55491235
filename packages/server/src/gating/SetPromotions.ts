/**
 * Gates of sets in operation: the largest set of candidates goes to a target after which everything can be installed that could be before, and
 * each of the others is refused with its reason.
 *
 * What a target holds is what its repositories offer and what was promoted there. Two promotions that were made of the same contents are not both
 * right, so the later one is made anew.
 */
import type * as GateTargetsApi from "@orch/api/orch/GateTargetsApi"
import * as GatingSubject from "@orch/core/gating/GatingSubject"
import * as RequirementSummary from "@orch/core/gating/RequirementSummary"
import * as SetPromotion from "@orch/core/gating/SetPromotion"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import { Outbox } from "@orch/core/ports/Outbox"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Steps from "@orch/core/Steps"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import * as UpstreamRepodata from "../releases/UpstreamRepodata.ts"
import * as Turns from "../Turns.ts"
import * as CandidatePackages from "./CandidatePackages.ts"
import { GateDecisions } from "./GateDecisions.ts"
import * as GatePoints from "./GatePoints.ts"
import { type GateTarget, GatingConfig } from "./GatingConfig.ts"
import * as Statements from "./statements/PromotionStatements.ts"

/** A promotion that cannot be decided about now. */
export class PromotionImpossible extends Data.TaggedError("PromotionImpossible")<{ readonly message: string }> {}

/** What is asked for. */
export interface Question {
  readonly target: GateTarget
  readonly candidates: ReadonlyArray<GateTargetsApi.PromotionCandidate>
  readonly by: string
  readonly isTried: boolean
}

/** The answer; `number` is `undefined` where it was only tried. Milliseconds since the epoch. */
export interface Promoted extends SetPromotion.Promotion {
  readonly number: number | undefined
  readonly at: number
}

type Store<A> = Effect.Effect<A, StoreUnavailable>

/** Sets of candidates on their way to targets. */
export class SetPromotions extends Context.Service<SetPromotions, {
  readonly promote: (question: Question) => Effect.Effect<Promoted, PromotionImpossible | StoreUnavailable>
  /** The newest first, below a number. */
  readonly list: (
    target: string,
    before: number | undefined,
    limit: number
  ) => Store<ReadonlyArray<Statements.PromotionRow>>
  /** How many packages were promoted and are there still, by target. */
  readonly counts: Store<ReadonlyMap<string, number>>
}>()("@orch/server/gating/SetPromotions") {}

/** Packages that a target may have, and looks at packages that one promotion may take. */
const mostPackages = 200_000
const mostLooks = 4_000_000

/** How often a promotion is made anew because of another one. */
const mostRounds = 5

/** In the database. */
export const layer: Layer.Layer<
  SetPromotions,
  never,
  GateDecisions | ModuleBuilds | Outbox | SqlClient.SqlClient
> = Layer.effect(
  SetPromotions,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const decisions = yield* GateDecisions
    const outbox = yield* Outbox
    const builds = yield* ModuleBuilds
    const { policies, subjectTypes } = yield* GatingConfig
    const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
      effect.pipe(
        Effect.provideService(SqlClient.SqlClient, sql),
        asUnavailable(`SetPromotions.${operation}`)
      ) as Effect.Effect<A, Extract<E, PromotionImpossible> | StoreUnavailable>

    /** Why the gate does not let a candidate through; `undefined` where it does. */
    const refusalOf = Effect.fnUntraced(
      function*({ decisionContext, productVersion, subjectType }: GateTarget, identifier: string) {
        if (decisionContext === undefined) return undefined
        const subject = GatingSubject.make(subjectType, identifier, subjectTypes)
        const points = GatePoints.of(
          policies,
          subject.type,
          productVersion === undefined ? [] : [productVersion],
          (point) =>
            point.context === decisionContext && (productVersion ?? point.productVersion) === point.productVersion
        )
        const said: Array<string> = []
        for (const point of points) {
          const decision = yield* GatePoints.decide(decisions, subject, point).pipe(
            Effect.mapError(({ message }) => new PromotionImpossible({ message }))
          )
          if (decision._tag === "NoPolicy") continue
          if (decision.isSatisfied) return undefined
          said.push(`${point.productVersion}: ${RequirementSummary.format(decision.requirements)}`)
        }
        return said.length > 0
          ? `the gate does not let it through: ${said.join("; ")}`
          : `no policy is about ${subjectType} ${identifier} in the context ${decisionContext}`
      }
    )

    /** What the target's own repositories offer to an architecture. */
    const offered = Effect.fnUntraced(function*({ name, repositories }: GateTarget, arch: string) {
      const found: Array<SetPromotion.TargetPackage> = []
      const take = (one: GateTargetsApi.CandidatePackage) => {
        const read = CandidatePackages.installable(one)
        if (read !== undefined) found.push(read)
      }
      for (const url of repositories) {
        const listed = yield* UpstreamRepodata.packages(url.replaceAll("{arch}", arch), "operator").pipe(
          Effect.mapError(({ message }) =>
            new PromotionImpossible({ message: `What ${name} offers cannot be read: ${message}` })
          )
        )
        yield* Turns.taken(Steps.each(listed, take))
      }
      return found
    })

    /** Of several candidates of one line the last one is looked at. */
    const overtaken = (all: ReadonlyArray<CandidatePackages.Looked>): ReadonlyMap<string, string> => {
      const last = new Map(all.flatMap(({ id, line }) => line === undefined ? [] : [[line, id] as const]))
      return new Map(
        all.flatMap(({ id, line }) =>
          line === undefined || last.get(line) === id ? [] : [[id, `${last.get(line)} is of ${line} as well`] as const]
        )
      )
    }

    const decide = Effect.fnUntraced(function*(
      target: GateTarget,
      looked: ReadonlyArray<CandidatePackages.Looked>,
      unfit: ReadonlyMap<string, string>,
      own: ReadonlyMap<string, ReadonlyArray<SetPromotion.TargetPackage>>
    ) {
      const kept = yield* Statements.contents(target.name, mostPackages + 1)
      if (kept.length > mostPackages) {
        return yield* new PromotionImpossible({ message: `${target.name} has more than ${mostPackages} packages` })
      }
      const there = new Map(target.arches.map((arch) => [arch, [...own.get(arch) ?? []]]))
      yield* Turns.taken(
        Steps.each(
          kept,
          (one) => void there.get(one.arch)?.push(one.line === null ? one.package : { ...one.package, line: one.line })
        )
      )
      const places = target.arches.map((arch) => ({
        name: arch,
        target: there.get(arch)!,
        candidates: looked.map(({ id, line, packages }) => ({
          id,
          packages: packages.get(arch) ?? [],
          ...(line === undefined ? {} : { line })
        }))
      }))
      const size = places.reduce((sum, place) => sum + place.target.length, 1)
      const tries = Math.max(20, Math.min(3000, Math.floor(mostLooks / size)))
      const steps = SetPromotion.steps(looked.map(({ id }) => id), places, unfit, tries)
      return yield* Turns.taken(steps)
    })

    const keep = Effect.fnUntraced(function*(
      { by, target }: Question,
      looked: ReadonlyArray<CandidatePackages.Looked>,
      promotion: SetPromotion.Promotion
    ) {
      const going = looked.filter(({ id }) => promotion.promoted.includes(id))
      yield* Statements.put(
        target.name,
        going.flatMap(({ line }) => line ?? []),
        [
          ...new Map(
            going.flatMap(({ id, line, packages }) =>
              [...packages].flatMap(([arch, all]) =>
                all.map((one) => {
                  const place = SetPromotion.placeOf(line === undefined ? one : { ...one, line })
                  return [`${arch} ${place}`, { arch, place, line: line ?? null, candidate: id, package: one }] as const
                })
              )
            )
          ).values()
        ]
      )
      const row = yield* Statements.record({
        target: target.name,
        by,
        promoted: promotion.promoted,
        refused: promotion.refused,
        is_largest: promotion.isLargest
      })
      yield* outbox.append([{
        topic: "gate.promotion",
        subject: `gate-target/${target.name}`,
        body: {
          number: row.id,
          target: row.target,
          by: row.by,
          promoted: row.promoted,
          refused: row.refused,
          is_largest: row.is_largest
        }
      }], yield* Clock.currentTimeMillis)
      return row
    })

    return SetPromotions.of({
      promote: (question) =>
        run(
          "promote",
          Effect.gen(function*() {
            const { candidates, isTried, target } = question
            const looked = yield* Effect.provideService(
              CandidatePackages.look(candidates, target.arches),
              ModuleBuilds,
              builds
            )
            const unfit = new Map(overtaken(looked))
            for (const { id, subject, unfit: why } of looked) {
              const reason = why ?? (yield* refusalOf(target, subject))
              if (reason !== undefined) unfit.set(id, reason)
            }
            const own = new Map(
              yield* Effect.forEach(target.arches, (arch) =>
                Effect.map(offered(target, arch), (found) => [arch, found] as const))
            )
            for (let round = 0; round < mostRounds; round++) {
              const revision = yield* Statements.revision(target.name)
              const promotion = yield* decide(target, looked, unfit, own)
              if (isTried) {
                return { ...promotion, number: undefined, at: yield* Clock.currentTimeMillis }
              }
              const row = yield* sql.withTransaction(Effect.gen(function*() {
                return (yield* Statements.hold(target.name)) === revision
                  ? yield* keep(question, looked, promotion)
                  : undefined
              }))
              if (row !== undefined) {
                return { ...promotion, number: row.id, at: row.at }
              }
            }
            return yield* new PromotionImpossible({ message: `Others promote to ${target.name} all the time` })
          })
        ),
      list: (target, before, limit) => run("list", Statements.list(target, before, limit)),
      counts: run(
        "counts",
        Effect.map(Statements.counts(), (rows) => new Map(rows.map((row) => [row.target, row.packages])))
      )
    })
  })
)
