import { assert, describe, it } from "@effect/vitest"
import * as ComponentReuse from "@orch/core/resolution/ComponentReuse"

const component = (name: string, batch: number, ref: string | null, arches: ReadonlyArray<string> = ["x86_64"]) => ({
  name,
  batch,
  ref,
  arches
})

const before: ComponentReuse.Module = {
  components: [
    component("perl-Tangerine", 2, "1111"),
    component("perl-List-Compare", 2, "2222"),
    component("tangerine", 3, "3333")
  ],
  macros: "%m 1",
  buildrequires: ["platform:f28:3:0"]
}

/** The same module with some components replaced. */
const after = (...changed: ReadonlyArray<ComponentReuse.ComponentInputs>): ComponentReuse.Module => ({
  ...before,
  components: before.components.map((one) => changed.find(({ name }) => name === one.name) ?? one)
})

describe("ComponentReuse", () => {
  const cases: ReadonlyArray<
    readonly [string, ComponentReuse.RebuildStrategy, ComponentReuse.Module, ComponentReuse.Reason, string]
  > = [
    ["nothing changed", "changed-and-after", before, "reused", ""],
    ["strategy all", "all", before, "strategy is all", "\"all\""],
    ["the commit", "only-changed", after(component("tangerine", 3, "9999")), "commit changed", "from 3333 to 9999"],
    ["the batch", "changed-and-after", after(component("tangerine", 4, "3333")), "batch changed", "4 instead of 3"],
    ["the batch", "only-changed", after(component("tangerine", 4, "3333")), "reused", ""],
    ["the batch", "content", after(component("tangerine", 4, "3333")), "reused", "equal"],
    ["the macros", "changed-and-after", { ...before, macros: null }, "macros changed", "macros are different"],
    ["the macros", "only-changed", { ...before, macros: null }, "reused", ""],
    ["the macros", "content", { ...before, macros: null }, "macros changed", "macros"],
    [
      "an earlier component",
      "changed-and-after",
      after(component("perl-Tangerine", 2, "9999")),
      "earlier batch changed",
      "perl-Tangerine changed from 1111 to 9999"
    ],
    ["an earlier component", "only-changed", after(component("perl-Tangerine", 2, "9999")), "reused", ""],
    [
      "an earlier component",
      "content",
      after(component("perl-Tangerine", 2, "9999")),
      "prerequisite changed",
      "perl-Tangerine, which it is built after"
    ],
    [
      "the arches of an earlier component",
      "changed-and-after",
      after(component("perl-Tangerine", 2, "1111", ["i686"])),
      "earlier batch changed",
      "from x86_64 to i686"
    ],
    [
      "the arches",
      "only-changed",
      after(component("tangerine", 3, "3333", ["i686", "x86_64"])),
      "arches changed",
      "from x86_64 to i686, x86_64"
    ],
    [
      "what it is built with",
      "content",
      { ...before, buildrequires: ["platform:f28:4:0"] },
      "buildrequires changed",
      "platform:f28:4:0 instead of platform:f28:3:0"
    ],
    ["it has no commit", "only-changed", after(component("tangerine", 3, null)), "not in this build", "database"]
  ]
  for (const [what, strategy, current, reason, text] of cases) {
    it(`${strategy}: ${what}: ${reason}`, () => {
      const decision = ComponentReuse.decide("tangerine", strategy, current, before)
      assert.strictEqual(decision.reason, reason)
      assert.strictEqual(decision.reused, reason === "reused")
      assert.include(decision.message, text)
    })
  }

  it("needs a previous build with the component in it", () => {
    assert.strictEqual(
      ComponentReuse.decide("tangerine", "only-changed", before, undefined).reason,
      "no previous build"
    )
    const without = { ...before, components: before.components.slice(0, 2) }
    assert.strictEqual(
      ComponentReuse.decide("tangerine", "only-changed", before, without).reason,
      "not in the previous build"
    )
  })

  it("ignores the macros package and its batch", () => {
    const macros = { name: "module-build-macros", batch: 1, ref: null }
    const current = { ...before, components: [macros, ...before.components] }
    assert.deepStrictEqual(ComponentReuse.decideAll("changed-and-after", current, before).map(({ reused }) => reused), [
      true,
      true,
      true
    ])
  })

  it("stops at the first batch that is not reused completely", () => {
    const decisions = ComponentReuse.decideAll("changed-and-after", after(component("perl-Tangerine", 2, "9")), before)
    assert.deepStrictEqual(decisions.map(({ reason }) => reason), [
      "commit changed",
      "reused",
      "previous batch not reused"
    ])
  })

  it("by content, reuses what stands beside a change but not what comes after it", () => {
    const dag = (ref: string): ComponentReuse.Module => ({
      components: [
        { name: "a", batch: 2, ref, after: [] },
        { name: "b", batch: 2, ref: "b", after: ["a"] },
        { name: "c", batch: 3, ref: "c", after: [] },
        { name: "d", batch: 4, ref: "d", after: ["b", "c"] }
      ]
    })
    assert.deepStrictEqual(ComponentReuse.decideAll("content", dag("2"), dag("1")).map(({ reused }) => reused), [
      false,
      false,
      true,
      false
    ])
  })
})

describe("reuse of everything", () => {
  it("needs every component, the macros aside", () => {
    const macros = { name: "module-build-macros", batch: 1, ref: null }
    assert.isTrue(
      ComponentReuse.canReuseAll("changed-and-after", { ...before, components: [macros, ...before.components] }, before)
    )
    assert.isFalse(ComponentReuse.canReuseAll("only-changed", after(component("tangerine", 3, "9")), before))
    assert.isFalse(ComponentReuse.canReuseAll("only-changed", before, undefined))
    assert.isFalse(ComponentReuse.canReuseAll("only-changed", { components: [macros] }, undefined))
  })
})
