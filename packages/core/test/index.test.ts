import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const index = readFileSync(fileURLToPath(new URL("../src/index.ts", import.meta.url)), "utf8")
const exports = [...index.matchAll(/^export \* as (\w+) from "\.\/(.+)\.ts"$/gm)].map(([, name, path]) => ({
  name,
  path
}))

describe("the index of @orch/core", () => {
  it("calls every module as its path does", () => {
    assert.isAtLeast(exports.length, 100)
    assert.deepStrictEqual(exports.filter(({ name, path }) => path?.split("/").at(-1) !== name), [])
  })
  it("has nothing else in it", () =>
    assert.strictEqual(exports.length, index.split("\n").filter((line) => line.startsWith("export")).length))
})
