/**
 * Decides again about what something new is known of, and announces decisions that are others than before.
 *
 * Whatever is decided is a function of results, waivers and policies, so it may be decided too often, late, or by two servers at once:
 * what is announced is the difference to what was announced before.
 */
import * as DecisionWire from "@orch/api/gating/DecisionWire"
import * as Upkeep from "@orch/core/engine/Upkeep"
import * as GatingSubject from "@orch/core/gating/GatingSubject"
import * as RequirementSummary from "@orch/core/gating/RequirementSummary"
import { Outbox } from "@orch/core/ports/Outbox"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import { Notifier } from "../database/Notifier.ts"
import { GateDecisions } from "./GateDecisions.ts"
import * as GatePoints from "./GatePoints.ts"
import { GateQuestions } from "./GateQuestions.ts"
import { GatingConfig } from "./GatingConfig.ts"
import * as PendingSubjects from "./PendingSubjects.ts"
import * as BoundWaivers from "./statements/BoundWaiverStatements.ts"
import * as Statements from "./statements/DecisionStatements.ts"

/** The gate of module builds. */
export interface Options {
  /** The point that they are held to; `undefined` where nobody holds them. */
  readonly moduleContext: string | undefined
  /** Where others decide: what they decide about a build at that point, for each product version. */
  readonly external?: (
    identifier: string,
    platform: string
  ) => Effect.Effect<ReadonlyArray<ExternalDecision>, { readonly message: string }>
}

/** What another service decides for one product version, in Greenwave's words. */
export interface ExternalDecision {
  readonly version: string
  readonly decision: {
    readonly policies_satisfied: boolean
    readonly summary?: string
    readonly applicable_policies?: ReadonlyArray<string | null>
    readonly satisfied_requirements?: ReadonlyArray<Schema.Json>
    readonly unsatisfied_requirements?: ReadonlyArray<Schema.Json>
  }
}

const batch = 20

type Row = Statements.DecisionRow

const keyOf = ({ decision_context, product_version }: Pick<Row, "decision_context" | "product_version">): string =>
  GatePoints.keyOf({ context: decision_context, productVersion: product_version })

const differs = (before: Row | undefined, now: Row): boolean =>
  before === undefined || before.satisfied !== now.satisfied || before.summary !== now.summary
  || JSON.stringify(before.decision["unsatisfied_requirements"]) !== JSON.stringify(
      now.decision["unsatisfied_requirements"]
    )

const make = Effect.fnUntraced(function*({ external, moduleContext }: Options) {
  const decisions = yield* GateDecisions
  const questions = yield* GateQuestions
  const outbox = yield* Outbox
  const sql = yield* SqlClient.SqlClient
  const { policies, subjectTypes } = yield* GatingConfig

  const decide = Effect.fnUntraced(function*(subject: GatingSubject.GatingSubject, point: GatePoints.GatePoint) {
    const decision = yield* GatePoints.decide(decisions, subject, point)
    return decision._tag === "NoPolicy" ? [] : [
      {
        product_version: point.productVersion,
        decision_context: point.context,
        satisfied: decision.isSatisfied,
        summary: RequirementSummary.format(decision.requirements),
        // As it is read again from the database.
        decision: JSON.parse(JSON.stringify(DecisionWire.encodeDecision(decision, false))) as Row["decision"]
      } satisfies Row
    ]
  })

  /** What others decide about the ready build that gates know by this name; one that is not ready is asked about by itself. */
  const outside = Effect.fnUntraced(function*(identifier: string) {
    const build = external === undefined || moduleContext === undefined
      ? undefined
      : yield* Statements.moduleBuild(identifier)
    if (build?.state !== "ready") return []
    return (yield* external!(identifier, build.platform ?? "")).map(({ decision, version }): Row => ({
      product_version: version,
      decision_context: moduleContext!,
      satisfied: decision.policies_satisfied,
      summary: decision.summary ?? "",
      decision: {
        policies_satisfied: decision.policies_satisfied,
        summary: decision.summary ?? "",
        applicable_policies: decision.applicable_policies ?? [],
        satisfied_requirements: decision.satisfied_requirements ?? [],
        unsatisfied_requirements: decision.unsatisfied_requirements ?? []
      }
    }))
  })

  /** What is told of the module build that the subject is, where it is one that is held to this point. */
  const moduleOf = Effect.fnUntraced(function*(identifier: string, rows: ReadonlyArray<Row>) {
    const held = rows.filter(({ decision_context }) => decision_context === moduleContext)
    const build = held.length === 0 ? undefined : yield* Statements.moduleBuild(identifier)
    return build === undefined
      ? undefined
      : { id: build.id, is_ready: build.state === "ready", satisfied: held.some(({ satisfied }) => satisfied) }
  })

  const announce = Effect.fnUntraced(function*(
    subject: GatingSubject.GatingSubject,
    now: ReadonlyArray<Row>,
    pending: Statements.PendingRow
  ) {
    const name = { type: subject.type.id, identifier: subject.identifier }
    yield* sql.withTransaction(Effect.gen(function*() {
      const before = new Map((yield* Statements.known(name)).map((row) => [keyOf(row), row]))
      const changed = now.filter((row) => differs(before.get(keyOf(row)), row))
      const module = changed.length === 0 ? undefined : yield* moduleOf(subject.identifier, now)
      // Others have let a build through that is ready, though nobody told of it here.
      const wasLetThrough = external !== undefined && module?.is_ready === true
        && ![...before.values()].some((row) => row.decision_context === moduleContext)
      // A build that is ready since then is so by what became known since then: what was decided before must not be told of it.
      if (!(yield* Statements.done(pending))) return
      for (const row of changed) yield* Statements.keep(name, row)
      yield* outbox.append(
        changed.map((row) => {
          const was = before.get(keyOf(row))
          return {
            topic: "gate.decision",
            subject: `gate/${name.type}/${name.identifier}`,
            body: {
              subject_type: name.type,
              subject_identifier: name.identifier,
              product_version: row.product_version,
              decision_context: row.decision_context,
              ...row.decision,
              previous: was === undefined ? null : { policies_satisfied: was.satisfied, summary: was.summary },
              regressed: !row.satisfied && (was === undefined
                ? wasLetThrough && row.decision_context === moduleContext && module?.satisfied === false
                : was.satisfied),
              module_build: row.decision_context === moduleContext ? module ?? null : null
            } as unknown as Schema.Json
          }
        }),
        yield* Clock.currentTimeMillis
      )
    }))
    yield* questions.hasten([subject.identifier])
  })

  const one = Effect.fnUntraced(function*(pending: Statements.PendingRow) {
    const subject = GatingSubject.make(pending.subject_type, pending.subject_identifier, subjectTypes)
    const known = yield* Statements.known({ type: subject.type.id, identifier: subject.identifier })
    const points = GatePoints.of(policies, subject.type, known.map(({ product_version }) => product_version))
    const own = (yield* Effect.forEach(points, (point) => decide(subject, point))).flat()
    const others = yield* outside(subject.identifier)
    // Where others decide, what this server's policies would say there holds nobody.
    const rows = external === undefined ? own : own.filter((row) => row.decision_context !== moduleContext)
    yield* announce(subject, [...rows, ...others], pending)
  })

  return Effect.gen(function*() {
    // A waiver that is over is news as well.
    yield* sql.withTransaction(
      Effect.flatMap(BoundWaivers.expired(100), (over) => over.length === 0 ? Effect.void : Statements.pend(over))
    )
    const taken = yield* Statements.take(batch)
    yield* Effect.forEach(
      taken,
      (row) => Upkeep.surviving(`It could not be decided about ${row.subject_identifier} yet`, one(row)),
      { discard: true }
    )
    return taken.length
  }).pipe(Effect.provideService(SqlClient.SqlClient, sql))
})

/** Decides as something becomes known, and every ten seconds about what somebody else left. */
export const layer = (
  options: Options
): Layer.Layer<never, never, GateDecisions | GateQuestions | Notifier | Outbox | SqlClient.SqlClient> =>
  Layer.effectDiscard(Effect.gen(function*() {
    const { policies } = yield* GatingConfig
    if (policies.length === 0 && options.external === undefined) return
    const notifier = yield* Notifier
    const all = Effect.repeat(yield* make(options), { until: (decided) => decided === 0 })
    const failed = "Decisions could not be brought up to date yet"
    yield* notifier.notifications(PendingSubjects.topic).pipe(
      Stream.buffer({ capacity: 1, strategy: "sliding" }),
      Stream.runForEach(() => Upkeep.surviving(failed, all)),
      Effect.forkScoped
    )
    yield* Upkeep.repeating({ failed, interval: 10_000 }, all)
  }))
