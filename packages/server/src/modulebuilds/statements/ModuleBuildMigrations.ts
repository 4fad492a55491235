/** Module builds, their components and events, and the outbox (0001 to 0099). */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

export const moduleBuilds = {
  "0001_module_builds": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      CREATE TABLE module_build (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        revision bigint NOT NULL,
        state text NOT NULL,
        reason text NOT NULL,
        name text NOT NULL,
        stream text NOT NULL,
        version numeric(20) NOT NULL,
        context text NOT NULL,
        owner text NOT NULL,
        scratch boolean NOT NULL,
        scmurl text,
        plan jsonb NOT NULL,
        progress jsonb NOT NULL,
        repository_request jsonb,
        repository_asked_at timestamptz,
        created_at timestamptz NOT NULL,
        modified_at timestamptz NOT NULL,
        completed_at timestamptz
      )`
    // Two submissions of the same module build at the same moment must not both begin.
    yield* sql`
      CREATE UNIQUE INDEX module_build_nsvc ON module_build (name, stream, version, context)
      WHERE NOT scratch AND state NOT IN ('failed', 'garbage')`
    yield* sql`CREATE INDEX module_build_state ON module_build (state, id)`
    yield* sql`CREATE INDEX module_build_name ON module_build (name, stream, id)`
    yield* sql`CREATE INDEX module_build_owner ON module_build (owner, id)`
    yield* sql`
      CREATE INDEX module_build_repository ON module_build (repository_asked_at)
      WHERE repository_request IS NOT NULL`
    yield* sql`
      CREATE TABLE component_build (
        module_build_id bigint NOT NULL REFERENCES module_build ON DELETE CASCADE,
        name text NOT NULL,
        state text NOT NULL,
        attempt integer NOT NULL,
        task text,
        asked_at timestamptz,
        data jsonb NOT NULL,
        PRIMARY KEY (module_build_id, name)
      )`
    yield* sql`CREATE INDEX component_build_task ON component_build (task) WHERE state = 'building'`
    yield* sql`CREATE INDEX component_build_asked ON component_build (asked_at NULLS FIRST) WHERE state = 'building'`
    yield* sql`
      CREATE TABLE module_build_event (
        sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        module_build_id bigint NOT NULL REFERENCES module_build ON DELETE CASCADE,
        key text,
        event jsonb NOT NULL
      )`
    yield* sql`CREATE INDEX module_build_event_build ON module_build_event (module_build_id, sequence)`
    yield* sql`
      CREATE UNIQUE INDEX module_build_event_key ON module_build_event (module_build_id, key)
      WHERE key IS NOT NULL`
  }),
  "0002_outbox": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`
      CREATE TABLE announcement (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        sequence bigint UNIQUE,
        topic text NOT NULL,
        subject text NOT NULL,
        at bigint NOT NULL,
        body jsonb NOT NULL
      )`
    yield* sql`CREATE INDEX announcement_unnumbered ON announcement (id) WHERE sequence IS NULL`
    yield* sql`CREATE INDEX announcement_subject ON announcement (subject text_pattern_ops, sequence)`
    yield* sql`
      CREATE TABLE listener_cursor (
        listener text PRIMARY KEY,
        sequence bigint NOT NULL,
        leased_until timestamptz NOT NULL
      )`
  }),
  "0003_slots": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`ALTER TABLE component_build ADD COLUMN granted_at timestamptz`
    yield* sql`CREATE INDEX component_build_submitting ON component_build (module_build_id) WHERE state = 'submitting'`
  }),
  "0004_upkeep": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`CREATE TABLE upkeep_turn (work text PRIMARY KEY, taken_at timestamptz NOT NULL)`
  }),
  "0005_commands": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    // Databases of earlier versions have it already, made by `effect/persistence/PersistedQueue`.
    yield* sql`
      CREATE TABLE IF NOT EXISTS command_queue (
        sequence bigserial PRIMARY KEY,
        id varchar(255) NOT NULL,
        queue_name varchar(255) NOT NULL,
        element text NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        last_failure text,
        acquired_at timestamp,
        acquired_by uuid,
        created_at timestamp NOT NULL,
        updated_at timestamp NOT NULL,
        state varchar(10) NOT NULL,
        visible_at timestamp NOT NULL
      )`
    yield* sql`CREATE UNIQUE INDEX IF NOT EXISTS idx_command_queue_id ON command_queue (id, queue_name)`
    yield* sql`
      CREATE INDEX IF NOT EXISTS idx_command_queue_take ON command_queue (queue_name, visible_at) WHERE state = 'pending'`
    // Rows are named by their primary key; one index the fewer that each change of a row has to keep.
    yield* sql`DROP INDEX IF EXISTS idx_command_queue_update`
    yield* sql`CREATE INDEX command_queue_ended ON command_queue (state, updated_at) WHERE state <> 'pending'`
  }),
  "0006_announcement_numbers": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    yield* sql`CREATE TABLE announcement_number (last bigint NOT NULL)`
    yield* sql`INSERT INTO announcement_number SELECT coalesce(max(sequence), 0) FROM announcement`
  }),
  "0007_announcement_briefs": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    // What is shown of announcements about module builds and their components after they were removed: a row for each subject.
    yield* sql`CREATE TABLE announcement_brief (subject text PRIMARY KEY, told jsonb NOT NULL)`
    yield* sql`CREATE INDEX announcement_brief_below ON announcement_brief (subject text_pattern_ops)`
  }),
  "0008_numbers_of_earlier_servers": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    // While servers are exchanged one by one, those of the version before still number announcements by an UPDATE. They, too, are to
    // take the numbers from the row, so that every server gives them in one order.
    yield* sql`
      CREATE FUNCTION announcement_take_number() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        UPDATE announcement_number SET last = last + 1 RETURNING last INTO NEW.sequence;
        RETURN NEW;
      END
      $$`
    yield* sql`
      CREATE TRIGGER announcement_number BEFORE UPDATE OF sequence ON announcement FOR EACH ROW
      WHEN (OLD.sequence IS NULL AND NEW.sequence IS NOT NULL) EXECUTE FUNCTION announcement_take_number()`
  }),
  "0009_farm_modules": Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    // Of a farm that owns module builds: its name of the one that is waited for.
    yield* sql`ALTER TABLE module_build ADD COLUMN farm_module text, ADD COLUMN farm_module_asked_at timestamptz`
    yield* sql`
      CREATE INDEX module_build_farm_module ON module_build (farm_module_asked_at) WHERE farm_module IS NOT NULL`
  })
}
