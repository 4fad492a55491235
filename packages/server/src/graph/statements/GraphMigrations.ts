/** What depends on what; numbers 1901 to 1999. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const graph = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    // One row for each time in which something held. Times are microseconds since the epoch.
    `CREATE TABLE graph_edge (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      unit text COLLATE "C" NOT NULL,
      type text COLLATE "C" NOT NULL,
      source text COLLATE "C" NOT NULL,
      target text COLLATE "C" NOT NULL,
      valid_from bigint NOT NULL,
      valid_to bigint,
      CHECK (valid_to IS NULL OR valid_to >= valid_from)
    )`,
    `CREATE UNIQUE INDEX graph_edge_now ON graph_edge (unit, type, source, target) WHERE valid_to IS NULL`,
    `CREATE INDEX graph_edge_source ON graph_edge (source, valid_from)`,
    `CREATE INDEX graph_edge_target ON graph_edge (target, valid_from)`,
    // What the graph is to be, from the builds themselves: of each module stream and context the newest one that is ready.
    `CREATE VIEW graph_origin AS
      WITH newest AS (
        SELECT DISTINCT ON (name, stream, context)
          'modules/' || name || ':' || stream || ':' || context AS unit, 'modules/' || name || ':' || stream AS node, plan
        FROM module_build WHERE state = 'ready' AND NOT scratch
        ORDER BY name, stream, context, version DESC, id DESC
      )
      SELECT unit COLLATE "C" AS unit, 'component' COLLATE "C" AS type, node COLLATE "C" AS source,
        ('rpms/' || one.name) COLLATE "C" AS target
      FROM newest, jsonb_to_recordset(plan->'components') AS one (name text)
      UNION SELECT unit, 'build', node, 'modules/' || one.key || ':' || stream.value
      FROM newest, jsonb_each(plan->'dependencies'->'buildrequires') AS one, jsonb_array_elements_text(one.value) AS stream
      UNION SELECT unit, 'runtime', node, 'modules/' || one.key || ':' || stream.value
      FROM newest, jsonb_each(plan->'dependencies'->'requires') AS one, jsonb_array_elements_text(one.value) AS stream
      UNION SELECT unit, 'buildroot', node, 'modules/' || one.name || ':' || one.stream
      FROM newest, jsonb_to_recordset(plan->'modules') AS one (name text, stream text)`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** The steps, by number and name. */
export const all: Readonly<Record<string, Effect.Effect<unknown, unknown, SqlClient.SqlClient>>> = {
  "1901_graph": graph
}
