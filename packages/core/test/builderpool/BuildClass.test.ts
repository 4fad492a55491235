import { assert, it } from "@effect/vitest"
import * as BuildClass from "@orch/core/builderpool/BuildClass"

it("the first rule that fits says the class of a build, and none fits most", () => {
  const rules = ["security:product:7", "urgent:owner:releng", "modules:kind:module"].map((one) =>
    BuildClass.parse(one)!
  )
  const build = { kind: "package", owner: "ann", product: undefined } as const
  assert.isUndefined(BuildClass.of(rules, build))
  assert.strictEqual(BuildClass.of(rules, { ...build, product: 7 }), "security")
  assert.strictEqual(BuildClass.of(rules, { ...build, product: 7, owner: "releng" }), "security")
  assert.strictEqual(BuildClass.of(rules, { ...build, kind: "module", owner: "releng" }), "urgent")
  assert.strictEqual(BuildClass.of(rules, { ...build, kind: "module" }), "modules")
})

it("what is no rule is not taken for one", () => {
  for (const text of ["", "a", "a:owner", "a:owner:", "a:team:x", "a:kind:chroot", "a:product:x", ":owner:x"]) {
    assert.isUndefined(BuildClass.parse(text), text)
  }
  assert.deepStrictEqual(BuildClass.parse("a:owner:host/builder:x"), {
    class: "a",
    by: "owner",
    name: "host/builder:x"
  })
})
