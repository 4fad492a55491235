/** Questions to the gate that module builds wait to ask again: one that may have another answer by now is asked at once. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import * as CommandTaking from "../database/CommandTaking.ts"
import { Notifier } from "../database/Notifier.ts"
import * as PendingSubjects from "./PendingSubjects.ts"
import type { SubjectName } from "./statements/DecisionStatements.ts"
import * as DecisionStatements from "./statements/DecisionStatements.ts"
import * as Statements from "./statements/QuestionStatements.ts"

/** The questions of this server's module builds. */
export class GateQuestions extends Context.Service<GateQuestions, {
  /** Asks now about finished builds that gates know under any of these names (`name-stream-version.context`). Never fails: they are asked about anyway, later. */
  readonly hasten: (identifiers: ReadonlyArray<string>) => Effect.Effect<void>
  /** Has it decided again about these subjects, though they may be ready: something was told of them. Never fails. */
  readonly reconsider: (subjects: ReadonlyArray<SubjectName>) => Effect.Effect<void>
}>()("@orch/server/gating/GateQuestions") {
  static readonly layer: Layer.Layer<GateQuestions, never, Notifier | SqlClient.SqlClient> = Layer.effect(
    GateQuestions,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const notifier = yield* Notifier
      return {
        hasten: (identifiers) =>
          Effect.gen(function*() {
            const hastened = yield* Statements.hasten(identifiers)
            if (hastened > 0) yield* notifier.notify(CommandTaking.topic(Statements.life))
          }).pipe(
            Effect.provideService(SqlClient.SqlClient, sql),
            Effect.catchCause((cause) => Effect.logDebug("The gate is asked later", cause))
          ),
        reconsider: (subjects) =>
          DecisionStatements.pend(subjects).pipe(
            Effect.andThen(notifier.notify(PendingSubjects.topic)),
            Effect.provideService(SqlClient.SqlClient, sql),
            Effect.catchCause((cause) => Effect.logDebug("Nothing is decided again", cause))
          )
      }
    })
  )
}
