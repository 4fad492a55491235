/**
 * Places of rows in long lists of components that are in an order of many values (0307): how many rows lie between one and the next. So a
 * page in the middle is found at once, whoever asks for it first (decision 1743).
 */
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import { names, types } from "./MbsSettledMigrations.ts"
import { kinds } from "./MbsTallyMigrations.ts"

/** Columns of many values, each with what it is ordered by: tasks are numbers that are kept as text. */
const keys: ReadonlyArray<string> = [
  ...names.component.filter((name) => name !== "format" && !kinds.includes(name)),
  "task_length"
]

const trigger = (name: string, event: string, table: string, amount: number): ReadonlyArray<string> => [
  `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO mbs_settled_change (amount, id, ${keys.join(", ")})
      SELECT ${amount}, id, ${keys.join(", ")} FROM changed;
    RETURN NULL;
  END
  $$`,
  `CREATE TRIGGER ${name} AFTER ${event} ON mbs_settled_component REFERENCING ${table} TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION ${name}()`
]

/** The steps of the migration. */
export const places = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const columns = `id bigint NOT NULL, ${keys.map((name) => `${name} ${types[name]!}`).join(", ")}`
  const statements = [
    // Rows that were written or taken away since places were counted. Whoever does so adds them and waits for nobody.
    `CREATE TABLE mbs_settled_change (amount integer NOT NULL, ${columns})`,
    // The row that a place begins with, and how many rows there are from it to the next one; the first one has those before it, too.
    // What is counted again has room beside it.
    `CREATE TABLE mbs_place (
      place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, list text NOT NULL, amount bigint NOT NULL, ${columns}
    ) WITH (fillfactor = 50)`,
    "CREATE INDEX mbs_place_list ON mbs_place (list)",
    ...trigger("mbs_change_add", "INSERT", "NEW", 1),
    ...trigger("mbs_change_take", "DELETE", "OLD", -1)
  ]
  for (const statement of statements) yield* sql.unsafe(statement)
})
