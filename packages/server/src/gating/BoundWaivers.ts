/**
 * Waivers on this server's own face: each is bound to one result or expires, and none hides another, whatever product version they
 * are for.
 */
import * as SubjectType from "@orch/core/gating/SubjectType"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import type { Caller } from "../auth/Caller.ts"
import { Notifier } from "../database/Notifier.ts"
import { asUnavailable } from "../database/PgError.ts"
import { GatingConfig } from "./GatingConfig.ts"
import * as PendingSubjects from "./PendingSubjects.ts"
import * as Statements from "./statements/BoundWaiverStatements.ts"
import * as DecisionStatements from "./statements/DecisionStatements.ts"
import * as Results from "./statements/ResultStatements.ts"
import { WaiverRefused, Waivers } from "./Waivers.ts"

/** A waiver. Times are milliseconds since the epoch. */
export type BoundWaiver = Statements.BoundWaiverRow

type Named = Pick<Statements.NewBoundWaiver, "result_id" | "subject_identifier" | "testcase">

/** What is asked of them. */
export interface Interface {
  readonly waive: (caller: Caller, waiver: Omit<Statements.NewBoundWaiver, "username">) => Effect.Effect<
    BoundWaiver,
    WaiverRefused | StoreUnavailable
  >
  /** `undefined` where there is none of that number. */
  readonly revoke: (
    caller: Caller,
    id: number
  ) => Effect.Effect<BoundWaiver | undefined, WaiverRefused | StoreUnavailable>
  readonly list: (
    subject: string | undefined,
    test: string | undefined,
    limit: number
  ) => Effect.Effect<ReadonlyArray<BoundWaiver>, StoreUnavailable>
}

/** The waivers. */
export class BoundWaivers extends Context.Service<BoundWaivers, Interface>()("@orch/server/gating/BoundWaivers") {
  static readonly layer: Layer.Layer<BoundWaivers, never, Notifier | SqlClient.SqlClient | Waivers> = Layer.effect(
    BoundWaivers,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const notifier = yield* Notifier
      const { mayWaive } = yield* Waivers
      const { policies, subjectTypes } = yield* GatingConfig
      const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>) =>
        effect.pipe(
          Effect.provideService(SqlClient.SqlClient, sql),
          asUnavailable(`BoundWaivers.${operation}`)
        ) as Effect.Effect<A, StoreUnavailable>

      const allowed = (caller: Caller, test: string) =>
        mayWaive(caller.name, caller, test)
          ? Effect.void
          : Effect.fail(
            new WaiverRefused({ reason: "forbidden", message: `${caller.name} may not waive the test ${test}` })
          )

      const refused = (message: string) => Effect.fail(new WaiverRefused({ reason: "unknownResult", message }))

      /** A result that is not there yet may come to be anybody's, so only one that was seen can be waived. */
      const isAbout = Effect.fnUntraced(function*({ result_id: id, subject_identifier: subject, testcase }: Named) {
        if (id === null) return
        const result = yield* run("result", Results.byId(id))
        if (result === undefined) return yield* refused(`There is no result ${id}`)
        if (result.testcase !== testcase) {
          return yield* refused(`Result ${id} is one of the test ${result.testcase}, not of ${testcase}`)
        }
        if (!Object.values(result.data).some((values) => values.includes(subject))) {
          return yield* refused(`Result ${id} is not about ${subject}`)
        }
      })

      /** Does it, and has it decided about the subject again where there are policies: else nobody decides. */
      const changing = <A>(
        operation: string,
        type: string,
        identifier: string,
        work: Effect.Effect<A, unknown, SqlClient.SqlClient>
      ) =>
        Effect.tap(
          run(
            operation,
            sql.withTransaction(Effect.andThen(
              policies.length === 0 ? Effect.void : DecisionStatements.pend([{ type, identifier }]),
              work
            ))
          ),
          () => notifier.notify(PendingSubjects.topic)
        )

      return {
        waive: Effect.fnUntraced(function*(caller, waiver) {
          yield* allowed(caller, waiver.testcase)
          yield* isAbout(waiver)
          const type = SubjectType.named(waiver.subject_type, subjectTypes).id
          return yield* changing(
            "waive",
            type,
            waiver.subject_identifier,
            Statements.insert({ ...waiver, subject_type: type, username: caller.name })
          )
        }),
        revoke: Effect.fnUntraced(function*(caller, id) {
          const before = yield* run("find", Statements.find(id))
          if (before === undefined) return undefined
          yield* allowed(caller, before.testcase)
          yield* changing("revoke", before.subject_type, before.subject_identifier, Statements.revoke(id, caller.name))
          return yield* run("find", Statements.find(id))
        }),
        list: (subject, test, limit) => run("list", Statements.list(subject, test, limit))
      }
    })
  )
}
