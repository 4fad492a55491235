import { assert, describe, it } from "@effect/vitest"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const text = readFileSync(`${root}ARCHITECTURE.md`, "utf8")

/** Inline code that names a place in the repository: it holds a slash, or ends as files do, and is no URL or command. */
const paths = [...text.replaceAll(/```[\s\S]*?```/g, "").matchAll(/`([^`\s]+)`/g)]
  .map((match) => match[1] ?? "")
  .filter((code) =>
    /^(?:packages|docs|examples|tooling|\.ci|\.changeset)(?:\/|$)/.test(code) || /^[A-Z]+\.md$/.test(code)
  )

const folders = (path: string): ReadonlyArray<string> =>
  readdirSync(`${root}${path}`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "internal" && entry.name !== "node_modules")
    .map((entry) => `${path}/${entry.name}`)

describe("ARCHITECTURE.md", () => {
  it("names places that exist", () => {
    assert.isAtLeast(paths.length, 20)
    assert.deepStrictEqual(paths.filter((path) => !existsSync(`${root}${path}`)), [])
  })
  it("names every package, and every room of core and server", () => {
    const rooms = [...folders("packages"), ...folders("packages/core/src"), ...folders("packages/server/src")]
    assert.deepStrictEqual(rooms.filter((path) => !text.includes(path)), [])
  })
  it("is short enough to be read", () => assert.isAtMost(text.split("\n").length, 300))
})
