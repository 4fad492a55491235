/**
 * Runs every example as a user would and compares what it prints with its own comments: the lines that begin with `// > `
 * are, in order, what it writes to stdout.
 */
import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const folder = fileURLToPath(new URL(".", import.meta.url))
const examples = readdirSync(folder).filter((name) => /^[a-z][a-z0-9-]*\.ts$/.test(name))

describe("example", () => {
  for (const name of examples) {
    it(`${name} prints what it says`, () => {
      const expected = [...readFileSync(`${folder}${name}`, "utf8").matchAll(/^\s*\/\/ > ?(.*)$/gm)].map((match) =>
        match[1]
      )
      const { status, stderr, stdout } = spawnSync(process.execPath, [`${folder}${name}`], { encoding: "utf8" })
      assert.strictEqual(status, 0, stderr)
      assert.isNotEmpty(expected, "an example says what it prints")
      assert.deepStrictEqual(stdout.trimEnd().split("\n"), expected)
    })
  }
})
