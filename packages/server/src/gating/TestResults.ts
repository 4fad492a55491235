/** Results of tests that others report and ask for. */
import type * as ResultWire from "@orch/api/gating/ResultWire"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { randomUUID } from "node:crypto"
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

/** The results of this server. */
export class TestResults extends Context.Service<TestResults, Interface>()("@orch/server/gating/TestResults") {
  static readonly layer: Layer.Layer<TestResults, never, SqlClient.SqlClient> = Layer.effect(
    TestResults,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      // A database that does not answer is told in one place, for all routes.
      const on = <A, E>(work: Effect.Effect<A, E, SqlClient.SqlClient>): Effect.Effect<A> =>
        Effect.orDie(Effect.provideService(work, SqlClient.SqlClient, sql))
      return {
        post: (post) => on(Statements.insert(post, post.groups.map(({ uuid }) => uuid ?? randomUUID()))),
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
