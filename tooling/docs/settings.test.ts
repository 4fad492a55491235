import { assert, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as Settings from "./settings.ts"

const words = (text: string): ReadonlyArray<string> => text.split(/\s+/).filter((word) => word !== "")

it("docs/settings.md is what the server's tables say (node tooling/docs/settings.ts, then dprint fmt)", () => {
  const page = readFileSync(fileURLToPath(new URL("../../docs/settings.md", import.meta.url)), "utf8")
  assert.deepStrictEqual(words(page).join(" "), words(Settings.page()).join(" "))
})

it("docs/settings.md names each setting once", () => {
  const names = Settings.page().split("\n").filter((line) => line.startsWith("### "))
  assert.deepStrictEqual(names, [...new Set(names)])
})
