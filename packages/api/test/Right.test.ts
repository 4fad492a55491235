/** Rights are declared where endpoints are: one without a declaration would be refused to everybody. */
import { assert, describe, it } from "@effect/vitest"
import { OrchApi } from "@orch/api"
import { Right } from "@orch/api/Right"
import * as Context from "effect/Context"
import * as HttpApi from "effect/http-api/HttpApi"

describe("Right", () => {
  it("is declared by every endpoint", () => {
    const without: Array<string> = []
    let count = 0
    HttpApi.reflect(OrchApi, {
      onGroup: () => {},
      onEndpoint: ({ endpoint: { method, path }, mergedAnnotations }) => {
        count++
        if (Context.getOption(mergedAnnotations, Right)._tag === "None") without.push(`${method} ${path}`)
      }
    })
    assert.deepStrictEqual(without, [])
    assert.isAbove(count, 30)
  })
})
