/** Results as ResultsDB's clients post and read them. */
import { assert, describe, it } from "@effect/vitest"
import * as ResultWire from "@orch/api/gating/ResultWire"
import * as Result from "effect/Result"

describe("an address that is shown", () => {
  it.each([
    ["dist.abi", "dist.abi"],
    ["update/build dir", "update/build%20dir"],
    ["what?#1", "what%3F%231"],
    ["100%", "100%25"],
    ["été", "%C3%A9t%C3%A9"]
  ])("leads to the test %s", (name, path) => {
    const { href } = ResultWire.encodeTestcase("http://orch.test/api/v2.0", { name, refUrl: null })
    assert.strictEqual(href, `http://orch.test/api/v2.0/testcases/${path}`)
  })

  it("leads to the group and its results", () => {
    const shown = ResultWire.encodeGroup("http://orch.test/api/v2.0", {
      uuid: "a b&c",
      description: null,
      refUrl: null,
      results: 0
    })
    assert.strictEqual(shown.href, "http://orch.test/api/v2.0/groups/a%20b&c")
    assert.strictEqual(shown.results, "http://orch.test/api/v2.0/results?groups=a%20b%26c")
  })
})

describe("data of a result", () => {
  it.each([
    [{ item: "a\0b" }, "NUL"],
    [{ "a\0b": "x" }, "NUL"],
    [{ item: Array.from({ length: 1001 }, () => "x") }, "at most 1000"]
  ])("is refused for what is wrong with it: %#", (data, why) => {
    const refused = ResultWire.decodePost({ testcase: "t", outcome: "PASSED", data })
    assert.isTrue(Result.isFailure(refused) && refused.failure.every(({ msg }) => msg.includes(why)))
  })
})
