import { assert, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as TopicPage from "./topics.ts"

const words = (text: string): string => text.split(/\s+/).filter((word) => word !== "").join(" ")

it("docs/topics.md is what the schemas say (node tooling/docs/topics.ts, then dprint fmt)", () => {
  const page = readFileSync(fileURLToPath(new URL("../../docs/topics.md", import.meta.url)), "utf8")
  assert.strictEqual(words(page), words(TopicPage.page()))
})
