import { assert, describe, it } from "@effect/vitest"

describe("house", () => {
  it("runs on a supported Node", () => assert.isAtLeast(Number(process.versions.node.split(".")[0]), 22))
})
