/**
 * Damaged files never throw and never hang, and what is read of them is written and read back equal. `ORCH_FUZZ` sets the
 * number of mutations (a million takes minutes); real metadata is used when it is present.
 */
import { describe, it } from "@effect/vitest"
import assert from "node:assert/strict"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import * as Modulemd from "../../src/modulemd/Modulemd.ts"
import { random } from "./random.ts"

const count = Number(process.env["ORCH_FUZZ"] ?? 4000)
const seed = Number(process.env["ORCH_FUZZ_SEED"] ?? 7)

const seeds = (): ReadonlyArray<string> => {
  const folder = new URL("fixtures/", import.meta.url)
  const fixtures = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8"))
  const shared = process.env["ORCH_SHARED_DATA"] ??
    fileURLToPath(new URL("../../../../../shared/data", import.meta.url))
  if (!existsSync(`${shared}/modulemd`)) return fixtures
  const real = readdirSync(`${shared}/modulemd`).flatMap((name) =>
    readFileSync(`${shared}/modulemd/${name}`, "utf8").split(/(?=^---$)/m)
  )
  return [...fixtures, ...real.filter((text) => text.length < 4000).slice(0, 200)]
}

const pieces = [
  "  ",
  "\t",
  "'",
  "\"",
  "[",
  "]",
  "{",
  "}",
  ",",
  ":",
  ": ",
  "- ",
  "\n",
  " #",
  "&a ",
  "*a",
  "!",
  "|\n",
  ">",
  "%",
  "---\n",
  "...\n",
  "? ",
  "\\",
  "\r",
  "<<: *a",
  "\u0085",
  "\u0000",
  "\ufeff",
  "99999999999999999999",
  "-1",
  "null",
  "[[[[[[[[",
  "{a: {a: {a: ",
  "😀"
]

const mutate = (text: string, next: (limit: number) => number): string => {
  const at = next(text.length + 1)
  switch (next(6)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1 + next(4))
    case 1:
      return text.slice(0, at) + pieces[next(pieces.length)] + text.slice(at)
    case 2: {
      const lines = text.split("\n")
      lines.splice(next(lines.length), 1 + next(2))
      return lines.join("\n")
    }
    case 3: {
      const lines = text.split("\n")
      const line = next(lines.length)
      lines[line] = " ".repeat(next(6)) + lines[line]!.trimStart()
      return lines.join("\n")
    }
    case 4:
      return text.slice(0, at) + String.fromCharCode(next(2) === 0 ? next(128) : next(0x10000)) + text.slice(at + 1)
    default: {
      const from = next(text.length + 1)
      return text.slice(0, at) + text.slice(from, from + next(60)) + text.slice(at)
    }
  }
}

const profiles: ReadonlyArray<Modulemd.Profile> = ["auto", "repository", "source", "compat"]

describe("damaged text", () => {
  it(`never throws, and what is read of it survives writing (${count} mutations)`, { timeout: 3_600_000 }, () => {
    const next = random(seed)
    const texts = seeds()
    for (let i = 0; i < count; i++) {
      let text = texts[next(texts.length)]!
      for (let times = 1 + next(3); times > 0; times--) text = mutate(text, next)
      const result = Modulemd.read(text, { profile: profiles[i % 4]! })
      for (const { column, line } of result.problems) assert.ok(line >= 1 && column >= 1)
      if (!Modulemd.isValid(result)) continue
      const written = Modulemd.write(result.documents)
      const again = Modulemd.read(written, { profile: "compat" })
      assert.deepStrictEqual(again.documents, result.documents, JSON.stringify(text))
    }
  })

  it("of bytes never throws", { timeout: 3_600_000 }, () => {
    const next = random(seed)
    const texts = seeds()
    for (let i = 0; i < count / 10; i++) {
      const bytes = Buffer.from(texts[next(texts.length)]!)
      for (let times = 1 + next(4); times > 0 && bytes.length > 0; times--) bytes[next(bytes.length)] = next(256)
      Modulemd.readBytes(bytes)
    }
  })
})
