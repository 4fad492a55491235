/** Releases as people look at them: pages of them in a constant number of statements. */
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import type { Release } from "@orch/core/release/Release"
import { releaseLife } from "@orch/core/release/ReleaseLife"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import { asUnavailable } from "../database/PgError.ts"
import * as Statements from "./statements/ReleaseStatements.ts"

/** Releases of one page, and how many there are. */
export interface Page {
  readonly releases: ReadonlyArray<Release>
  readonly total: number
}

/** How much of each release is read: all of it, or its repositories without what they get. */
export type Extent = "whole" | "short"

/** Reads of releases. */
export interface Interface {
  /** Releases that fit, newest first; those that were removed are left out. */
  readonly page: (
    query: Statements.ReleaseQuery,
    limit: number,
    offset: number,
    extent: Extent
  ) => Effect.Effect<Page, StoreUnavailable>
}

/** Reads of releases. */
export class ReleaseReads extends Context.Service<ReleaseReads, Interface>()("@orch/server/releases/ReleaseReads") {}

const decodePlan = Schema.decodeUnknownSync(releaseLife.codecs.plan)
const decodeProgress = Schema.decodeUnknownSync(releaseLife.codecs.progress)
const decodePart = Schema.decodeUnknownSync(releaseLife.codecs.part)

const toRelease = ({ id, parts, plan, progress }: Statements.ReleaseRow): Release =>
  releaseLife.assemble(
    Number(id),
    decodePlan(plan),
    decodeProgress(progress),
    (parts ?? []).map((part) => decodePart(part))
  )

/** Reads from the database. */
export const layer: Layer.Layer<ReleaseReads, never, SqlClient.SqlClient> = Layer.effect(
  ReleaseReads,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    return ReleaseReads.of({
      page: (query, limit, offset, extent) =>
        Statements.page(query, { limit, offset }, extent === "whole").pipe(
          Effect.map(({ rows, total }) => ({ releases: rows.map(toRelease), total })),
          Effect.provideService(SqlClient.SqlClient, sql),
          asUnavailable("ReleaseReads.page")
        )
    })
  })
)
