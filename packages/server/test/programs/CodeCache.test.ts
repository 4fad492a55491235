/** A program that was started before starts with what was compiled then, and does the same. */
import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"

const library = new URL("../../bin/CodeCache.js", import.meta.url).href

const script = (answer: string) =>
  `(function (require, module, __import, __fileUrl, __directory) {
  const late = () => require("node:path").basename(__directory) + ${JSON.stringify(answer)}
  module.exports = { answer: late(), url: __fileUrl, later: () => __import("./later.mjs") }
})`

const withFolder = (body: (folder: string) => void): void => {
  const folder = mkdtempSync(join(tmpdir(), "code-cache-"))
  try {
    mkdirSync(join(folder, "bundle"))
    writeFileSync(join(folder, "bundle/later.mjs"), "export const value = 7")
    body(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Starts it, and prints what it exports. */
const start = (folder: string, stays = true): string => {
  const url = pathToFileURL(join(folder, "bundle/program.cjs")).href
  const text = `import { enableCompileCache } from "node:module"
    import { run } from ${JSON.stringify(library)}
    enableCompileCache()
    const made = run(new URL(${JSON.stringify(url)}), ${stays})
    console.log(made.answer, made.url === ${JSON.stringify(url)}, (await made.later()).value)`
  const { stderr, stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", text], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], NODE_COMPILE_CACHE: join(folder, "cache") }
  })
  assert.strictEqual(stderr, "")
  return stdout.trim()
}

const kept = (folder: string): ReadonlyArray<string> =>
  readdirSync(join(folder, "cache"), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.includes("program.cjs")
  )

describe("the cache of compiled code", () => {
  it("is kept when the program ends, and taken the next time", () =>
    withFolder((folder) => {
      writeFileSync(join(folder, "bundle/program.cjs"), script("one"))
      assert.strictEqual(start(folder), "bundleone true 7")
      const [file = ""] = kept(folder)
      const before = readFileSync(join(folder, "cache", file))
      assert.strictEqual(start(folder), "bundleone true 7")
      assert.deepStrictEqual(kept(folder), [file])
      assert.isTrue(before.equals(readFileSync(join(folder, "cache", file))))
    }))

  it("is that of the same text only", () =>
    withFolder((folder) => {
      for (const answer of ["one", "two"]) {
        writeFileSync(join(folder, "bundle/program.cjs"), script(answer))
        assert.strictEqual(start(folder), `bundle${answer} true 7`)
      }
      assert.strictEqual(kept(folder).length, 2)
    }))

  it("does no harm when it is damaged, and is made anew", () =>
    withFolder((folder) => {
      writeFileSync(join(folder, "bundle/program.cjs"), script("one"))
      start(folder)
      const [name = ""] = kept(folder)
      const file = join(folder, "cache", name)
      writeFileSync(file, "nonsense")
      assert.strictEqual(start(folder), "bundleone true 7")
      assert.isAbove(readFileSync(file).length, 100)
    }))

  it("is not kept of what only answers and ends", () =>
    withFolder((folder) => {
      writeFileSync(join(folder, "bundle/program.cjs"), script("one"))
      start(folder, false)
      assert.deepStrictEqual(kept(folder), [])
    }))
})
