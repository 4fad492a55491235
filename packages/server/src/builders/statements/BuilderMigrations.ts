/**
 * Tables of the builder pool; numbers 0800 to 0899.
 *
 * A task is offered when it may start, so the queue holds nothing that waits for other tasks. The index of the queue has all that a
 * hand-out compares, in its order; what is leased has an index of its own, which is as long as there are slots. Text that is compared is
 * collated "C".
 */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

const run = (...statements: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    for (const statement of statements) yield* sql.unsafe(statement)
  })

const pool = run(
  `CREATE TABLE builder_node (
    name text COLLATE "C" PRIMARY KEY,
    arches text[] COLLATE "C" NOT NULL DEFAULT '{}',
    excluded text[] COLLATE "C" NOT NULL DEFAULT '{}',
    slots integer NOT NULL DEFAULT 4,
    draining boolean NOT NULL DEFAULT false,
    seen_at bigint,
    load integer NOT NULL DEFAULT 0,
    token_hash text COLLATE "C" UNIQUE
  )`,
  `CREATE TABLE builder_task (
    id bigint PRIMARY KEY,
    life text COLLATE "C" NOT NULL,
    process bigint NOT NULL,
    part text COLLATE "C" NOT NULL,
    attempt integer NOT NULL,
    arch text COLLATE "C" NOT NULL,
    package text COLLATE "C" NOT NULL,
    url text COLLATE "C" NOT NULL,
    owner text COLLATE "C" NOT NULL,
    class text COLLATE "C" NOT NULL,
    priority integer NOT NULL,
    path double precision NOT NULL,
    seconds double precision NOT NULL,
    payload jsonb NOT NULL,
    offered_at bigint NOT NULL,
    state text COLLATE "C" NOT NULL DEFAULT 'queued',
    node text COLLATE "C",
    token integer NOT NULL DEFAULT 0,
    tries integer NOT NULL DEFAULT 0,
    since bigint,
    until bigint,
    report jsonb,
    told boolean NOT NULL DEFAULT true
  )`,
  `CREATE INDEX builder_task_queue ON builder_task (arch, class, owner, priority DESC, path DESC, process, id)
    INCLUDE (url) WHERE state = 'queued'`,
  `CREATE INDEX builder_task_leased ON builder_task (until) INCLUDE (owner, arch, class) WHERE state = 'leased'`,
  `CREATE INDEX builder_task_untold ON builder_task (life, id) WHERE NOT told`,
  `CREATE INDEX builder_task_process ON builder_task (life, process)`,
  `CREATE TABLE builder_duration (
    package text COLLATE "C" NOT NULL,
    arch text COLLATE "C" NOT NULL,
    seconds double precision NOT NULL,
    at bigint NOT NULL,
    task bigint NOT NULL,
    PRIMARY KEY (package, arch, task)
  )`,
  `CREATE INDEX builder_duration_newest ON builder_duration (package, arch, at DESC)`
)

/**
 * An index takes no more than 2704 bytes of a row, and an address may have more: those that nodes refuse parts of are looked at in the table.
 */
const queueWithoutAddresses = run(
  `DROP INDEX builder_task_queue`,
  `CREATE INDEX builder_task_queue ON builder_task (arch, class, owner, priority DESC, path DESC, process, id)
    WHERE state = 'queued'`
)

/** The steps, by number and name. */
export const all: Readonly<Record<string, Effect.Effect<unknown, unknown, SqlClient.SqlClient>>> = {
  "0801_builder_pool": pool,
  "0802_queue_without_addresses": queueWithoutAddresses
}
