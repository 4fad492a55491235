/** Topics: what is announced in the shape that is promised, and the schemas that say so to others. */
import { assert, describe, it } from "@effect/vitest"
import * as Topics from "../../src/topics/Topics.ts"

const node = { host: "one.example.org", healthy: true, down_count: 0 }

describe("a topic", () => {
  it("takes a body of its shape, and says what is wrong with another", () => {
    assert.isUndefined(Topics.problem("storage-node.health", node))
    assert.include(Topics.problem("storage-node.health", { ...node, healthy: "yes" }) ?? "", "healthy")
    assert.include(Topics.problem("storage-node.health", { ...node, more: 1 }) ?? "", "more")
    assert.include(Topics.problem("nothing.state", node) ?? "", "no topic")
    assert.isUndefined(Topics.find("toString"))
  })

  it.each(Object.entries(Topics.all))("%s has a JSON Schema of whole messages", (name, topic) => {
    const schema = Topics.jsonSchema(name, topic) as {
      readonly $id: string
      readonly required: ReadonlyArray<string>
      readonly properties: { readonly type: object }
    }
    assert.strictEqual(schema.$id, `urn:orch:orch.${name}.v${topic.version}`)
    assert.deepStrictEqual(schema.required, ["type", "timestamp", "sequence", "subject", "data"])
    assert.deepInclude(schema.properties.type, { enum: [name] })
  })
})
