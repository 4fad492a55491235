/** Messages that came in; numbers 1910 to 1919. */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const inbox = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    `CREATE TABLE inbox_message (
      number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      source text COLLATE "C" NOT NULL,
      message_id text COLLATE "C" NOT NULL UNIQUE,
      digest text COLLATE "C" NOT NULL,
      topic text COLLATE "C" NOT NULL,
      handler text COLLATE "C" NOT NULL,
      subject text COLLATE "C" NOT NULL,
      sent_at text,
      received_at timestamptz NOT NULL DEFAULT now(),
      body jsonb NOT NULL,
      state text COLLATE "C" NOT NULL DEFAULT 'waiting',
      attempts int NOT NULL DEFAULT 0,
      due_at timestamptz NOT NULL DEFAULT now(),
      said text NOT NULL DEFAULT '',
      handled_at timestamptz
    )`,
    // In which order messages of one subject are handled, and which are next.
    `CREATE INDEX inbox_message_waiting ON inbox_message (subject, number) WHERE state = 'waiting'`,
    `CREATE INDEX inbox_message_due ON inbox_message (due_at, number) WHERE state = 'waiting'`,
    `CREATE INDEX inbox_message_digest ON inbox_message (digest)`,
    `CREATE INDEX inbox_message_handled ON inbox_message (handled_at) WHERE handled_at IS NOT NULL`,
    `CREATE TABLE inbox_source (
      source text COLLATE "C" PRIMARY KEY,
      received bigint NOT NULL DEFAULT 0,
      repeated bigint NOT NULL DEFAULT 0,
      refused bigint NOT NULL DEFAULT 0,
      passed_on bigint NOT NULL DEFAULT 0,
      last_at timestamptz,
      last_refusal text
    )`
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})

/** The order of the list, and in it those that are not handled, of which there are few. */
const lists = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe("SET LOCAL statement_timeout = 0")
  yield* sql.unsafe("CREATE UNIQUE INDEX inbox_message_number ON inbox_message (number)")
  yield* sql.unsafe("CREATE INDEX inbox_message_unhandled ON inbox_message (state, number) WHERE state <> 'handled'")
})

const heads = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  // What is due is found by stepping from subject to subject.
  yield* sql`DROP INDEX inbox_message_due`
})

/** The steps, by number and name. */
export const all: Readonly<Record<string, Effect.Effect<unknown, unknown, SqlClient.SqlClient>>> = {
  "1910_inbox": inbox,
  "1911_inbox_lists": lists,
  "1912_inbox_heads": heads
}
