/** What the dependency graph follows from beside records and plans: what packages of builds need and offer, and composes. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

/** Tables of what was told, and the view of what the graph is to be with them. */
export const view = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    // Builds whose packages were read, and how often; composes as well.
    `CREATE TABLE graph_read (
      kind text COLLATE "C" NOT NULL,
      build bigint NOT NULL,
      stamp text NOT NULL,
      readable boolean NOT NULL,
      noted bigint NOT NULL DEFAULT 1,
      PRIMARY KEY (kind, build)
    )`,
    `CREATE TABLE graph_package (
      kind text COLLATE "C" NOT NULL,
      build bigint NOT NULL,
      package text COLLATE "C" NOT NULL,
      PRIMARY KEY (kind, build, package)
    )`,
    `CREATE TABLE graph_need (
      kind text COLLATE "C" NOT NULL,
      build bigint NOT NULL,
      package text COLLATE "C" NOT NULL,
      type text COLLATE "C" NOT NULL,
      capability text COLLATE "C" NOT NULL,
      plain text COLLATE "C"
    )`,
    `CREATE INDEX graph_need_build ON graph_need (kind, build, package)`,
    `CREATE TABLE graph_offer (
      kind text COLLATE "C" NOT NULL,
      build bigint NOT NULL,
      capability text COLLATE "C" NOT NULL,
      package text COLLATE "C" NOT NULL
    )`,
    `CREATE INDEX graph_offer_build ON graph_offer (kind, build)`,
    `CREATE TABLE graph_compose (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      compose text COLLATE "C" NOT NULL UNIQUE,
      product text COLLATE "C" NOT NULL,
      rank text COLLATE "C" NOT NULL,
      by text NOT NULL,
      at timestamptz NOT NULL DEFAULT now()
    )`,
    `CREATE INDEX graph_compose_product ON graph_compose (product, rank DESC, number DESC)`,
    `CREATE TABLE graph_told (
      compose bigint NOT NULL REFERENCES graph_compose ON DELETE CASCADE,
      type text COLLATE "C" NOT NULL,
      source text COLLATE "C" NOT NULL,
      target text COLLATE "C" NOT NULL,
      PRIMARY KEY (compose, type, source, target)
    )`,
    `ALTER VIEW graph_origin RENAME TO graph_origin_records`,
    // Who offers what is needed is looked for among what counts now; where nobody does, a plain name is taken for the package's own.
    `CREATE VIEW graph_origin AS
      WITH counting AS (
        SELECT 'package-build' COLLATE "C" AS kind, build, package, 'rpms/' || package AS unit FROM (
          SELECT DISTINCT ON (package) package, build FROM graph_package JOIN package_build ON id = build
          WHERE kind = 'package-build' AND state = 'finished' ORDER BY package, build DESC
        ) AS newest
        UNION ALL SELECT told.kind, told.build, told.package, newest.unit FROM (
          SELECT DISTINCT ON (name, stream, context) id, 'modules/' || name || ':' || stream || ':' || context AS unit
          FROM module_build WHERE state = 'ready' AND NOT scratch ORDER BY name, stream, context, version DESC, id DESC
        ) AS newest JOIN graph_package AS told ON told.kind = 'module-build' AND told.build = newest.id
      ), composed AS (
        SELECT DISTINCT ON (product) number, 'composes/' || product AS unit FROM graph_compose ORDER BY product, rank DESC, number DESC
      ), offered AS (
        SELECT DISTINCT one.capability, one.package FROM graph_offer AS one
        WHERE (one.kind, one.build) IN (SELECT kind, build FROM counting UNION SELECT 'compose', number FROM composed)
      )
      SELECT unit, type, source, target FROM graph_origin_records
      UNION SELECT unit COLLATE "C", need.type, ('rpms/' || counting.package) COLLATE "C",
        ('rpms/' || coalesce(offered.package, need.plain)) COLLATE "C"
      FROM counting JOIN graph_need AS need USING (kind, build, package) LEFT JOIN offered ON offered.capability = need.capability
      WHERE coalesce(offered.package, need.plain) IS NOT NULL
      UNION SELECT unit COLLATE "C", told.type, told.source, told.target FROM composed JOIN graph_told AS told ON told.compose = composed.number
      -- What a compose says of a module gives way to this server's own build of it.
      WHERE told.source NOT IN (
        SELECT 'modules/' || name || ':' || stream FROM module_build WHERE state = 'ready' AND NOT scratch
      )`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** Module builds are read again: farms tell of them what their buildroots held, which nobody asked for before. */
export const readAgain = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`DELETE FROM graph_read WHERE kind = 'module-build'`
})
