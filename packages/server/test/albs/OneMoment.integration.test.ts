/** What is read of builds at one moment stays as it was, whatever others write meanwhile: builds are shown with what is around them. */
import { assert, it } from "@effect/vitest"
import * as PackageBuildReads from "@orch/server/packagebuilds/PackageBuildReads"
import * as Effect from "effect/Effect"
import * as SqlClient from "effect/sql/SqlClient"
import * as Databases from "../support/Databases.ts"

// The embedded database has one connection, so nobody writes while a transaction of it is open.
if (Databases.skippedServer !== undefined) it.skip(`reads at one moment (${Databases.skippedServer})`, () => {})
else {
  it.layer(Databases.server)("reads of builds at one moment", (it) => {
    it.effect("see nothing of what comes meanwhile, and write nothing", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const reads = yield* PackageBuildReads.PackageBuildReads
        const count = sql<{ readonly count: bigint }>`SELECT count(*) AS count FROM build_platform`
        const add = sql`INSERT INTO build_platform (name, type, distr_type, distr_version, arch_list, data, details)
          VALUES ('p', 'rpm', 'd', '1', '[]', '{}', '{}')`
        const others = yield* Effect.context<never>()
        const outside = Effect.promise(() => Effect.runPromiseWith(others)(add))
        const seen = yield* reads.atOneMoment(Effect.gen(function*() {
          const [before] = yield* count
          yield* outside
          const [after] = yield* count
          return [before!.count, after!.count]
        }))
        assert.deepStrictEqual(seen, [0n, 0n])
        assert.strictEqual((yield* count)[0]!.count, 1n)
        assert.strictEqual((yield* Effect.flip(reads.atOneMoment(add)))._tag, "StoreUnavailable")
      }).pipe(Effect.provide(PackageBuildReads.layer)))
  })
}
