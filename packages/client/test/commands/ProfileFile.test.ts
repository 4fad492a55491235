import { assert, describe, it } from "@effect/vitest"
import * as ProfileFile from "@orch/client/commands/ProfileFile"
import * as Result from "effect/Result"
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"

const folder = mkdtempSync(join(tmpdir(), "orch-profiles-"))
afterAll(() => rmSync(folder, { recursive: true }))

const url = "https://orch.example.org"

describe("the file of profiles", () => {
  it("is where the user's other settings are", () => {
    assert.strictEqual(ProfileFile.path({ HOME: "/home/a" }), "/home/a/.config/orch/config.yaml")
    assert.strictEqual(ProfileFile.path({ HOME: "/home/a", XDG_CONFIG_HOME: "/c" }), "/c/orch/config.yaml")
    assert.isUndefined(ProfileFile.path({}))
  })

  it("holds nothing where it is not there", () =>
    assert.deepStrictEqual(
      ProfileFile.read(join(folder, "absent")),
      Result.succeed({ default: undefined, profiles: {} })
    ))

  it("is made with what is remembered, for its owner alone", () => {
    const file = join(folder, "new", "config.yaml")
    ProfileFile.change(file, { default: "main", profiles: { main: { url, token: "t" } } })
    assert.strictEqual(statSync(file).mode & 0o777, 0o600)
    assert.isFalse(ProfileFile.isExposed(file))
    assert.deepStrictEqual(
      ProfileFile.read(file),
      Result.succeed({ default: "main", profiles: { main: { url, token: "t" } } })
    )
  })

  it("keeps what people wrote into it when it is changed, and closes it for others", () => {
    const file = join(folder, "config.yaml")
    writeFileSync(
      file,
      `# ours\ndefault: main\nprofiles:\n  main: # the one\n    url: ${url}\n  old:\n    url: ${url}\n`
    )
    assert.isTrue(ProfileFile.isExposed(file))
    ProfileFile.change(file, { profiles: { old: undefined, staging: { url, user: "a:b" } } })
    const text = readFileSync(file, "utf8")
    assert.include(text, "# ours")
    assert.include(text, "# the one")
    assert.isFalse(ProfileFile.isExposed(file))
    assert.deepStrictEqual(
      ProfileFile.read(file),
      Result.succeed({ default: "main", profiles: { main: { url }, staging: { url, user: "a:b" } } })
    )
  })

  it("has no default any more when that is forgotten", () => {
    const file = join(folder, "forgotten.yaml")
    ProfileFile.change(file, { default: "a", profiles: { a: { url }, b: { url } } })
    ProfileFile.change(file, { profiles: { a: undefined } })
    assert.deepStrictEqual(ProfileFile.read(file), Result.succeed({ default: undefined, profiles: { b: { url } } }))
  })

  for (
    const [what, text] of [
      ["no YAML", "a: [b"],
      ["a list", "- a"],
      ["a profile without an address", "profiles: {a: {token: t}}"],
      ["aliases, which can grow without bound", "a: &a [x]\nprofiles: {a: *a}"]
    ] as const
  ) {
    it(`is refused in words where it is ${what}`, () => assert.isTrue(Result.isFailure(ProfileFile.parse(text))))
  }
})
