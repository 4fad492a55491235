/** Tables of test results and waivers; numbers 0950 to 0959 and 1701 to 1790. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const gating = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    `CREATE TABLE gate_testcase (
      name text COLLATE "C" PRIMARY KEY,
      ref_url text
    )`,
    `CREATE TABLE gate_group (
      uuid text COLLATE "C" PRIMARY KEY,
      description text,
      ref_url text
    )`,
    `CREATE TABLE gate_result (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      testcase text COLLATE "C" NOT NULL REFERENCES gate_testcase,
      outcome text COLLATE "C" NOT NULL,
      submit_time timestamp NOT NULL,
      note text,
      ref_url text,
      error_reason text,
      groups text[] NOT NULL DEFAULT '{}',
      data jsonb NOT NULL DEFAULT '{}'
    )`,
    `CREATE INDEX gate_result_time ON gate_result (submit_time DESC, id DESC)`,
    `CREATE INDEX gate_result_testcase ON gate_result (testcase, submit_time DESC, id DESC)`,
    `CREATE INDEX gate_result_data ON gate_result USING gin (data jsonb_path_ops)`,
    `CREATE INDEX gate_result_groups ON gate_result USING gin (groups)`,
    `CREATE TABLE gate_waiver (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      subject_type text COLLATE "C" NOT NULL,
      subject_identifier text COLLATE "C" NOT NULL,
      testcase text COLLATE "C" NOT NULL,
      product_version text COLLATE "C" NOT NULL,
      scenario text COLLATE "C",
      waived boolean NOT NULL,
      comment text NOT NULL,
      username text COLLATE "C" NOT NULL,
      proxied_by text COLLATE "C",
      made timestamp NOT NULL
    )`,
    `CREATE INDEX gate_waiver_subject ON gate_waiver (subject_identifier, testcase, id DESC)`,
    `CREATE INDEX gate_waiver_testcase ON gate_waiver (testcase, id DESC)`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** Who reported a result, where the same report may come again. */
const origins = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(`ALTER TABLE gate_result ADD COLUMN origin_key text COLLATE "C" UNIQUE`)
})

/** What was decided last, and what is to be decided again. */
const decisions = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    `CREATE TABLE gate_pending (
      subject_type text COLLATE "C" NOT NULL,
      subject_identifier text COLLATE "C" NOT NULL,
      news int NOT NULL,
      due_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (subject_type, subject_identifier)
    )`,
    `CREATE INDEX gate_pending_due ON gate_pending (due_at)`,
    `CREATE TABLE gate_decision (
      subject_type text COLLATE "C" NOT NULL,
      subject_identifier text COLLATE "C" NOT NULL,
      product_version text COLLATE "C" NOT NULL,
      decision_context text COLLATE "C" NOT NULL,
      satisfied boolean NOT NULL,
      summary text NOT NULL,
      decision jsonb NOT NULL,
      decided_at timestamptz NOT NULL,
      PRIMARY KEY (subject_type, subject_identifier, product_version, decision_context)
    )`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** Waivers of this server's own face stand in the one sequence of waivers; WaiverDB's lists do not have them. */
const boundWaivers = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    `ALTER TABLE gate_waiver ADD COLUMN is_bound boolean NOT NULL DEFAULT false, ADD COLUMN result_id bigint,
      ADD COLUMN expires_at timestamptz, ADD COLUMN revoked_at timestamptz, ADD COLUMN revoked_by text,
      ADD COLUMN expiry_told boolean NOT NULL DEFAULT false`,
    `CREATE INDEX gate_waiver_expiry ON gate_waiver (expires_at) WHERE is_bound AND NOT expiry_told`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** What was promoted to targets of sets, and what is there by that. */
const promotions = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    // Counts promotions, so that of two that were made of the same contents only one counts.
    `CREATE TABLE gate_target (
      name text COLLATE "C" PRIMARY KEY,
      revision bigint NOT NULL DEFAULT 0
    )`,
    `CREATE TABLE gate_promotion (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      target text COLLATE "C" NOT NULL REFERENCES gate_target,
      at timestamptz NOT NULL DEFAULT now(),
      by text NOT NULL,
      promoted jsonb NOT NULL,
      refused jsonb NOT NULL,
      is_largest boolean NOT NULL
    )`,
    `CREATE INDEX gate_promotion_target ON gate_promotion (target, id DESC)`,
    `CREATE TABLE gate_target_package (
      target text COLLATE "C" NOT NULL REFERENCES gate_target,
      arch text COLLATE "C" NOT NULL,
      place text COLLATE "C" NOT NULL,
      line text COLLATE "C",
      candidate text COLLATE "C" NOT NULL,
      package jsonb NOT NULL,
      PRIMARY KEY (target, arch, place)
    )`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** Filters of lists, each in the order of its list. */
const lists = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    "SET LOCAL statement_timeout = 0",
    "CREATE INDEX gate_result_outcome ON gate_result (outcome, submit_time DESC, id DESC)",
    "CREATE INDEX gate_waiver_username ON gate_waiver (username, id DESC)",
    "CREATE INDEX gate_waiver_product ON gate_waiver (product_version, id DESC)",
    "CREATE INDEX gate_waiver_proxied ON gate_waiver (proxied_by, id DESC) WHERE proxied_by IS NOT NULL",
    "CREATE INDEX gate_waiver_made ON gate_waiver (made, id)"
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** Parts of what results say of their items, by groups of three letters (decision 1741). */
const patterns = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    "SET LOCAL statement_timeout = 0",
    `CREATE FUNCTION gate_values(data jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
      SELECT string_agg(value, E'\n')
      FROM jsonb_each(data) AS one (key, given),
        jsonb_array_elements_text(CASE WHEN jsonb_typeof(given) = 'array' THEN given ELSE '[]' END) AS value
    $$`,
    "CREATE INDEX gate_result_values ON gate_result USING gin (letter_triples(gate_values(data)))"
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** The block. */
export const all = {
  "0950_gating": gating,
  "1701_result_origins": origins,
  "1702_decisions": decisions,
  "1703_bound_waivers": boundWaivers,
  "1704_promotions": promotions,
  "1705_gating_lists": lists,
  "1706_result_patterns": patterns
}
