/** What a component is built from, as a hash: the same for the same inputs, another one for any other. */
import { assert, describe, it } from "@effect/vitest"
import * as ComponentKeys from "../../src/modulebuild/ComponentKeys.ts"
import type { ModulePlan } from "../../src/modulebuild/ModulePlan.ts"
import { component, modulePlan } from "./plans.ts"

const modules = [
  { name: "platform", stream: "el9", version: 1n, context: "00000000", base: true },
  { name: "perl", stream: "5.30", version: 1n, context: "c0ffee00" }
]

const components = [
  component("a"),
  component("b", { batch: 2 }),
  component("c", { batch: 2, afterBatch: 0, after: ["a"] })
]

const plan = (more: Partial<ModulePlan> = {}): ModulePlan => modulePlan(components, { modules, ...more })

const known = (more: Partial<ComponentKeys.Known> = {}): ComponentKeys.Known => ({
  sourcesOf: (name) => `tree of ${name}`,
  contentOf: (module) => `content of ${module}`,
  ...more
})

const first = ComponentKeys.of(plan(), known())

/** Names whose hash is another one than at first. */
const changed = (other: ModulePlan, more: Partial<ComponentKeys.Known> = {}) =>
  [...ComponentKeys.of(other, known(more))].flatMap(([name, key]) => first.get(name) === key ? [] : [name])

describe("the hash of a component's inputs", () => {
  it("is the same in another version and context, with a module that holds the same", () => {
    assert.strictEqual(first.size, 3)
    const next = [modules[0]!, { ...modules[1]!, version: 2n }]
    assert.deepStrictEqual(
      changed(plan({ version: 7n, context: "def", modules: next }), {
        contentOf: () => "content of perl:5.30:1:c0ffee00"
      }),
      []
    )
  })

  it.each<[string, Partial<ModulePlan>, Partial<ComponentKeys.Known>, ReadonlyArray<string>]>([
    ["sources", {}, { sourcesOf: (name) => name === "c" ? "new" : `tree of ${name}` }, ["c"]],
    ["what others are built after", {}, { sourcesOf: (name) => name === "a" ? "new" : `tree of ${name}` }, [
      "a",
      "b",
      "c"
    ]],
    ["a module", {}, { contentOf: () => "new" }, ["a", "b", "c"]],
    ["the platform", { modules: [{ ...modules[0]!, version: 2n }, modules[1]!] }, {}, ["a", "b", "c"]],
    ["macros", { macros: "%x 1" }, {}, ["a", "b", "c"]],
    ["the stream", { stream: "2" }, {}, ["a", "b", "c"]]
  ])(
    "is another one with other %s",
    (_, other, more, expected) => assert.deepStrictEqual(changed(plan(other), more), expected)
  )

  it("is there for nobody where the content of a module is not known, and for nothing behind unknown sources", () => {
    assert.strictEqual(ComponentKeys.of(plan(), known({ contentOf: () => undefined })).size, 0)
    const keys = ComponentKeys.of(plan(), known({ sourcesOf: (name) => name === "a" ? undefined : name }))
    assert.deepStrictEqual([...keys.keys()], [])
  })
})
