import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as JsonBounds from "../../src/http/JsonBounds.ts"

const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth)

describe("JSON bodies", () => {
  it.each([
    ["nothing", "", undefined],
    ["a hundred levels", nested(100), undefined],
    ["one more", nested(101), "The body is nested more than 100 deep"],
    ["objects and lists in turn", "{\"a\":[".repeat(60), "The body is nested more than 100 deep"],
    ["many brackets in a text", JSON.stringify("[{,".repeat(300_000)), undefined],
    ["quotes and slashes in a text", JSON.stringify({ a: "\\\"[".repeat(300_000) }), undefined],
    ["a text that does not end", `"${"[".repeat(500)}`, undefined],
    ["a text that does not end but for a slash", `"${"[".repeat(500)}\\"`, undefined],
    ["many values", `[${"1,".repeat(200_001)}1]`, "The body has more than 200000 values"],
    ["many empty lists", `[${"[],".repeat(150_000)}1]`, "The body has more than 200000 values"]
  ])("with %s", (_, text, expected) => {
    assert.strictEqual(JsonBounds.problem(text), expected)
  })

  it.prop("of any small value may be parsed", [Schema.String, Schema.String], ([key, value]) => {
    assert.isUndefined(JsonBounds.problem(JSON.stringify({ [key]: [value, { [value]: key }] })))
  })
})
