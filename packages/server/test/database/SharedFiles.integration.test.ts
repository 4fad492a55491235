/** Databases in memory share the bytes that they begin with, and nothing of what they write. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { createHash } from "node:crypto"
import * as EmbeddedSnapshot from "../../src/database/EmbeddedSnapshot.ts"
import * as Databases from "../support/Databases.ts"

const open = Effect.map(
  Layer.build(Layer.fresh(Databases.embedded)),
  (context) => SqlClient.SqlClient.pipe(Effect.provide(context))
).pipe(Effect.flatten)

/** Of all files of the snapshot as they are in this process. */
const digest = (): string => {
  const hash = createHash("sha256")
  for (const { bytes, name } of EmbeddedSnapshot.readShared() ?? []) hash.update(name).update(bytes ?? "")
  return hash.digest("hex")
}

describe("embedded databases in memory", () => {
  it.live("begin with the same files, and write into files of their own", () =>
    Effect.gen(function*() {
      const before = digest()
      const one = yield* open
      const other = yield* open
      yield* one`CREATE TABLE own (id bigint PRIMARY KEY, text text)`
      yield* one`INSERT INTO own SELECT id, repeat('x', 1000) FROM generate_series(1, 5000) AS id`
      // Everything is written to files, those that grow, those that shrink and those that are made anew.
      yield* one`DELETE FROM own WHERE id > 100`
      yield* one`VACUUM FULL own`
      yield* one`REINDEX TABLE pg_class`
      yield* one`CHECKPOINT`
      assert.deepStrictEqual(yield* other`SELECT to_regclass('own') AS own`, [{ own: null }])
      assert.deepStrictEqual(yield* one`SELECT count(*)::int AS rows FROM own`, [{ rows: 100 }])
      assert.strictEqual(digest(), before)
      // What comes later begins as they did.
      const later = yield* open
      assert.deepStrictEqual(yield* later`SELECT to_regclass('own') AS own`, [{ own: null }])
    }).pipe(Effect.scoped))
})
