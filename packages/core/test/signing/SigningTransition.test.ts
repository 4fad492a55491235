import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Signing from "../../src/signing/Signing.ts"
import type { SigningEvent } from "../../src/signing/SigningEvent.ts"
import { decide } from "../../src/signing/SigningTransition.ts"

const fingerprint = "A".repeat(40)
const plan: Signing.SigningPlan = {
  build: 5,
  by: "alice",
  key: { id: 1, keyId: "A".repeat(16), fingerprint },
  packages: [
    { id: 40, name: "a-1-1.x86_64.rpm", arch: "x86_64", href: "/a", url: "u/a" },
    { id: 41, name: "b-1-1.x86_64.rpm", arch: "x86_64", href: "/b", url: "u/b" }
  ],
  tries: 2
}
const sha256 = "ab".repeat(32)
const good: ReadonlyArray<Signing.Brought> = [
  { id: 40, name: "a-1-1.x86_64.rpm", fingerprint: "a".repeat(40), href: "/sa", sha256 },
  { id: 41, name: "b-1-1.x86_64.rpm", fingerprint, href: "/sb", sha256 }
]
const [one, two] = good as [Signing.Brought, Signing.Brought]

describe("what a signer brings", () => {
  const cases: ReadonlyArray<[string, ReadonlyArray<Signing.Brought>, RegExp | undefined]> = [
    ["all packages with the key", good, undefined],
    ["one missing", [one], /b-1-1.x86_64.rpm is not brought/],
    ["one more", [...good, { ...one, id: 42, name: "evil.rpm" }], /evil.rpm is none of the packages/],
    ["one twice", [one, one, two], /a-1-1.x86_64.rpm is brought twice/],
    ["another key", [{ ...one, fingerprint: "B".repeat(40) }, two], /is signed with B{40}, not with A{40}/],
    ["no fingerprint", [{ ...one, fingerprint: undefined }, two], /without the fingerprint/],
    ["no checksum", [{ ...one, sha256: undefined }, two], /without its SHA-256/],
    ["another name", [{ ...one, name: two.name }, two], /under the name b-1-1/],
    ["the unsigned file", [{ ...one, href: "/a" }, two], /is the file that was to be signed/]
  ]
  for (const [what, brought, expected] of cases) {
    it(`${what}: ${expected === undefined ? "taken" : "refused"}`, () => {
      const said = Signing.problems(plan, brought).join("; ")
      if (expected === undefined) assert.strictEqual(said, "")
      else assert.match(said, expected)
    })
  }
})

describe("a signing", () => {
  const run = (events: ReadonlyArray<SigningEvent>): Signing.Signing =>
    events.reduce((state, event) => Result.getOrThrow(decide(state, event)).state, Signing.unborn(1, plan))
  const requested: SigningEvent = { _tag: "Requested", at: 1 }
  const taken = (signer: string): SigningEvent => ({ _tag: "Taken", at: 2, signer })
  const brought = (signer: string): SigningEvent => ({
    _tag: "Brought",
    at: 3,
    signer,
    packages: good.map((each) => ({ ...each, fingerprint, sha256 }))
  })
  const lapsed: SigningEvent = { _tag: "Lapsed", at: 4 }
  const imported: SigningEvent = { _tag: "Imported", at: 5, packages: [{ name: one.name, href: "/c" }] }
  const cases: ReadonlyArray<[string, ReadonlyArray<SigningEvent>, Signing.SigningState]> = [
    ["is taken by one signer", [requested, taken("s1"), taken("s2")], "signing"],
    ["goes from signer to import to its end", [requested, taken("s1"), brought("s1"), imported], "completed"],
    ["does not hear of another signer", [requested, taken("s1"), brought("s2")], "signing"],
    ["does not hear of the first signer when a second has it", [
      requested,
      taken("s1"),
      lapsed,
      taken("s2"),
      brought("s1")
    ], "signing"],
    [
      "hears of a signer that was silent while nobody else took it",
      [requested, taken("s1"), lapsed, brought("s1")],
      "importing"
    ],
    ["is given up when signers only take it", [requested, taken("s1"), lapsed, taken("s1"), lapsed], "failed"],
    ["fails with what the signer says", [requested, taken("s1"), {
      _tag: "SignerFailed",
      at: 3,
      signer: "s1",
      reason: "no key"
    }], "failed"],
    ["ends once", [
      requested,
      taken("s1"),
      brought("s1"),
      { _tag: "ImportRefused", at: 5, reason: "checksum" },
      imported
    ], "failed"]
  ]
  for (const [what, events, state] of cases) it(what, () => assert.strictEqual(run(events).state, state))

  it("can be canceled while it is open, and not after", () => {
    const cancel: SigningEvent = { _tag: "CancelRequested", at: 9, by: "bob" }
    assert.strictEqual(run([requested, cancel]).reason, "Canceled by bob")
    assert.isTrue(Result.isFailure(decide(run([requested, cancel]), cancel)))
  })

  it("has one command after each step that needs one", () => {
    const importing = Result.getOrThrow(decide(run([requested, taken("s1")]), brought("s1")))
    assert.deepStrictEqual(importing.commands.map(({ command }) => command._tag), ["ImportSigned"])
    const done = Result.getOrThrow(decide(importing.state, imported))
    assert.deepStrictEqual(done.commands.map(({ command }) => command._tag), ["TellBuild"])
    assert.strictEqual(done.state.packages.get(one.name)!.href, "/c")
  })
})
