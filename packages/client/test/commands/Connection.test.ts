import { assert, describe, it } from "@effect/vitest"
import * as Connection from "@orch/client/commands/Connection"
import type * as ProfileFile from "@orch/client/commands/ProfileFile"
import * as Option from "effect/Option"
import * as Result from "effect/Result"

const said = (fields: Partial<Record<keyof Connection.Said, string>> = {}): Connection.Said => ({
  profile: Option.fromUndefinedOr(fields.profile),
  url: Option.fromUndefinedOr(fields.url),
  token: Option.fromUndefinedOr(fields.token),
  user: Option.fromUndefinedOr(fields.user)
})

const known: ProfileFile.Profiles = {
  default: "main",
  profiles: {
    main: { url: "https://orch.example.org", token: "m" },
    staging: { url: "https://staging.example.org/orch/", token: "s" },
    records: { url: "https://records.example.org", user: "jenkins:secret" }
  }
}
const nobody: ProfileFile.Profiles = { default: undefined, profiles: {} }

const cases: ReadonlyArray<
  readonly [
    what: string,
    said: Connection.Said,
    known: ProfileFile.Profiles,
    expected: readonly [string, (string | undefined)?, string?]
  ]
> = [
  ["this machine where nothing says anything", said(), nobody, ["http://127.0.0.1:8080"]],
  ["the default profile", said(), known, ["https://orch.example.org", "m"]],
  ["the profile that is named", said({ profile: "staging" }), known, ["https://staging.example.org/orch", "s"]],
  ["a profile with a password", said({ profile: "records" }), known, [
    "https://records.example.org",
    undefined,
    "jenkins:secret"
  ]],
  ["no login of the profile for another server", said({ url: "https://evil.example.org" }), known, [
    "https://evil.example.org"
  ]],
  ["no login of the profile for the same host in clear text", said({ url: "http://orch.example.org" }), known, [
    "http://orch.example.org"
  ]],
  ["the login of the profile that is of the server", said({ url: "https://staging.example.org/orch" }), known, [
    "https://staging.example.org/orch",
    "s"
  ]],
  ["a token that is said before the one that is remembered", said({ token: "t" }), known, [
    "https://orch.example.org",
    "t"
  ]],
  ["no remembered token beside a password that is said", said({ user: "a:b" }), known, [
    "https://orch.example.org",
    undefined,
    "a:b"
  ]]
]

describe("a connection", () => {
  for (const [what, given, profiles, [url, token, user]] of cases) {
    it(`takes ${what}`, () =>
      assert.deepStrictEqual(Result.getOrThrow(Connection.resolve(given, profiles)), {
        url,
        token: Option.fromUndefinedOr(token),
        user: Option.fromUndefinedOr(user)
      }))
  }

  for (
    const [what, given, words] of [
      ["a profile that is not there", said({ profile: "nope" }), "--profile: there is no profile nope"],
      ["a name that objects inherit", said({ profile: "constructor" }), "--profile"],
      ["what is no address", said({ url: "orch.example.org" }), "--url: \"orch.example.org\" is no address"],
      ["an address of another kind", said({ url: "file:///etc" }), "--url"]
    ] as const
  ) {
    it(`refuses ${what} as a wrong command line that names the option`, () => {
      const { exitCode, message } = Result.getOrThrow(Result.flip(Connection.resolve(given, known)))
      assert.strictEqual(exitCode, 2)
      assert.include(message, words)
    })
  }
})
