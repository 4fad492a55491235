import { assert, describe, it } from "@effect/vitest"
import * as MbsQuery from "@orch/api/mbs/MbsQuery"
import * as Result from "effect/Result"
import { query, refusal } from "./refusals.ts"

describe("MbsQuery", () => {
  it("orders by id, newest first, unless asked otherwise", () => {
    assert.deepStrictEqual(query("").order, { columns: ["id"], descending: true })
    assert.deepStrictEqual(query("order_by=name&order_by=version").order, {
      columns: ["name", "version"],
      descending: false
    })
    assert.deepStrictEqual(query("order_desc_by=name").order, { columns: ["name"], descending: true })
  })

  it("reads columns by their type, and a prefix of an NSVC", () => {
    const { equal } = query("name=foo&batch=2&reused_module_id=x&scratch=True&unknown=1&nsvc=bar:1")
    assert.deepStrictEqual(Object.fromEntries(equal.map(({ column, value }) => [column, value])), {
      name: "bar",
      stream: "1",
      batch: 2,
      reused_module_id: null,
      scratch: true
    })
  })

  it("reads states by name and number", () => {
    assert.deepStrictEqual(query("state=ready&state=4").states, [5, 4])
    const components = MbsQuery.parseComponents(new URLSearchParams("state=complete&state=3&module_build=7"))
    assert.deepStrictEqual(Result.getOrThrow(components).states, [1, 3])
    assert.deepStrictEqual(Result.getOrThrow(components).equal, [{ column: "module_id", value: 7 }])
  })

  it("takes UTC times in the forms the original takes, and no others", () => {
    const at = Date.UTC(2016, 8, 3, 11, 30) / 1000
    for (const form of ["", "Z", "-00", "+00:00", ".123Z"]) {
      assert.deepStrictEqual(query(`submitted_before=2016-09-03T11:30:00${form}`).times, [
        { column: "time_submitted", bound: "before", at }
      ])
    }
    const message = "An invalid Zulu ISO 8601 timestamp was provided for the \"modified_after\" parameter"
    for (
      const form of [
        "2016-09-03",
        "2016-09-03T11:30:00-05:00",
        "2016-13-03T11:30:00Z",
        "2016-02-30T11:30:00Z",
        "2016-09-03T24:00:00Z"
      ]
    ) {
      assert.deepStrictEqual(refusal(MbsQuery.parseModules(new URLSearchParams({ modified_after: form }))), [
        400,
        message
      ])
    }
  })

  it("refuses what cannot be meant", () => {
    const cases = [
      ["state=asleep", "Invalid state was supplied: asleep"],
      ["order_by=a", "An invalid ordering key of \"a\" was supplied"],
      ["base_module_br=platform:f29", "The filter argument for \"base_module_br\" must be in the format of N:S:V:C"],
      [
        "stream_version_lte=9999",
        "An invalid value of stream_version_lte was provided. It must be an integer or float greater than or equal to 10000."
      ]
    ] as const
    for (const [text, message] of cases) {
      assert.deepStrictEqual(refusal(MbsQuery.parseModules(new URLSearchParams(text))), [400, message])
    }
  })

  it("prefers verbose to short", () => {
    const representation = (text: string) => MbsQuery.representation(new URLSearchParams(text))
    assert.deepStrictEqual(["", "short=1", "verbose=TRUE&short=true", "verbose=no"].map(representation), [
      "plain",
      "short",
      "verbose",
      "plain"
    ])
  })
})
