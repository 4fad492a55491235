/** What PDC's clients are shown and write; numbers 1920 to 1929. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as GraphFeeds from "./GraphFeeds.ts"
import * as GraphSources from "./GraphSources.ts"

const pdc = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    // Modules that were told of, and this server's own builds (is_own), which follow their builds.
    `CREATE TABLE pdc_module (
      uid text COLLATE "C" PRIMARY KEY,
      name text COLLATE "C" NOT NULL,
      stream text COLLATE "C" NOT NULL,
      version text COLLATE "C" NOT NULL,
      context text COLLATE "C" NOT NULL,
      active boolean NOT NULL,
      koji_tag text COLLATE "C" NOT NULL,
      modulemd text NOT NULL,
      runtime_deps jsonb NOT NULL,
      build_deps jsonb NOT NULL,
      rpms jsonb NOT NULL,
      is_own boolean NOT NULL DEFAULT false
    )`,
    `CREATE INDEX pdc_module_name ON pdc_module (lower(name), stream)`,
    `CREATE INDEX pdc_module_tag ON pdc_module (koji_tag)`,
    `CREATE INDEX pdc_module_runtime ON pdc_module USING gin (runtime_deps jsonb_path_ops)`,
    `CREATE INDEX pdc_module_build ON pdc_module USING gin (build_deps jsonb_path_ops)`,
    `CREATE INDEX pdc_module_rpms ON pdc_module USING gin (rpms jsonb_path_ops)`,
    `CREATE TABLE pdc_global_component (
      id bigint PRIMARY KEY,
      name text COLLATE "C" NOT NULL UNIQUE
    )`,
    `CREATE TABLE pdc_component (
      id bigint PRIMARY KEY,
      release text COLLATE "C" NOT NULL,
      name text COLLATE "C" NOT NULL,
      global_component text COLLATE "C",
      active boolean NOT NULL DEFAULT true,
      UNIQUE (release, name)
    )`,
    `CREATE INDEX pdc_component_name ON pdc_component (name)`,
    `CREATE TABLE pdc_relationship_type (
      id bigint PRIMARY KEY,
      name text COLLATE "C" NOT NULL UNIQUE
    )`,
    `INSERT INTO pdc_relationship_type (id, name) VALUES
      (1, 'bundles'), (2, 'executes'), (3, 'RPMBuildRequires'), (4, 'RPMRequires'), (5, 'RPMBuildRoot')`,
    `CREATE TABLE pdc_relationship (
      id bigint PRIMARY KEY,
      type bigint NOT NULL REFERENCES pdc_relationship_type,
      source bigint NOT NULL REFERENCES pdc_component ON DELETE CASCADE,
      target bigint NOT NULL REFERENCES pdc_component ON DELETE CASCADE,
      UNIQUE (type, source, target)
    )`,
    `CREATE INDEX pdc_relationship_source ON pdc_relationship (source)`,
    `CREATE INDEX pdc_relationship_target ON pdc_relationship (target)`,
    // The last number of each kind: what is taken back leaves no hole.
    `CREATE TABLE pdc_number (
      kind text COLLATE "C" PRIMARY KEY,
      last bigint NOT NULL
    )`,
    `INSERT INTO pdc_number VALUES ('global', 0), ('component', 0), ('relationship', 0), ('changeset', 0)`,
    `CREATE TABLE pdc_changeset (
      id bigint PRIMARY KEY,
      author text NOT NULL,
      requested_on timestamptz NOT NULL,
      committed_on timestamptz NOT NULL,
      comment text,
      changes jsonb NOT NULL
    )`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** Filters of lists. */
const lists = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    "SET LOCAL statement_timeout = 0",
    ...["uid", "version", "context", "koji_tag"].map((name) =>
      `CREATE INDEX pdc_module_lower_${name} ON pdc_module (lower(${name}))`
    ),
    "DROP INDEX pdc_module_tag",
    "CREATE INDEX pdc_changeset_author ON pdc_changeset (author COLLATE \"C\", id)",
    "CREATE INDEX pdc_changeset_changes ON pdc_changeset USING gin (changes jsonb_path_ops)"
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/**
 * Relationships are looked for by the releases of both ends, which no component ever changes: kept beside them, an index has all that is asked
 * of many.
 */
const releases = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    "SET LOCAL statement_timeout = 0",
    `ALTER TABLE pdc_relationship
      ADD COLUMN source_release text COLLATE "C" NOT NULL DEFAULT '', ADD COLUMN target_release text COLLATE "C" NOT NULL DEFAULT ''`,
    `UPDATE pdc_relationship AS one SET source_release = source.release, target_release = target.release
      FROM pdc_component AS source, pdc_component AS target WHERE source.id = one.source AND target.id = one.target`,
    `CREATE FUNCTION pdc_relationship_releases() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.source_release := coalesce((SELECT release FROM pdc_component WHERE id = NEW.source), '');
      NEW.target_release := coalesce((SELECT release FROM pdc_component WHERE id = NEW.target), '');
      RETURN NEW;
    END
    $$`,
    `CREATE TRIGGER pdc_relationship_releases BEFORE INSERT OR UPDATE OF source, target ON pdc_relationship
      FOR EACH ROW EXECUTE FUNCTION pdc_relationship_releases()`,
    `CREATE INDEX pdc_relationship_from ON pdc_relationship (source_release, id) INCLUDE (target_release, type)`,
    `CREATE INDEX pdc_relationship_to ON pdc_relationship (target_release, id) INCLUDE (source_release, type)`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** The steps, by number and name. */
export const all: Readonly<Record<string, Effect.Effect<unknown, unknown, SqlClient.SqlClient>>> = {
  "1920_pdc": pdc,
  "1921_graph_sources": GraphSources.view,
  "1922_graph_feeds": GraphFeeds.view,
  "1923_graph_inputs": GraphFeeds.readAgain,
  "1924_pdc_lists": lists,
  "1925_relationship_releases": releases
}
