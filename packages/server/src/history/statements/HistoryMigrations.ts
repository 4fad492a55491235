/** What refs pointed to; numbers 1801 to 1899. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const history = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    `CREATE TABLE history_ref (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      repository text COLLATE "C" NOT NULL,
      name text COLLATE "C" NOT NULL,
      ref text COLLATE "C" NOT NULL,
      looked_at timestamptz,
      UNIQUE (repository, ref)
    )`,
    `CREATE INDEX history_ref_name ON history_ref (name, ref)`,
    `CREATE INDEX history_ref_looked ON history_ref (looked_at NULLS FIRST, id)`,
    // What was told. Times are microseconds since the epoch, so that no driver rounds them.
    `CREATE TABLE history_event (
      sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      ref_id bigint NOT NULL REFERENCES history_ref,
      key text COLLATE "C",
      before text COLLATE "C",
      before_known boolean NOT NULL,
      after text COLLATE "C",
      at bigint NOT NULL,
      recorded_at timestamptz NOT NULL DEFAULT now(),
      source text COLLATE "C" NOT NULL,
      actor text,
      forced boolean
    )`,
    `CREATE UNIQUE INDEX history_event_key ON history_event (ref_id, key) WHERE key IS NOT NULL`,
    `CREATE INDEX history_event_at ON history_event (ref_id, at)`,
    `CREATE FUNCTION history_event_stays() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'what was told of a ref is never changed'; END $$`,
    `CREATE TRIGGER history_event_stays BEFORE UPDATE OR DELETE ON history_event
      FOR EACH ROW EXECUTE FUNCTION history_event_stays()`,
    // What follows from it. One number as a range has an operator class for GiST without any extension, so that a ref cannot point
    // to two commits at once on any PostgreSQL, the embedded one included.
    `CREATE TABLE history_interval (
      ref_id bigint NOT NULL REFERENCES history_ref,
      valid_from bigint NOT NULL,
      valid_to bigint,
      commit text COLLATE "C",
      event bigint NOT NULL REFERENCES history_event,
      gap boolean NOT NULL,
      PRIMARY KEY (ref_id, valid_from),
      CHECK (valid_to IS NULL OR valid_to > valid_from),
      CONSTRAINT history_interval_one_commit EXCLUDE USING gist (
        int8range(ref_id, ref_id, '[]') WITH &&, int8range(valid_from, valid_to) WITH &&
      )
    )`,
    `CREATE INDEX history_interval_commit ON history_interval (commit, ref_id)`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/**
 * The interval that a time lies in, as a function: the database plans it once for a connection. Planning it for each question took ten times as
 * long as answering it.
 */
const at = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(
    `CREATE FUNCTION history_at(asked_repository text, asked_ref text, asked_time bigint) RETURNS TABLE (
      repository text, ref text, valid_from bigint, valid_to bigint, commit text, gap boolean, source text, actor text,
      forced boolean
    ) LANGUAGE plpgsql STABLE SET plan_cache_mode = 'force_generic_plan' AS $$
    BEGIN
      RETURN QUERY SELECT r.repository, r.ref, i.valid_from, i.valid_to, i.commit, i.gap, e.source, e.actor, e.forced FROM (
        SELECT h.id, h.repository, h.ref FROM history_ref AS h WHERE h.repository = asked_repository AND h.ref = asked_ref
        UNION SELECT h.id, h.repository, h.ref FROM history_ref AS h WHERE h.name = asked_repository AND h.ref = asked_ref
      ) AS r
      CROSS JOIN LATERAL (
        SELECT * FROM history_interval AS one WHERE one.ref_id = r.id AND one.valid_from <= asked_time
        ORDER BY one.valid_from DESC LIMIT 1
      ) AS i JOIN history_event AS e ON e.sequence = i.event
      ORDER BY r.repository LIMIT 10;
    END $$`
  )
})

/** What refs point to now, of which there is one each. */
const lists = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe("SET LOCAL statement_timeout = 0")
  yield* sql.unsafe("CREATE INDEX history_interval_now ON history_interval (ref_id) WHERE valid_to IS NULL")
})

/** The steps, by number and name. */
export const all: Readonly<Record<string, Effect.Effect<unknown, unknown, SqlClient.SqlClient>>> = {
  "1801_history": history,
  "1802_at": at,
  "1803_history_lists": lists
}
