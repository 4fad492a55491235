/** The feed's statements against the model, on every database this machine offers. */
import { assert, layer } from "@effect/vitest"
import * as FilterText from "@orch/core/filter/FilterText"
import * as BuildFilter from "@orch/core/modulebuild/BuildFilter"
import type { ComponentState } from "@orch/core/modulebuild/ComponentBuild"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as SqlClient from "effect/sql/SqlClient"
import * as ExpectedTimes from "../../src/modulebuilds/ExpectedTimes.ts"
import * as ModuleBuildFeed from "../../src/modulebuilds/ModuleBuildFeed.ts"
import * as FeedStatements from "../../src/modulebuilds/statements/FeedStatements.ts"
import { databases } from "../support/Databases.ts"
import * as Statements from "../support/Statements.ts"
import * as BuildRows from "./BuildRows.ts"

const asking = { me: "ann", now: BuildRows.now }
const terms = (text: string) => Result.getOrThrow(FilterText.parse(text, BuildFilter.keys))
const page = (text: string, fields: { readonly before?: number; readonly limit?: number } = {}) => ({
  terms: terms(text),
  asking,
  before: fields.before,
  limit: fields.limit ?? 200
})

const feedLayer = ModuleBuildFeed.layer.pipe(Layer.provideMerge(ExpectedTimes.layer({ limits: {}, slots: 1 })))

for (const database of databases) {
  layer(Layer.provideMerge(feedLayer, database.layer), {
    timeout: "60 seconds",
    excludeTestServices: true
  })(
    `the feed on ${database.name}`,
    (it) => {
      it.effect("finds what the model finds, for every key and many combinations", () =>
        Effect.gen(function*() {
          const feed = yield* ModuleBuildFeed.ModuleBuildFeed
          const sql = yield* SqlClient.SqlClient
          const facts = yield* BuildRows.world(60)
          const one = [
            ...Object.keys(BuildFilter.stateWords).map((state) => `state:${state}`),
            "kind:module",
            "kind:scratch",
            "name:perl",
            "name:pe*",
            "stream:5.40",
            "stream:5*",
            "context:c1",
            "owner:me",
            "owner:b*",
            "platform:el9",
            "arch:s390x",
            "arch:x86*",
            "package:p-3",
            "package:p*",
            "commit:aaaa",
            "commit:0001",
            "since:10d",
            "since:2026-11-20",
            "took:>2h",
            "took:<10m",
            "needs:person",
            "perl",
            "\"perl:5\"",
            "7",
            "\"l:5.4\"",
            "%",
            "_",
            "PERL",
            "perl5",
            "\"l\n5\"",
            "\"PERL:5\"",
            "É",
            "name:\"\\\\\""
          ]
          const texts = [...one, ...one.map((text) => `-${text}`)]
          const some = BuildRows.dice(7)
          for (let n = 0; n < 60; n++) {
            texts.push([0, 1, 2].slice(0, 1 + some(3)).map(() => texts[some(texts.length)]).join(" "))
          }
          for (const text of texts) {
            const { items, more, total } = yield* feed.list(page(text))
            const expected = facts.filter((one) => BuildFilter.fits(one, terms(text), asking)).map(({ id }) => id)
              .reverse()
            assert.deepStrictEqual(items.map(({ id }) => id), expected, text)
            assert.deepStrictEqual([total, more], [expected.length, false], text)
            // A page that is full is not all there is, and a name that many components have is found in another way.
            const first = yield* feed.list(page(text, { limit: 1 }))
            assert.deepStrictEqual(
              [first.items.length, first.total],
              [Math.min(1, expected.length), expected.length],
              text
            )
            if (!text.includes("package:")) continue
            const often = yield* FeedStatements.often(sql, terms(text), 1)
            const found = yield* FeedStatements.list(sql, page(text), often)
            assert.deepStrictEqual(found.map(({ id }) => Number(id)), expected, text)
            const [{ total: counted } = {}] = yield* FeedStatements.counts(
              sql,
              [{ terms: terms(text), often, most: 3 }],
              asking
            )
            assert.strictEqual(Number(counted), Math.min(expected.length, 3), text)
          }
          const counts = yield* feed.counts(texts.slice(0, 20).map(terms), asking)
          for (const [place, { total }] of counts.entries()) {
            assert.strictEqual(total, facts.filter((one) => BuildFilter.fits(one, terms(texts[place]!), asking)).length)
          }
        }))

      it.effect("pages by number, in as many statements for one build as for a page", () =>
        Effect.gen(function*() {
          const feed = yield* ModuleBuildFeed.ModuleBuildFeed
          const facts = yield* BuildRows.world(40)
          const seen: Array<number> = []
          for (let before: number | undefined;;) {
            const { items } = yield* feed.list(page("", { limit: 7, ...(before === undefined ? {} : { before }) }))
            seen.push(...items.map(({ id }) => id))
            if (items.length < 7) break
            before = items.at(-1)!.id
          }
          assert.deepStrictEqual(seen, facts.map(({ id }) => id).reverse())
          const few = yield* Statements.counted(feed.list(page("", { limit: 1 })))
          const many = yield* Statements.counted(feed.list(page("", { limit: 40 })))
          assert.deepStrictEqual([few.statements, many.statements], [5, 5])
          assert.strictEqual(many.value.items.length, 40)
        }))

      it.effect("tells how far a build is, in which component it failed first, and that somebody has to look", () =>
        Effect.gen(function*() {
          const feed = yield* ModuleBuildFeed.ModuleBuildFeed
          const sql = yield* SqlClient.SqlClient
          yield* BuildRows.clear
          const states: ReadonlyArray<readonly [string, ComponentState, object?]> = [
            ["a", "available", { reusedFrom: 3 }],
            ["b", "built"],
            ["c", "building", { open: true }],
            ["d", "building", { open: false }]
          ]
          const id = yield* BuildRows.insert({ state: "build", planned: ["a", "b", "c", "d", "e"] }, states)
          yield* BuildRows.insert({ state: "failed", planned: ["x", "y"] }, [
            ["x", "failed", { finishedAt: 2000, reason: "later" }],
            ["y", "failed", { finishedAt: 1000, reason: "first" }]
          ])
          yield* BuildRows.deadLetter(id)
          const { items: [failed, running] } = yield* feed.list(page(""))
          assert.deepStrictEqual(running!.components, {
            total: 5,
            waiting: 1,
            submitting: 0,
            building: 2,
            built: 1,
            available: 1,
            failed: 0,
            canceled: 0,
            reused: 1
          })
          assert.strictEqual(running!.sentence, "2 of 5 components are there; c is being built.")
          assert.strictEqual(running!.dead_letters, 1)
          assert.isNull(running!.first_error)
          assert.strictEqual(failed!.first_error?.component, "y")
          assert.strictEqual(failed!.first_error?.reason, "first")
          // A letter that is no command of a build keeps nobody from reading the feed.
          yield* sql`UPDATE command_queue SET element = 'not JSON at all'`
          assert.strictEqual((yield* feed.list(page("needs:person"))).total, 0)
        }))

      it.effect("foretells the end of what goes on from at least three earlier runs, those of the same architectures first", () =>
        Effect.gen(function*() {
          const feed = yield* ModuleBuildFeed.ModuleBuildFeed
          yield* BuildRows.clear
          const planned = ["a", "b"]
          const plans = { b: { after: ["a"] } }
          const ran = (seconds: number, data: object = {}) => ({
            openedAt: 1000,
            finishedAt: 1000 + seconds * 1000,
            ...data
          })
          for (const [n, seconds] of [100, 110, 90].entries()) {
            yield* BuildRows.insert({ state: "ready", planned }, [
              ["a", "available", ran(seconds)],
              ["b", n === 0 ? "failed" : "available", ran(10)]
            ])
          }
          // Other architectures, reused ones and those that failed tell nothing of these.
          yield* BuildRows.insert({ state: "ready", planned, arches: ["s390x"] }, [["a", "available", ran(9000)]])
          yield* BuildRows.insert({ state: "ready", planned }, [["a", "available", ran(1, { reusedFrom: 1 })]])
          yield* BuildRows.insert({ state: "build", planned, plans }, [["a", "building", { open: true, openedAt: 0 }]])
          const [unknown] = (yield* feed.list(page("state:build"))).items
          assert.isNull(unknown!.expected, "b was built twice")
          yield* BuildRows.insert({ state: "ready", planned }, [["b", "available", ran(10)]])
          const at = yield* Clock.currentTimeMillis
          const [known] = (yield* feed.list(page("state:build"))).items
          assert.deepStrictEqual(known!.expected?.critical, ["a", "b"])
          assert.strictEqual(known!.expected?.known_runs, 3)
          // It has run since 1970, so it says that it takes longer than usual.
          assert.strictEqual(known!.expected?.late.length, 1)
          assert.isAbove(Date.parse(known!.expected!.at), at)
        }))

      it.effect("counts no further than ten thousand, and says so", () =>
        Effect.gen(function*() {
          const feed = yield* ModuleBuildFeed.ModuleBuildFeed
          yield* BuildRows.many(10_001)
          assert.deepStrictEqual(yield* feed.counts([terms(""), terms("state:init")], asking), [
            { total: 10_000, more: true },
            { total: 0, more: false }
          ])
        }))
    }
  )
}
