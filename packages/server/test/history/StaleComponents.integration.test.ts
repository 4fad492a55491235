/** Components whose branch has moved on: of the newest finished build of each module stream and context only, wherever a page begins. */
import { assert, describe, it } from "@effect/vitest"
import * as BranchHistory from "@orch/server/history/BranchHistory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { databases } from "../support/Databases.ts"

const repository = "https://git.example.org/rpms/zlib"
const [old, tip] = ["a".repeat(40), "b".repeat(40)]

interface Build {
  readonly name: string
  readonly version: number
  readonly commit: string
  readonly context?: string
  readonly state?: string
  readonly scratch?: boolean
}

/** A build with one component of one branch, as much of it as is read. */
const build = ({ commit, context = "c0ffee", name, scratch = false, state = "ready", version }: Build) =>
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const plan = { components: [{ name: "zlib", repository: `${repository}.git`, ref: "main" }] }
    const [row] = yield* sql<{ readonly id: bigint }>`
      INSERT INTO module_build (revision, state, reason, name, stream, version, context, owner, scratch, plan, progress,
        created_at, modified_at)
      VALUES (1, ${state}, '', ${name}, '1', ${version}::int, ${context}, 'alice', ${scratch},
        ${JSON.stringify(plan)}::text::jsonb, '{}', now(), now()) RETURNING id`
    yield* sql`
      INSERT INTO component_build (module_build_id, name, state, attempt, data)
      VALUES (${row!.id}::bigint, 'zlib', 'built', 1, ${JSON.stringify({ name: "zlib", commit })}::text::jsonb)`
    return Number(row!.id)
  })

describe.each(databases)("stale components on $name", ({ layer }) => {
  it.live("are those of the newest builds, on every page", () =>
    Effect.gen(function*() {
      const branches = yield* BranchHistory.BranchHistory
      yield* branches.observe("webhook", [
        { repository: `${repository}.git`, ref: "main", before: old, after: tip, at: 20 }
      ])
      const first = yield* build({ name: "first", version: 1, commit: old })
      yield* build({ name: "web", version: 1, commit: old })
      // What failed and scratch builds do not count.
      const web = yield* build({ name: "web", version: 2, commit: old })
      yield* build({ name: "web", version: 3, commit: tip, state: "failed" })
      yield* build({ name: "web", version: 4, commit: tip, scratch: true })
      const other = yield* build({ name: "web", version: 2, commit: old, context: "beef" })
      // Its newest one has the branch's commit.
      yield* build({ name: "fresh", version: 1, commit: old })
      yield* build({ name: "fresh", version: 2, commit: tip })
      const done = yield* build({ name: "last", version: 1, commit: old, state: "done" })
      const found = (before: number | undefined, limit: number) =>
        Effect.map(
          branches.stale(undefined, undefined, before, limit),
          (rows) => rows.map((row) => Number(row.build))
        )
      assert.deepStrictEqual(yield* found(undefined, 10), [done, other, web, first])
      assert.deepStrictEqual(yield* found(undefined, 2), [done, other])
      assert.deepStrictEqual(yield* found(other, 10), [web, first])
      assert.deepStrictEqual(yield* found(web, 10), [first])
      assert.deepStrictEqual(yield* found(first, 10), [])
      assert.lengthOf(yield* branches.stale("rpms/zlib", undefined, undefined, 10), 4)
      assert.lengthOf(yield* branches.stale("rpms/perl", undefined, undefined, 10), 0)
    }).pipe(Effect.provide(BranchHistory.layer.pipe(Layer.provideMerge(layer)))))
})
