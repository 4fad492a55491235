import { assert, describe, it } from "@effect/vitest"
import * as ServerConfig from "@orch/server/ServerConfig"
import * as Result from "effect/Result"

const problems = (environment: Readonly<Record<string, string>>) => {
  const read = ServerConfig.fromEnvironment(environment)
  return Result.isSuccess(read) ? [] : read.failure.problems.map(({ variable }) => variable)
}

describe("the environment", () => {
  it("holds nothing of ours any more once it was read, and all that is others'", () => {
    const env: Record<string, string | undefined> = {
      PATH: "/usr/bin",
      DATABASE_URL: "postgres://orch:secret@db.example.org/orch",
      ORCH_WRITE_TOKENS: "secret",
      ORCH_HOST: "127.0.0.1"
    }
    ServerConfig.forget(env)
    assert.deepStrictEqual(env, { PATH: "/usr/bin" })
  })
})

describe("settings in JSON", () => {
  const wrong: ReadonlyArray<readonly [string, string]> = [
    ["ORCH_BRANCH_STREAM_PATTERNS", "rhel"],
    ["ORCH_BRANCH_STREAM_PATTERNS", "{}"],
    ["ORCH_BRANCH_STREAM_PATTERNS", "[1]"],
    ["ORCH_BRANCH_STREAM_PATTERNS", "[\"(\"]"],
    ["ORCH_SCRATCH_ONLY_BRANCHES", "[\"[\"]"],
    ["ORCH_PRODUCT_PAGES_STREAMS", "{\"el\": \".z\"}"],
    ["ORCH_PRODUCT_PAGES_STREAMS", "{\"el\": [\".z\", \"rhel-{x}\"]}"],
    ["ORCH_PRODUCT_PAGES_STREAMS", "{\"(\": [\".z\", \"rhel-{x}\", null]}"],
    ["ORCH_STREAM_SUFFIXES", "[]"],
    ["ORCH_STREAM_SUFFIXES", "{\"(\": 0.1}"],
    ["ORCH_STREAM_SUFFIXES", "{\"el\": \"0.1\"}"]
  ]
  for (const [variable, value] of wrong) {
    it(`names ${variable} when it is ${value}`, () =>
      assert.deepStrictEqual(problems({ [variable]: value }), [variable]))
  }

  it("are read in the forms the Module Build Service's configuration has", () =>
    assert.deepStrictEqual(
      problems({
        ORCH_BRANCH_STREAM_PATTERNS: "[\"(?P<os>el)-(.+)$\"]",
        ORCH_PRODUCT_PAGES_STREAMS: "{\"el.+\": [\".z\", \"rhel-{x}-{y}.{z}\", null]}",
        ORCH_STREAM_SUFFIXES: "{\"el.*z\": 0.1}"
      }),
      []
    ))
})
