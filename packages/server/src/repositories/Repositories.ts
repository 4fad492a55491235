/**
 * The repository records and package build reports of this server: what faces and the engine's listeners call.
 *
 * Every change and its announcement are one transaction. Reads go to the same database as writes: an answer that lags behind a
 * replica once made searches flap between a result and nothing.
 */
import * as PackageBuildWire from "@orch/api/shaman/PackageBuildWire"
import * as RepositoryWire from "@orch/api/shaman/RepositoryWire"
import type { Draft } from "@orch/core/life/Draft"
import { Outbox } from "@orch/core/ports/Outbox"
import { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import type { PackageBuildPost, PackageBuildRecord } from "@orch/core/repository/PackageBuildRecord"
import * as RepositoryRecord from "@orch/core/repository/RepositoryRecord"
import type * as RepositorySearch from "@orch/core/repository/RepositorySearch"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Stream from "effect/Stream"
import { RepositoriesConfig } from "./RepositoriesConfig.ts"
import * as Reports from "./statements/PackageBuildReportStatements.ts"
import * as Search from "./statements/RepositorySearchStatements.ts"
import * as Records from "./statements/RepositoryStatements.ts"
import * as Tree from "./statements/RepositoryTreeStatements.ts"

export type { Page } from "./statements/RepositorySearchStatements.ts"
export type { At, Position } from "./statements/RepositoryTreeStatements.ts"

/** What became of a post. */
export type Posted =
  | { readonly _tag: "Created" | "Updated" | "Late" | "Deleted" }
  /** The repository is not recorded yet and these fields of a first post are missing. */
  | { readonly _tag: "Incomplete"; readonly missing: ReadonlyArray<string> }

/** The levels of the tree that are lists of names. */
export type Level = "distros" | "versions" | "flavors" | "archs"

export interface Interface {
  readonly post: (post: RepositoryRecord.RepositoryPost) => Effect.Effect<Posted, StoreUnavailable>
  readonly search: (
    query: RepositorySearch.Query,
    page?: Search.Page
  ) => Effect.Effect<ReadonlyArray<RepositorySearch.Found>, StoreUnavailable>
  /** For lists of any length; not for a common commit. */
  readonly stream: (query: RepositorySearch.Query) => Stream.Stream<RepositorySearch.Found, StoreUnavailable>
  readonly projects: Effect.Effect<ReadonlyArray<string>, StoreUnavailable>
  readonly overview: Effect.Effect<
    ReadonlyArray<
      { readonly name: string; readonly refs: ReadonlyArray<string>; readonly sha1s: ReadonlyArray<string> }
    >,
    StoreUnavailable
  >
  /** Undefined when the project is unknown; so below. */
  readonly refs: (project: string) => Effect.Effect<ReadonlyArray<string> | undefined, StoreUnavailable>
  /** `built`: only commits of which something is ready. */
  readonly sha1s: (
    project: string,
    ref: string,
    built?: boolean
  ) => Effect.Effect<ReadonlyArray<string> | undefined, StoreUnavailable>
  readonly level: (level: Level, at: Tree.Position) => Effect.Effect<Tree.At<ReadonlyArray<string>>, StoreUnavailable>
  readonly records: (
    at: Tree.Position
  ) => Effect.Effect<Tree.At<ReadonlyArray<RepositoryRecord.RepositoryRecord>>, StoreUnavailable>
  /** The newest ready one. */
  readonly ready: (at: Tree.Position) => Effect.Effect<Tree.At<RepositoryRecord.RepositoryRecord>, StoreUnavailable>
  readonly report: (post: PackageBuildPost) => Effect.Effect<void, StoreUnavailable>
  readonly reportOverview: Effect.Effect<
    ReadonlyArray<{ readonly name: string; readonly refs: ReadonlyArray<string> }>,
    StoreUnavailable
  >
  readonly reportRefs: (project: string) => Effect.Effect<ReadonlyArray<string> | undefined, StoreUnavailable>
  readonly reportSha1s: (
    project: string,
    ref: string
  ) => Effect.Effect<ReadonlyArray<string> | undefined, StoreUnavailable>
  readonly reports: (
    project: string,
    ref: string,
    sha1: string
  ) => Effect.Effect<ReadonlyArray<PackageBuildRecord> | undefined, StoreUnavailable>
  /** Marks a repository as belonging to a release (kept for ever), or takes the mark away with null; false when unknown. */
  readonly promote: (identity: string, release: string | null) => Effect.Effect<boolean, StoreUnavailable>
  /** Whether the database answers. */
  readonly alive: Effect.Effect<boolean>
}

export class Repositories
  extends Context.Service<Repositories, Interface>()("@orch/server/repositories/Repositories")
{}

/** Turns a failing database into the one error faces answer with 503. */
export const unavailable = (operation: string) => (cause: SqlError): StoreUnavailable =>
  new StoreUnavailable({ operation, message: "the database did not answer", cause })

export const layer: Layer.Layer<Repositories, never, SqlClient.SqlClient | Outbox | RepositoriesConfig> = Layer.effect(
  Repositories,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const outbox = yield* Outbox
    const { releases } = yield* RepositoriesConfig
    const run = <A>(
      operation: string,
      effect: Effect.Effect<A, SqlError | StoreUnavailable, SqlClient.SqlClient>
    ): Effect.Effect<A, StoreUnavailable> =>
      Effect.provideService(effect, SqlClient.SqlClient, sql).pipe(
        Effect.mapError((error) => error._tag === "SqlError" ? unavailable(operation)(error) : error)
      )
    const announce = (draft: Draft) => Effect.flatMap(Clock.currentTimeMillis, (now) => outbox.append([draft], now))
    const changed = (topic: string, record: RepositoryRecord.RepositoryRecord) =>
      announce({
        topic: `repository.${topic}`,
        subject: `repository/${record.id}`,
        body: RepositoryWire.encode(releases, record) as unknown as Schema.Json
      })

    const write = Effect.fnUntraced(function*(post: RepositoryRecord.RepositoryPost) {
      if (post.status === "deleted") {
        const removed = yield* Records.remove(post.project, post.identity)
        if (removed !== undefined) yield* changed("deleted", { ...removed, status: "deleted" })
        return { _tag: "Deleted" } satisfies Posted as Posted
      }
      const missing = RepositoryRecord.missing(post)
      const recorded = missing.length === 0 ? undefined : yield* Records.buildOf(post.identity)
      if (missing.length > 0 && recorded === undefined) {
        return { _tag: "Incomplete", missing } satisfies Posted as Posted
      }
      const whole = recorded === undefined ? post : RepositoryRecord.complete(recorded, post)
      const written = yield* Records.upsert(releases, whole)
      if (written._tag === "Late") return { _tag: "Late" } satisfies Posted as Posted
      yield* changed(written._tag === "Created" ? "created" : "updated", written.record)
      return { _tag: written._tag } satisfies Posted as Posted
    })

    const report = Effect.fnUntraced(function*(post: PackageBuildPost) {
      yield* Reports.lock(post)
      const { record } = yield* Reports.upsert(post)
      yield* announce({
        topic: "package-build-report.changed",
        subject: `package-build-report/${record.id}`,
        body: PackageBuildWire.encode(releases, record) as unknown as Schema.Json
      })
    })

    const promote = Effect.fnUntraced(function*(identity: string, release: string | null) {
      const record = yield* Records.promote(identity, release)
      if (record === undefined) return false
      yield* changed(release === null ? "demoted" : "promoted", record)
      return true
    })

    const find = (query: RepositorySearch.Query, page?: Search.Page) =>
      run("search repositories", Search.search(releases, query, page))
    /** Nothing ready is one answer to what will be, and another to what nobody builds. */
    const settled = <A>(at: Tree.Position, found: Tree.At<A>) =>
      found._tag === "NothingReady"
        ? Effect.map(Tree.underWay(releases, at), (underWay): Tree.At<A> => ({ ...found, underWay }))
        : Effect.succeed(found)
    const lookAt = <A>(
      operation: string,
      at: Tree.Position,
      look: Effect.Effect<Tree.At<A>, SqlError, SqlClient.SqlClient>
    ) => run(operation, Effect.flatMap(look, (found) => settled(at, found)))
    const levels = { distros: Tree.distros, versions: Tree.versions, flavors: Tree.flavors, archs: Tree.archs }
    return Repositories.of({
      post: (post) => run("post a repository", sql.withTransaction(write(post))),
      search: find,
      stream: (query) =>
        // The embedded database has one connection: a client that reads slowly must not hold it.
        sql.driver === "pglite"
          ? Stream.unwrap(Effect.map(find(query), (found) => Stream.fromIterable(found)))
          : Stream.mapError(
            Stream.provideService(Search.stream(releases, query), SqlClient.SqlClient, sql),
            unavailable("search repositories")
          ),
      projects: run("list projects", Tree.projects()),
      overview: run("list repositories", Tree.overview()),
      refs: (project) => run("list refs", Tree.refs(project)),
      sha1s: (project, ref, built = false) => run("list commits", Tree.sha1s(project, ref, built)),
      level: (level, at) => lookAt(`list ${level}`, at, levels[level](releases, at)),
      records: (at) => lookAt("list repositories", at, Tree.records(releases, at)),
      ready: (at) => lookAt("find a ready repository", at, Tree.ready(releases, at)),
      report: (post) => run("report a package build", sql.withTransaction(report(post))),
      reportOverview: run("list package builds", Reports.overview()),
      reportRefs: (project) => run("list refs", Reports.refs(project)),
      reportSha1s: (project, ref) => run("list commits", Reports.sha1s(project, ref)),
      reports: (project, ref, sha1) => run("list package builds", Reports.list(project, ref, sha1)),
      promote: (identity, release) => run("promote a repository", sql.withTransaction(promote(identity, release))),
      alive: Effect.match(sql`SELECT 1`, { onFailure: () => false, onSuccess: () => true })
    })
  })
)
