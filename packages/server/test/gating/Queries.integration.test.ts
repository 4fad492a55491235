/** What ResultsDB and WaiverDB are asked in other spellings: alternatives, blanks, patterns, keys with colons, empty values, pages. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { databases } from "../support/Databases.ts"
import * as GatingServer from "./GatingServer.ts"

interface Posted {
  readonly testcase: string
  readonly outcome?: string
  readonly data?: object
  readonly submit_time?: string
}

describe.each(databases)("questions about results and waivers on $name", ({ layer }) => {
  it.live("mean what they mean to the originals", () =>
    Effect.gen(function*() {
      const { ask, base } = yield* GatingServer.start({})
      const post = ({ outcome = "PASSED", ...more }: Posted) =>
        ask({ method: "POST", path: "/api/v2.0/results", json: { outcome, ...more } })
      const time = (second: number) => `2026-01-01T00:00:0${second}.000000`
      yield* post({ testcase: "dist.rpm_lint", submit_time: time(1), data: { item: "a", arch: ["x86_64", "s390x"] } })
      yield* post({ testcase: "dist.rpmXlint", submit_time: time(2), data: { item: "b", arch: "x86_64" } })
      yield* post({ testcase: "dist.rpm_lint", submit_time: time(3), data: { item: "b", arch: "x86_64" } })
      yield* post({ testcase: "other", outcome: " failed ", submit_time: time(4), data: { item: "c", empty: "" } })
      yield* post({ testcase: "other", submit_time: time(4), data: { item: "d", odd: [null, true, { a: [1, "x"] }] } })
      const found = (query: string, path = "results") =>
        Effect.map(ask({ method: "GET", path: `/api/v2.0/${path}?${query}` }), ({ body, status }) =>
          status === 200 ? body.data.map(({ id }: { readonly id: number }) => id) : status)

      // Names and patterns are alternatives, and blanks around them do not count.
      assert.deepStrictEqual(yield* found("testcases=other&testcases:like=*_lint"), [5, 4, 3, 2, 1])
      assert.deepStrictEqual(yield* found("testcases=%20other%20,%20"), [5, 4])
      assert.deepStrictEqual(yield* found("outcome=passed,%20failed&item=c"), [4])
      assert.deepStrictEqual(yield* found("testcases:like=dist.rpm_lint"), [3, 2, 1])
      assert.deepStrictEqual(yield* found("testcases:like=*%5C"), [])
      // An empty value is one; a key with one colon asks for what is before it; every other key is one of data.
      assert.deepStrictEqual(yield* found("empty="), [4])
      assert.deepStrictEqual(yield* found("item="), [])
      assert.deepStrictEqual(yield* found("item:other=b"), [3, 2])
      assert.deepStrictEqual(yield* found("item:like=%2A"), [5, 4, 3, 2, 1])
      assert.deepStrictEqual(yield* found("a:b:like=b"), [])
      assert.deepStrictEqual(yield* found("callback=x"), [])
      // The newest: all of one time, whatever their outcome; of each of a result's values.
      assert.deepStrictEqual(yield* found("testcases=other", "results/latest"), [5, 4])
      assert.deepStrictEqual(yield* found("testcases=other&outcome=FAILED", "results/latest"), [5, 4])
      assert.deepStrictEqual(yield* found("_distinct_on=arch&testcases=dist.rpm_lint", "results/latest"), [3, 1])
      assert.strictEqual(yield* found("_distinct_on=arch&outcome=PASSED", "results/latest"), 400)
      assert.deepStrictEqual(yield* found("limit=0"), [])
      const page = yield* ask({ method: "GET", path: "/api/v2.0/results?page=1&limit=2&item:like=*" })
      assert.deepStrictEqual([page.body.prev, page.body.next], [
        `${base}/api/v2.0/results?page=0&limit=2&item:like=*`,
        `${base}/api/v2.0/results?page=2&limit=2&item:like=*`
      ])
      const odd = yield* ask({ method: "GET", path: "/api/v2.0/results/5" })
      assert.deepStrictEqual(odd.body.data.odd, ["None", "True", "{'a': [1, 'x']}"])
      const colon = yield* post({ testcase: "x", data: { "a:b": 1 } })
      assert.deepStrictEqual([colon.status, colon.body], [400, { message: "Colon not allowed in key name: ['a:b']" }])
      // Patterns are looked for by letters of theirs that have three in a row, and mean the same without.
      for (const item of ["kernel-6.12-1.el9", "Kernel-rt-6.12-1.el9", "kern\nel-6.12", "kernel_tools%"]) {
        yield* post({ testcase: "x", data: { item } })
      }
      assert.deepStrictEqual(yield* found("item:like=kernel-*"), [6])
      assert.deepStrictEqual(yield* found("item:like=*ernel*-6.12*,nothing*"), [7, 6])
      assert.deepStrictEqual(yield* found("item:like=kern_el-6.12"), [8])
      assert.deepStrictEqual(yield* found("item:like=*_tools%25"), [9])
      assert.deepStrictEqual(yield* found("item:like=*rt*,d"), [7, 5])
      assert.deepStrictEqual(yield* found("item:like=nothing*"), [])
      const named = (query: string) =>
        Effect.map(
          ask({ method: "GET", path: `/api/v2.0/testcases?${query}` }),
          ({ body }) =>
            body.data.map(({ name }: { readonly name: string }) => name)
        )
      assert.deepStrictEqual(yield* named("name=other&name:like=dist*"), ["other"])
      assert.deepStrictEqual(yield* named("name=&name:like=%20oth*%20"), ["other"])

      const waive = (scenario: string | undefined) =>
        ask({
          method: "POST",
          path: "/api/v1.0/waivers/",
          as: "alice",
          json: {
            subject_type: "koji_build",
            subject_identifier: "a-1-1",
            testcase: "t",
            product_version: "p",
            comment: "c",
            username: "",
            ...(scenario === undefined ? {} : { scenario })
          }
        })
      assert.strictEqual((yield* waive("one")).status, 201)
      assert.strictEqual((yield* waive(undefined)).status, 201)
      const waivers = (query: string) =>
        Effect.map(ask({ method: "GET", path: `/api/v1.0/waivers/?${query}` }), ({ body }) => body.data.length)
      assert.strictEqual(yield* waivers("scenario=one"), 1)
      assert.strictEqual(yield* waivers("scenario=&testcase=&username="), 2)
      const filtered = (filters: unknown) =>
        ask({ method: "POST", path: "/api/v1.0/waivers/+filtered", json: { filters } })
      assert.lengthOf((yield* filtered([{ scenario: "one" }])).body.data, 1)
      assert.lengthOf((yield* filtered([{ scenario: "", testcase: "t" }])).body.data, 2)
      assert.strictEqual((yield* filtered([])).status, 400)

      // Greenwave's answers as scripts, and its older name of what it is.
      const get = (path: string) => ask({ method: "GET", path: `/api/v1.0/${path}` })
      assert.deepStrictEqual(yield* get("about?callback=gate.show"), {
        status: 200,
        body: { text: "gate.show({\"version\":\"2.3.0\"});" }
      })
      assert.deepStrictEqual((yield* get("policies?callback=show")).body, { text: "show({\"policies\":[]});" })
      assert.strictEqual((yield* get("policies?callback=alert(1)//")).status, 400)
      assert.deepStrictEqual((yield* get("policies?callback=")).body, { policies: [] })
      assert.strictEqual((yield* get("version")).status, 302)
    }).pipe(Effect.scoped, Effect.provide(layer)), 60_000)
})
