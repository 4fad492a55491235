/** Makes what `EmbeddedSnapshot` unpacks: an embedded database in which every step of the schema is taken. */
import * as PgClient from "@effect/sql-pg/PgClient"
import { PGlite } from "@electric-sql/pglite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import type { Migrations } from "./Database.ts"
import * as Pglite from "./Pglite.ts"
import * as WasmCompilation from "./WasmCompilation.ts"

/** The bytes of a tar archive. */
export const make = async (migrations: Migrations): Promise<Buffer> => {
  WasmCompilation.quick()
  const db = await PGlite.create()
  try {
    const migrated = migrations.pipe(
      Layer.provide(PgClient.layerFrom(Pglite.client(db))),
      Layer.provide(Logger.layer([]))
    )
    await Effect.runPromise(Effect.scoped(Layer.build(migrated)))
    const dumped = await db.dumpDataDir("none")
    return Buffer.from(await dumped.arrayBuffer())
  } finally {
    await db.close()
  }
}
