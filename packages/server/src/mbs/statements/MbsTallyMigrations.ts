/**
 * How many components of builds that have ended there are of each kind, by ranges of their numbers (0306). So lists say how many fit and
 * find a page anywhere without going over what lies before it (decision 1740).
 */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"

/** Columns of so few values that rows are counted by all of them together, with their types. */
export const types = {
  state: "integer",
  tagged: "boolean",
  tagged_in_final: "boolean",
  build_time_only: "boolean",
  buildonly: "boolean",
  batch: "integer"
} as const

/** Their names. */
export const kinds: ReadonlyArray<string> = Object.keys(types)

/** Numbers of components in one range. */
export const rangeSize = 4096

const kindColumns = kinds.join(", ")

const counted = (rows: string, amount: string, isWhole: boolean): string =>
  `INSERT INTO mbs_tally (range, ${kindColumns}, amount, is_whole)
    SELECT id / ${rangeSize}, ${kindColumns}, ${amount}, ${isWhole} FROM ${rows} GROUP BY id / ${rangeSize}, ${kindColumns}`

const trigger = (name: string, event: string, table: string, amount: string): ReadonlyArray<string> => [
  `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    ${counted("changed", amount, false)};
    RETURN NULL;
  END
  $$`,
  `CREATE TRIGGER ${name} AFTER ${event} ON mbs_settled_component REFERENCING ${table} TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION ${name}()`
]

/** Counts all rows that are there. */
export const countAll: string = counted("mbs_settled_component", "count(*)", true)

/** The steps of the migration. */
export const tally = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const statements = [
    // The tables may be large.
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL maintenance_work_mem = '256MB'",
    // Each had an index together with the number, in both directions.
    ...kinds.flatMap((name) => [
      `DROP INDEX mbs_settled_component_${name}`,
      `DROP INDEX mbs_settled_component_${name}_down`,
      // Without the number, equal values are stored once: a fifth of the room.
      `CREATE INDEX mbs_settled_component_${name} ON mbs_settled_component (${name})`
    ]),
    // Changes are added, never written into a row: whoever ends or changes a build waits for nobody.
    `CREATE TABLE mbs_tally (
      range bigint NOT NULL,
      ${Object.entries(types).map(([name, type]) => `${name} ${type},`).join("\n      ")}
      amount bigint NOT NULL,
      is_whole boolean NOT NULL
    )`,
    `CREATE INDEX mbs_tally_loose ON mbs_tally (range) WHERE NOT is_whole`,
    countAll,
    // Whole documents are asked for, which are longer than an index in order takes.
    "CREATE INDEX mbs_build_modulemd ON mbs_build USING hash (modulemd)",
    ...trigger("mbs_tally_add", "INSERT", "NEW", "count(*)"),
    ...trigger("mbs_tally_take", "DELETE", "OLD", "-count(*)")
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})
