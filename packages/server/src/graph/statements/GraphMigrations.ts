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

/**
 * Follows edges level by level in the database, so that a question costs its answer's page and not the graph: what is reached stands in
 * `graph_reached`, a table of the session that is empty again when the transaction ends.
 */
const reach = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const level = (from: string, to: string, holds: string) =>
    `INSERT INTO graph_reached
      SELECT found.node, level, split_part(found.edge, chr(31), 2), split_part(found.edge, chr(31), 1) FROM (
        SELECT one.${to} AS node, min(one.${from} || chr(31) || one.type) AS edge
        FROM graph_reached AS reached JOIN graph_edge AS one ON one.${from} = reached.node
        WHERE reached.depth = level - 1 AND one.type = ANY (kinds) AND ${holds}
        GROUP BY one.${to}
      ) AS found
      ON CONFLICT (node) DO NOTHING;`
  const sides = (holds: string) =>
    `IF side = 'target' THEN ${level("target", "source", holds)} ELSE ${level("source", "target", holds)} END IF;`
  const statements = [
    // Most questions are about now: the index alone answers them.
    `CREATE INDEX graph_edge_source_now ON graph_edge (source) INCLUDE (target, type) WHERE valid_to IS NULL`,
    `CREATE INDEX graph_edge_target_now ON graph_edge (target) INCLUDE (source, type) WHERE valid_to IS NULL`,
    // A large level is looked up as a whole, which the planner does once it knows how large it is.
    `CREATE FUNCTION graph_reach(
      side text, start text, kinds text[], moment bigint, deepest int, most int
    ) RETURNS bigint LANGUAGE plpgsql SET work_mem = '64MB'
    SET client_min_messages = 'warning' SET plan_cache_mode = 'force_custom_plan' AS $$
    DECLARE
      level int := 0;
      added bigint := 1;
      total bigint := 0;
    BEGIN
      CREATE TEMPORARY TABLE IF NOT EXISTS graph_reached (
        node text COLLATE "C" PRIMARY KEY,
        depth int NOT NULL,
        type text COLLATE "C" NOT NULL,
        via text COLLATE "C" NOT NULL
      ) ON COMMIT DELETE ROWS;
      DELETE FROM graph_reached;
      INSERT INTO graph_reached VALUES (start, 0, '', '');
      WHILE added > 0 AND level < deepest AND total < most LOOP
        level := level + 1;
        IF added > 2000 THEN
          ANALYZE graph_reached;
        END IF;
        IF moment IS NULL THEN
          ${sides("one.valid_to IS NULL")}
        ELSE
          ${sides("one.valid_from <= moment AND (one.valid_to IS NULL OR one.valid_to > moment)")}
        END IF;
        GET DIAGNOSTICS added = ROW_COUNT;
        total := total + added;
      END LOOP;
      RETURN total;
    END $$`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/**
 * The same with half the work: what is reached already is left out before anything is grouped, so what is left is new and needs no index to keep it
 * unique. An index on texts that begin alike was a third of the work.
 */
const reachOnce = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const level = (from: string, to: string, holds: string) =>
    `INSERT INTO graph_reached
      SELECT found.node, level, split_part(found.edge, chr(31), 2), split_part(found.edge, chr(31), 1) FROM (
        SELECT one.${to} AS node, min(one.${from} || chr(31) || one.type) AS edge
        FROM graph_reached AS reached JOIN graph_edge AS one ON one.${from} = reached.node
        WHERE reached.depth = level - 1 AND one.type = ANY (kinds) AND ${holds}
          AND NOT EXISTS (SELECT FROM graph_reached AS known WHERE known.node = one.${to})
        GROUP BY one.${to}
      ) AS found;`
  const sides = (holds: string) =>
    `IF side = 'target' THEN ${level("target", "source", holds)} ELSE ${level("source", "target", holds)} END IF;`
  yield* sql.unsafe(`CREATE OR REPLACE FUNCTION graph_reach(
      side text, start text, kinds text[], moment bigint, deepest int, most int
    ) RETURNS bigint LANGUAGE plpgsql SET work_mem = '64MB'
    SET client_min_messages = 'warning' SET plan_cache_mode = 'force_custom_plan' AS $$
    DECLARE
      level int := 0;
      added bigint := 1;
      total bigint := 0;
    BEGIN
      CREATE TEMPORARY TABLE IF NOT EXISTS graph_reached (
        node text COLLATE "C" NOT NULL,
        depth int NOT NULL,
        type text COLLATE "C" NOT NULL,
        via text COLLATE "C" NOT NULL
      ) ON COMMIT DELETE ROWS;
      DELETE FROM graph_reached;
      INSERT INTO graph_reached VALUES (start, 0, '', '');
      WHILE added > 0 AND level < deepest AND total < most LOOP
        level := level + 1;
        IF added > 2000 THEN
          ANALYZE graph_reached;
        END IF;
        IF moment IS NULL THEN
          ${sides("one.valid_to IS NULL")}
        ELSE
          ${sides("one.valid_from <= moment AND (one.valid_to IS NULL OR one.valid_to > moment)")}
        END IF;
        GET DIAGNOSTICS added = ROW_COUNT;
        total := total + added;
      END LOOP;
      RETURN total;
    END $$`)
})

/**
 * The same, planned well whatever the database knows of the table, which is nothing: it has no statistics of a table that grows while it is read.
 * Edges are found node by node (`OFFSET 0` keeps it so), and what is reached already is one hash table for each level. Before, the planner took a level
 * for a row now and then, and compared each edge with each node: two minutes for 13,000 nodes.
 *
 * `graph_revision` changes with any edge, so that answers can be kept.
 */
const reachByNode = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const level = (from: string, to: string, holds: string) =>
    `INSERT INTO graph_reached
      SELECT found.node, level, split_part(found.edge, chr(31), 2), split_part(found.edge, chr(31), 1) FROM (
        SELECT one.node, min(reached.node || chr(31) || one.type) AS edge
        FROM graph_reached AS reached, LATERAL (
          SELECT one.${to} AS node, one.type FROM graph_edge AS one
          WHERE one.${from} = reached.node AND one.type = ANY (kinds) AND ${holds} OFFSET 0
        ) AS one
        WHERE reached.depth = level - 1 AND one.node NOT IN (SELECT known.node FROM graph_reached AS known)
        GROUP BY one.node
      ) AS found;`
  const sides = (holds: string) =>
    `IF side = 'target' THEN ${level("target", "source", holds)} ELSE ${level("source", "target", holds)} END IF;`
  const statements = [
    `CREATE OR REPLACE FUNCTION graph_reach(
      side text, start text, kinds text[], moment bigint, deepest int, most int
    ) RETURNS bigint LANGUAGE plpgsql SET work_mem = '64MB' SET jit = off
    SET client_min_messages = 'warning' SET plan_cache_mode = 'force_custom_plan' AS $$
    DECLARE
      level int := 0;
      added bigint := 1;
      total bigint := 0;
    BEGIN
      CREATE TEMPORARY TABLE IF NOT EXISTS graph_reached (
        node text COLLATE "C" NOT NULL,
        depth int NOT NULL,
        type text COLLATE "C" NOT NULL,
        via text COLLATE "C" NOT NULL
      ) ON COMMIT DELETE ROWS;
      DELETE FROM graph_reached;
      INSERT INTO graph_reached VALUES (start, 0, '', '');
      WHILE added > 0 AND level < deepest AND total < most LOOP
        level := level + 1;
        IF moment IS NULL THEN
          ${sides("one.valid_to IS NULL")}
        ELSE
          ${sides("one.valid_from <= moment AND (one.valid_to IS NULL OR one.valid_to > moment)")}
        END IF;
        GET DIAGNOSTICS added = ROW_COUNT;
        total := total + added;
      END LOOP;
      RETURN total;
    END $$`,
    "CREATE TABLE graph_revision (revision bigint NOT NULL)",
    "INSERT INTO graph_revision VALUES (0)",
    `CREATE FUNCTION graph_revised() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE graph_revision SET revision = revision + 1;
      RETURN NULL;
    END $$`,
    `CREATE TRIGGER graph_edge_revised AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON graph_edge
      FOR EACH STATEMENT EXECUTE FUNCTION graph_revised()`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** The steps, by number and name. */
export const all: Readonly<Record<string, Effect.Effect<unknown, unknown, SqlClient.SqlClient>>> = {
  "1901_graph": graph,
  "1930_reach": reach,
  "1931_reach_once": reachOnce,
  "1932_reach_by_node": reachByNode
}
