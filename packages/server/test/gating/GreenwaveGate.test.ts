/** The gate, against a server that answers as Greenwave does. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as GreenwaveGate from "../../src/gating/GreenwaveGate.ts"
import { type Answers, context, policy, start } from "./FakeGreenwave.ts"

const decide = (
  url: string,
  { platform, productVersions = {} }: {
    readonly platform?: string
    readonly productVersions?: Readonly<Record<string, string>>
  } = {}
) =>
  GreenwaveGate.make({
    url,
    decisionContext: context,
    subjectType: "redhat-module",
    productVersions,
    retryAfter: 600
  }).decide({
    type: "module-build",
    identifier: "httpd:2.4-dev:8010020191119:cdc1202b",
    ...(platform === undefined ? {} : { platform })
  })

describe("Greenwave as the gate", () => {
  it.live("lets a build through once the policies of one product version are satisfied, and asks about each once", () =>
    Effect.gen(function*() {
      const { asked, url } = yield* start({
        policies: {
          policies: [
            policy(["rhel-8", "rhel-8.1"]),
            policy(["rhel-8.1", "rhel-8.2"], {
              decision_context: undefined,
              decision_contexts: [context]
            }),
            policy(["fedora-35"], { decision_context: "bodhi_update_push_stable" }),
            policy(["fedora-36"], { subject_type: "koji_build" })
          ]
        },
        decisions: {
          "rhel-8": { policies_satisfied: false, summary: "1 of 2 required tests failed" },
          "rhel-8.1": { policies_satisfied: true, summary: "all required tests passed" }
        }
      })
      assert.deepStrictEqual(yield* decide(url), {
        _tag: "Satisfied",
        reason: "Greenwave: the policies of rhel-8.1 are satisfied"
      })
      const subject = {
        decision_context: context,
        subject_type: "redhat-module",
        subject_identifier: "httpd-2.4_dev-8010020191119.cdc1202b"
      }
      assert.deepStrictEqual(asked, [
        { ...subject, product_version: "rhel-8" },
        { ...subject, product_version: "rhel-8.1" }
      ])
    }).pipe(Effect.scoped))

  const yes = { policies_satisfied: true }
  const asked: ReadonlyArray<
    readonly [what: string, policies: ReadonlyArray<unknown>, versions: ReadonlyArray<string>, platform?: string]
  > = [
    ["of a list of types", [policy(["a-1"], { subject_type: null, subject_types: ["koji_build", "redhat-module"] })], [
      "a-1"
    ]],
    ["of every type", [policy(["a-2"], { subject_type: null })], ["a-2"]],
    ["of every type, with a list that is empty", [policy(["a-3"], { subject_type: undefined, subject_types: [] })], [
      "a-3"
    ]],
    ["of several contexts", [policy(["a-4"], { decision_context: null, decision_contexts: ["x", context] })], ["a-4"]],
    ["of other types not", [policy(["a-5"], { subject_types: ["koji_build"], subject_type: null })], []],
    ["of types that are no texts not", [policy(["a-6"], { subject_type: { a: 1 } })], []],
    [
      "that name a pattern, about what others name in full",
      [policy(["fedora-4?"]), policy(["fedora-41", "fedora-39", "fedora-*"], { subject_type: "koji_build" })],
      ["fedora-41"]
    ],
    ["that name a pattern, about the platform's own", [policy(["fedora-*", "rhel-8"])], ["fedora-43"], "f43"],
    ["that name others than the platform's own not", [policy(["rhel-[89]*"])], [], "f43"]
  ]
  for (const [what, policies, versions, platform] of asked) {
    it.live(`asks about policies ${what}`, () =>
      Effect.gen(function*() {
        const { asked, url } = yield* start({
          policies: { policies },
          decisions: Object.fromEntries(versions.map((version) => [version, yes]))
        })
        const productVersions = { f43: "fedora-43" }
        const verdict = yield* decide(url, { productVersions, ...(platform === undefined ? {} : { platform }) })
        assert.deepStrictEqual(asked.map(({ product_version }) => product_version), [...versions])
        assert.strictEqual(verdict._tag, versions.length > 0 ? "Satisfied" : "Unsatisfied", verdict.reason)
      }).pipe(Effect.scoped))
  }

  it.live("says which setting is missing where only patterns are known", () =>
    Effect.gen(function*() {
      const { asked, url } = yield* start({ policies: { policies: [policy(["fedora-*"])] } })
      const { reason } = yield* decide(url, { platform: "f41" })
      assert.include(reason, "is about fedora-*; ORCH_GREENWAVE_PRODUCT_VERSIONS has to say which of these \"f41\" is")
      assert.deepStrictEqual(asked, [])
    }).pipe(Effect.scoped))

  const held: ReadonlyArray<readonly [string, Answers, RegExp]> = [
    [
      "whose tests failed, with what Greenwave says",
      {
        policies: { policies: [policy(["rhel-8", "rhel-9"])] },
        decisions: { "rhel-8": { policies_satisfied: false, summary: "1 of 2 required tests failed" }, "rhel-9": 503 }
      },
      /^Gating failed \(asked again in 600 seconds\): rhel-8: 1 of 2 required tests failed; rhel-9: .*\/decision: status 503/
    ],
    ["that no policy is about", { policies: { policies: [] } }, /Greenwave has no policy for redhat-module/],
    ["when the policies are no JSON", { policies: "<html>" }, /gave no policies: .*\/policies: /],
    ["when the policies are something else", { policies: { policies: "all" } }, /gave no policies: .*\/policies: /],
    [
      "when a decision is not one",
      { policies: { policies: [policy(["rhel-8"])] }, decisions: { "rhel-8": { satisfied: "yes" } } },
      /rhel-8: .*\/decision: /
    ]
  ]
  for (const [what, answers, reason] of held) {
    it.live(`holds back a build ${what}`, () =>
      Effect.gen(function*() {
        const { url } = yield* start(answers)
        const verdict = yield* decide(url)
        assert(verdict._tag === "Unsatisfied")
        assert.match(verdict.reason, reason)
        assert.strictEqual(verdict.retryAfterSeconds, 600)
      }).pipe(Effect.scoped))
  }

  it.live("holds a build back when nobody answers", () =>
    Effect.gen(function*() {
      const { url } = yield* Effect.scoped(start({}))
      const verdict = yield* decide(url)
      assert(verdict._tag === "Unsatisfied")
      assert.match(verdict.reason, /gave no policies: .*ECONNREFUSED/)
    }))
})
