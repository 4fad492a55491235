/** Results of tests that others report and ask for. */
import type * as ResultWire from "@orch/api/gating/ResultWire"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { randomUUID } from "node:crypto"
import { Notifier } from "../database/Notifier.ts"
import { GatingConfig } from "./GatingConfig.ts"
import * as PendingSubjects from "./PendingSubjects.ts"
import * as DecisionStatements from "./statements/DecisionStatements.ts"
import * as Statements from "./statements/ResultStatements.ts"

export { everything, type Filter } from "./statements/ResultStatements.ts"

interface Page {
  readonly limit: number
  readonly offset: number
}

type Group = Effect.Success<ReturnType<typeof Statements.putGroup>>
type Testcase = Effect.Success<ReturnType<typeof Statements.putTestcase>>

export interface Interface {
  readonly post: (post: ResultWire.ResultPost) => Effect.Effect<ResultWire.StoredResult>
  /** The same under a key; `undefined` where a result has that key already. */
  readonly postOnce: (key: string, post: ResultWire.ResultPost) => Effect.Effect<ResultWire.StoredResult | undefined>
  readonly get: (id: number) => Effect.Effect<ResultWire.StoredResult | undefined>
  readonly list: (
    filter: Statements.Filter,
    page: Page & { readonly ascending: boolean }
  ) => Effect.Effect<ReadonlyArray<ResultWire.StoredResult>>
  /** The newest of each test and combination of first values of the keys, the newest first. */
  readonly latest: (
    filter: Statements.Filter,
    distinct: ReadonlyArray<string>
  ) => Effect.Effect<ReadonlyArray<ResultWire.StoredResult>>
  readonly latestOf: typeof Statements.latestOf extends (...args: infer A) => Effect.Effect<infer B, infer _E, infer _R>
    ? (...args: A) => Effect.Effect<B>
    : never
  readonly testcases: (
    names: ReadonlyArray<string>,
    patterns: ReadonlyArray<string>,
    page: Page
  ) => Effect.Effect<ReadonlyArray<Testcase>>
  readonly postTestcase: (post: ResultWire.TestcasePost) => Effect.Effect<Testcase>
  readonly groups: (
    uuids: ReadonlyArray<string>,
    descriptions: { readonly exact: ReadonlyArray<string>; readonly patterns: ReadonlyArray<string> },
    page: Page
  ) => Effect.Effect<ReadonlyArray<Group>>
  readonly postGroup: (post: ResultWire.GroupPost) => Effect.Effect<Group>
}

const groupsOf = ({ groups }: ResultWire.ResultPost): ReadonlyArray<string> =>
  groups.map(({ uuid }) => uuid ?? randomUUID())

/** The results of this server. */
export class TestResults extends Context.Service<TestResults, Interface>()("@orch/server/gating/TestResults") {
  static readonly layer: Layer.Layer<TestResults, never, Notifier | SqlClient.SqlClient> = Layer.effect(
    TestResults,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const notifier = yield* Notifier
      const { policies, subjectTypes } = yield* GatingConfig
      // A database that does not answer is told in one place, for all routes.
      const on = <A, E>(work: Effect.Effect<A, E, SqlClient.SqlClient>): Effect.Effect<A> =>
        Effect.orDie(Effect.provideService(work, SqlClient.SqlClient, sql))
      /** With the result it becomes known that there is something to decide. */
      const insert = (post: ResultWire.ResultPost, key: string | undefined) => {
        const recorded = Statements.insert(post, groupsOf(post), key)
        const subjects = policies.length === 0 ? [] : PendingSubjects.ofResult(post, subjectTypes)
        return subjects.length === 0 ? on(recorded) : on(
          sql.withTransaction(
            Effect.tap(recorded, (stored) => stored === undefined ? Effect.void : DecisionStatements.pend(subjects))
          ).pipe(
            Effect.tap(() => notifier.notify(PendingSubjects.topic))
          )
        )
      }
      return {
        post: (post) => Effect.map(insert(post, undefined), (stored) => stored!),
        postOnce: (key, post) => insert(post, key),
        get: (id) => on(Statements.byId(id)),
        list: (filter, page) => on(Statements.list(filter, page)),
        latest: (filter, distinct) => on(Statements.latest(filter, distinct)),
        latestOf: (...args) => on(Statements.latestOf(...args)),
        testcases: (names, patterns, page) => on(Statements.testcases(names, patterns, page)),
        postTestcase: (post) => on(Statements.putTestcase(post)),
        groups: (uuids, descriptions, page) => on(Statements.groups(uuids, descriptions, page)),
        postGroup: (post) => on(Statements.putGroup(post.uuid ?? randomUUID(), post))
      }
    })
  )
}
