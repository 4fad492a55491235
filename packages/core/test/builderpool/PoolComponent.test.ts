import { assert, describe, it } from "@effect/vitest"
import * as PoolComponent from "@orch/core/builderpool/PoolComponent"

const done = (...nevras: ReadonlyArray<string>): PoolComponent.TaskEnd => ({
  _tag: "Done",
  artifacts: nevras.map((nevra) => ({ nevra, location: `/files/${nevra}/${nevras.length}` }))
})
const failed: PoolComponent.TaskEnd = { _tag: "Failed", reason: "no compiler", log: "/log" }
const excluded: PoolComponent.TaskEnd = { _tag: "Excluded" }
const source = done("a-0:1-1.src")

/** Takes the ends one after the other; the last step. */
const play = (arches: ReadonlyArray<string>, ...ends: ReadonlyArray<readonly [string, PoolComponent.TaskEnd]>) =>
  ends.reduce(
    (step: PoolComponent.Step, [arch, how]) => PoolComponent.end(step.component, arch, how),
    { component: PoolComponent.make(arches), offer: [], withdraw: false }
  )

const both = ["x86_64", "i686"]

describe("a component in the pool", () => {
  it("offers its architectures when the source package is there", () => {
    const { component, offer } = play(both, ["src", source])
    assert.deepStrictEqual(offer, both)
    assert.isUndefined(component.result)
  })

  it("is closed when the last architecture is done, with packages without architecture once", () => {
    const { component: { result } } = play(
      both,
      ["src", source],
      ["i686", done("a-0:1-1.i686", "a-doc-0:1-1.noarch")],
      ["x86_64", done("a-0:1-1.x86_64", "a-doc-0:1-1.noarch", "a-libs-0:1-1.x86_64")]
    )
    assert.strictEqual(result?.state, "closed")
    assert.strictEqual(result?.nvr, "a-1-1")
    assert.deepStrictEqual(result?.artifacts.map(({ nevra }) => nevra), [
      "a-0:1-1.src",
      "a-0:1-1.x86_64",
      "a-doc-0:1-1.noarch",
      "a-libs-0:1-1.x86_64",
      "a-0:1-1.i686"
    ])
    assert.strictEqual(result?.artifacts[2]?.location, "/files/a-doc-0:1-1.noarch/3", "the first architecture's")
  })

  it("fails with the first task that fails, and wants no other any more", () => {
    for (const ends of [[["src", failed]], [["src", source], ["i686", failed]]] as const) {
      const { component, withdraw } = play(both, ...ends)
      assert.deepStrictEqual(component.result, { state: "failed", artifacts: [], reason: "no compiler", log: "/log" })
      assert.isTrue(withdraw)
    }
  })

  it("leaves out architectures that the package excludes, and fails where that is all of them", () => {
    const some = play(both, ["src", source], ["i686", excluded], ["x86_64", done("a-0:1-1.x86_64")])
    assert.strictEqual(some.component.result?.state, "closed")
    const none = play(both, ["src", source], ["i686", excluded], ["x86_64", excluded])
    assert.strictEqual(none.component.result?.reason, "the package excludes itself from x86_64, i686")
    assert.strictEqual(play(both, ["src", excluded]).component.result?.state, "failed")
  })

  it("does not change by reports that are doubled, late, or of what nobody asked for", () => {
    const states = [
      play(both),
      play(both, ["src", source]),
      play(both, ["src", source], ["i686", done("a-0:1-1.i686")]),
      play(both, ["src", failed])
    ].map(({ component }) => component)
    for (const component of states) {
      const known = [...Object.keys(component.ended), "riscv64"]
      for (const arch of component.ended["src"] === undefined ? [...known, "x86_64"] : known) {
        for (const how of [source, failed, excluded]) {
          assert.deepStrictEqual(PoolComponent.end(component, arch, how), { component, offer: [], withdraw: false })
        }
      }
    }
  })

  it("is canceled unless it has ended", () => {
    assert.strictEqual(PoolComponent.cancel(play(both, ["src", source]).component).component.result?.state, "canceled")
    const ended = play(both, ["src", failed]).component
    assert.deepStrictEqual(PoolComponent.cancel(ended), { component: ended, offer: [], withdraw: false })
  })
})
