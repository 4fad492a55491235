/** What refs pointed to, on both databases: one answer for each instant, whatever the order in which it was told. */
import { assert, describe, it } from "@effect/vitest"
import * as BranchHistory from "@orch/server/history/BranchHistory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { databases } from "../support/Databases.ts"

const id = (letter: string) => letter.repeat(40)
const repository = "https://git.example.org/rpms/zlib.git"
const push = (before: string | null, after: string | null, at: number, key?: string) => ({
  repository,
  ref: "main",
  before: before === null ? null : id(before),
  after: after === null ? null : id(after),
  at,
  ...(key === undefined ? {} : { key })
})

describe.each(databases)("the history of branches on $name", ({ layer }) => {
  const history = BranchHistory.layer.pipe(Layer.provideMerge(layer))
  const live = <A, E>(
    name: string,
    body: () => Effect.Effect<A, E, BranchHistory.BranchHistory | SqlClient.SqlClient>
  ) => it.live(name, () => body().pipe(Effect.provide(history)))

  live("answers for every instant, and is told of nothing twice", () =>
    Effect.gen(function*() {
      const branches = yield* BranchHistory.BranchHistory
      assert.strictEqual(yield* branches.observe("webhook", [push(null, "a", 10), push("a", "b", 20, "x")]), 2)
      assert.strictEqual(yield* branches.observe("webhook", [push("a", "b", 25), push("a", "b", 27, "x")]), 0)
      assert.strictEqual(yield* branches.observe("webhook", [push("b", null, 30)]), 1)
      const commit = (time: number) =>
        Effect.map(branches.at("rpms/zlib", "main", time), (found) => found.map((one) => one.commit))
      assert.deepStrictEqual(yield* commit(9), [])
      assert.deepStrictEqual(yield* commit(10), [id("a")])
      assert.deepStrictEqual(yield* commit(19), [id("a")])
      assert.deepStrictEqual(yield* commit(20), [id("b")])
      assert.deepStrictEqual(yield* commit(31), [null])
      const refs = yield* branches.ofCommit(repository, id("a"), 10)
      assert.deepStrictEqual(refs.map(({ ref, valid_from, valid_to }) => [ref, valid_from, valid_to]), [
        ["refs/heads/main", 10n, 20n]
      ])
    }))

  live("brings late pushes where they belong, and marks what was missed until then", () =>
    Effect.gen(function*() {
      const branches = yield* BranchHistory.BranchHistory
      yield* branches.observe("webhook", [push(null, "a", 10), push("c", "d", 20)])
      const seen = Effect.map(
        branches.intervals("rpms/zlib", "main", undefined, 10),
        (all) => all.map(({ commit, gap }) => [commit?.[0], gap])
      )
      assert.deepStrictEqual(yield* seen, [["d", true], ["a", false]])
      yield* branches.observe("webhook", [push("b", "c", 30), push("a", "b", 40)])
      assert.deepStrictEqual(yield* seen, [["d", false], ["c", false], ["b", false], ["a", false]])
    }))

  live("keeps what was told as it was, and one commit for each instant, whoever writes", () =>
    Effect.gen(function*() {
      const branches = yield* BranchHistory.BranchHistory
      const sql = yield* SqlClient.SqlClient
      yield* branches.observe("webhook", [push(null, "a", 10), push("a", "b", 20)])
      assert.isTrue((yield* Effect.exit(sql`UPDATE history_event SET after = 'x'`))._tag === "Failure")
      assert.isTrue((yield* Effect.exit(sql`DELETE FROM history_event`))._tag === "Failure")
      const second = yield* Effect.exit(sql`
        INSERT INTO history_interval (ref_id, valid_from, valid_to, commit, event, gap)
        SELECT ref_id, 12, 15, 'c', event, false FROM history_interval LIMIT 1`)
      assert.isTrue(second._tag === "Failure")
    }))

  live("fills in what was before from git's own history, marked as such", () =>
    Effect.gen(function*() {
      const branches = yield* BranchHistory.BranchHistory
      yield* branches.observe("poll", [{ repository, ref: "main", after: id("c"), at: 1000 }])
      const old = [push(null, "a", 10, "backfill/a"), push("a", "b", 20, "backfill/b")]
      assert.strictEqual(yield* branches.observe("backfill", old), 2)
      assert.strictEqual(yield* branches.observe("backfill", old), 0)
      const all = yield* branches.intervals(repository, "main", undefined, 10)
      assert.deepStrictEqual(all.map(({ commit, source }) => [commit?.[0], source]), [
        ["c", "poll"],
        ["b", "backfill"],
        ["a", "backfill"]
      ])
    }))
})
