/** What builds and composes tell the graph beside their plans, one statement each. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { clean, json } from "../../database/StorableText.ts"

/** A package needs something while it is built; `plain` is the package to take where nobody is known to offer it. */
export interface Need {
  readonly package: string
  readonly type: "build" | "buildroot"
  readonly capability: string
  readonly plain: string | null
}

/** A package offers something, by one of its binary packages. */
export interface Offer {
  readonly capability: string
  readonly package: string
}

/** What is known of one build. */
export interface Needs {
  /** Names of source packages. */
  readonly packages: ReadonlyArray<string>
  readonly needs: ReadonlyArray<Need>
  readonly offers: ReadonlyArray<Offer>
}

/** What told: a package build, a module build, or a compose. */
export type Kind = "package-build" | "module-build" | "compose"

/** A build whose packages are to be read; `stamp` is another one whenever they may be others. */
export interface UnreadRow {
  readonly kind: "package-build" | "module-build"
  readonly build: number
  readonly stamp: string
}

/**
 * Builds that were not read since they ended, the newest first, of the newest so many of each kind or of all; without some, each as kind and
 * number with a space between.
 */
export const unread = Effect.fnUntraced(
  function*(limit: number, without: ReadonlyArray<string> = [], newest?: number) {
    const sql = yield* SqlClient.SqlClient
    const few = newest === undefined ? sql.literal("") : sql`ORDER BY id DESC LIMIT ${newest}`
    return yield* sql<UnreadRow>`
      SELECT kind, build::float8 AS build, stamp FROM (
        (SELECT 'package-build' AS kind, id AS build, coalesce(finished_at::text, '') AS stamp FROM package_build
          WHERE state = 'finished' ${few})
        UNION ALL (SELECT 'module-build', id, '' FROM module_build WHERE state = 'ready' AND NOT scratch ${few})
      ) AS one
      WHERE NOT EXISTS (
        SELECT FROM graph_read AS known WHERE known.kind = one.kind AND known.build = one.build AND known.stamp = one.stamp
      ) AND kind || ' ' || build NOT IN (SELECT jsonb_array_elements_text(${
      json(without)
    }::text::jsonb)) ORDER BY build DESC LIMIT ${limit}`
  }
)

/** Replaces what a build or compose tells; nothing where it could not be read. */
export const note = Effect.fnUntraced(function*(
  { build, kind, stamp }: { readonly kind: Kind; readonly build: number; readonly stamp: string },
  read: Needs | undefined
) {
  const { needs, offers, packages } = read ?? { needs: [], offers: [], packages: [] }
  const sql = yield* SqlClient.SqlClient
  for (const table of ["graph_package", "graph_need", "graph_offer"]) {
    yield* sql`DELETE FROM ${sql(table)} WHERE kind = ${kind} AND build = ${build}`
  }
  yield* sql`
    INSERT INTO graph_package (kind, build, package)
    SELECT DISTINCT ${kind}, ${build}::bigint, value FROM jsonb_array_elements_text(${json(packages)}::text::jsonb)`
  yield* sql`
    INSERT INTO graph_need (kind, build, package, type, capability, plain)
    SELECT ${kind}, ${build}::bigint, package, type, capability, max(plain)
    FROM jsonb_to_recordset(${json(needs)}::text::jsonb) AS one (package text, type text, capability text, plain text)
    GROUP BY package, type, capability`
  yield* sql`
    INSERT INTO graph_offer (kind, build, capability, package)
    SELECT DISTINCT ${kind}, ${build}::bigint, capability, package
    FROM jsonb_to_recordset(${json(offers)}::text::jsonb) AS one (capability text, package text)
    WHERE length(capability) < 2000`
  yield* sql`
    INSERT INTO graph_read (kind, build, stamp, readable) VALUES (${kind}, ${build}, ${stamp}, ${read !== undefined})
    ON CONFLICT (kind, build) DO UPDATE SET
      stamp = excluded.stamp, readable = excluded.readable, noted = graph_read.noted + 1`
})

/** Has builds read again that could not be read. */
export const forgetUnreadable = Effect.fnUntraced(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`DELETE FROM graph_read WHERE NOT readable`
})

/** Removes what was noted of builds that are not there any more; how many of them. */
export const forget = Effect.fnUntraced(function*() {
  const sql = yield* SqlClient.SqlClient
  const gone = yield* sql`
    DELETE FROM graph_read AS known WHERE
      (kind = 'package-build' AND NOT EXISTS (SELECT FROM package_build WHERE id = known.build AND state <> 'removed'))
      OR (kind = 'module-build' AND NOT EXISTS (SELECT FROM module_build WHERE id = known.build AND state = 'ready'))
      OR (kind = 'compose' AND NOT EXISTS (SELECT FROM graph_compose WHERE number = known.build))
    RETURNING kind`
  for (const table of ["graph_package", "graph_need", "graph_offer"]) {
    yield* sql`
      DELETE FROM ${sql(table)} AS told WHERE NOT EXISTS (
        SELECT FROM graph_read AS known WHERE known.kind = told.kind AND known.build = told.build)`
  }
  return gone.length
})

/** A compose that was told of. */
export interface ComposeRow {
  readonly number: number
  readonly compose: string
  readonly product: string
  readonly by: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Whether it is the newest of its product, and so the one that counts. */
  readonly counts: boolean
}

/** Makes a compose known; its number. What is told again replaces what was told. */
export const compose = Effect.fnUntraced(function*(compose: string, product: string, rank: string, by: string) {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly number: number }>`
    INSERT INTO graph_compose (compose, product, rank, by) VALUES (${clean(compose)}, ${clean(product)}, ${rank}, ${
    clean(by)
  })
    ON CONFLICT (compose) DO UPDATE SET by = excluded.by, at = now() RETURNING number::float8 AS number`
  return row!.number
})

/** Replaces the edges that a compose tells of. */
export const edges = Effect.fnUntraced(
  function*(
    compose: number,
    all: ReadonlyArray<{ readonly type: string; readonly source: string; readonly target: string }>
  ) {
    const sql = yield* SqlClient.SqlClient
    yield* sql`DELETE FROM graph_told WHERE compose = ${compose}`
    yield* sql`
      INSERT INTO graph_told (compose, type, source, target)
      SELECT DISTINCT ${compose}::bigint, type, source, target FROM jsonb_to_recordset(${json(all)}::text::jsonb)
        AS one (type text, source text, target text)`
  }
)

/** Keeps the newest composes of a product; what the others offered goes when it is forgotten. */
export const pruneComposes = Effect.fnUntraced(function*(product: string, keep: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    DELETE FROM graph_compose WHERE number IN (
      SELECT number FROM graph_compose WHERE product = ${clean(product)} ORDER BY rank DESC, number DESC OFFSET ${keep}
    )`
})

/** Composes, the newest first. */
export const composes = Effect.fnUntraced(function*(limit: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<ComposeRow>`
    SELECT number::float8 AS number, compose, product, by, (extract(epoch FROM at) * 1000)::float8 AS at,
      row_number() OVER (PARTITION BY product ORDER BY rank DESC, graph_compose.number DESC) = 1 AS counts
    FROM graph_compose ORDER BY graph_compose.number DESC LIMIT ${limit}`
})
