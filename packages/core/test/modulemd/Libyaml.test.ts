/** The YAML reader against libyaml itself: the same texts are well formed, and mean the same. */
import { assert, describe, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"
import { parseYaml } from "../../src/modulemd/internal/parseYaml.ts"
import type { YamlNode } from "../../src/modulemd/internal/yamlNode.ts"
import * as Libmodulemd from "./Libmodulemd.ts"
import { random } from "./random.ts"

const tree = (node: YamlNode): unknown =>
  node.alias
    ? "alias"
    : node.kind === "scalar"
    ? node.value
    : [node.kind === "mapping" ? "M" : "S", ...node.items.map(tree)]

const withoutNames = (node: unknown): unknown =>
  Array.isArray(node) ? node.map(withoutNames) : typeof node === "object" && node !== null ? "alias" : node

/** `undefined` where an alias has no anchor, which libyaml leaves to its callers. */
const ours = (text: string): { documents: ReadonlyArray<unknown>; error: string | null } | undefined => {
  const documents: Array<unknown> = []
  let error: string | null = null
  let dangling = false
  parseYaml(text, (document) => {
    if (document.error?.code === "yaml-alias") dangling = true
    if (document.error !== undefined) error ??= document.error.message
    else documents.push(document.root === undefined ? "" : tree(document.root))
  })
  return dangling ? undefined : { documents, error }
}

/** A tag or anchor before a key that is not there: libyaml takes the key for empty, no one can mean it. */
const isIntended = (text: string): boolean => /[&!]\w* *:/.test(text)

const compare = (texts: ReadonlyArray<string>): void => {
  const answers = Libmodulemd.ask<Libmodulemd.EventsAnswer>(texts.map((text) => ({ command: "events", text })))
  texts.forEach((text, i) => {
    const mine = ours(text)
    const theirs = answers[i]!
    if (mine === undefined || isIntended(text)) return
    assert.strictEqual(
      mine.error === null,
      theirs.error === null,
      `${JSON.stringify(text)}: ${mine.error}, ${theirs.error}`
    )
    if (mine.error === null) {
      assert.deepStrictEqual(mine.documents, theirs.documents.map(withoutNames), JSON.stringify(text))
    }
  })
}

const pieces = [
  "a",
  "b: ",
  "c:\n",
  "- ",
  "\n",
  " ",
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
  "? ",
  "|\n",
  ">-\n",
  "#x",
  "&a ",
  "*a",
  "!t ",
  "!!str ",
  "---\n",
  "...\n",
  "--- ",
  "%YAML 1.1\n",
  "x y",
  "\n  ",
  "\n    ",
  "'q'",
  "\"d\\n\"",
  "<<: ",
  "-",
  "\\",
  "%",
  "@",
  "é",
  "\r\n",
  "\n\n",
  "key: value\n",
  "  k2: v2\n",
  "  - i\n",
  "- j\n",
  "|2\n",
  ">+\n",
  "\u0085",
  "\u2028"
]

describe("libyaml", () => {
  it("agrees about every fixture", ({ skip }) => {
    if (Libmodulemd.absent !== undefined) return skip(Libmodulemd.absent)
    const folder = new URL("fixtures/", import.meta.url)
    compare(readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8")))
  })

  it("agrees about texts put together from what matters in YAML", ({ skip }) => {
    if (Libmodulemd.absent !== undefined) return skip(Libmodulemd.absent)
    const next = random(20)
    const texts = Array.from(
      { length: 4000 },
      () => Array.from({ length: 1 + next(9) }, () => pieces[next(pieces.length)]!).join("")
    )
    compare(texts)
  })

  it("agrees about lists of words and lines of keys, which are read in haste, and about what looks like them", ({ skip }) => {
    if (Libmodulemd.absent !== undefined) return skip(Libmodulemd.absent)
    const next = random(40)
    // Separated by blanks, as hardly any of them has one; a dot stands for those.
    const words =
      `a a-0:1.2-3.x86_64 a:b a: a:·b a·#c a#c a·b - -·a -a "q" 'q' a\t a· é aé [x] {} 1 ? ?·a | a\r ~ --- ... %a
      a\u0085b a\u2028b a,b] a:\tb a\u0085 k:·v k:·v:w k:·"q" k:·'q'· k:·>- k:v #`.split(/[ \n]+/).map((word) =>
        word.replaceAll("·", " ")
      )
    words.push("")
    const oneOf = (...choices: ReadonlyArray<readonly [chances: number, text: string]>): string =>
      choices.find(([chances]) => next(chances) === 0)![1]
    const line = (indent: number): string =>
      " ".repeat(next(9) === 0 ? next(4) : indent) + oneOf([10, ""], [12, "-  "], [15, "-"], [1, "- "])
      + words[next(words.length)]! + oneOf([12, "\n\n"], [14, "\n # c\n"], [20, "\r\n"], [25, ""], [1, "\n"])
    compare(Array.from({ length: 6000 }, () => {
      const indent = next(3)
      const lines = Array.from({ length: 1 + next(6) }, () => line(indent))
      return oneOf([2, "k:\n"], [1, ""]) + lines.join("") + oneOf([3, "z: w\n"], [1, ""])
    }))
  })

  it("agrees about damaged module metadata", ({ skip }) => {
    if (Libmodulemd.absent !== undefined) return skip(Libmodulemd.absent)
    const folder = new URL("fixtures/", import.meta.url)
    const sound = readdirSync(folder).filter((name) => name.startsWith("good_"))
      .map((name) => readFileSync(new URL(name, folder), "utf8"))
    const next = random(30)
    compare(Array.from({ length: 2000 }, () => {
      const text = sound[next(sound.length)]!
      const at = next(text.length + 1)
      return next(2) === 0
        ? text.slice(0, at) + text.slice(at + 1 + next(3))
        : text.slice(0, at) + pieces[next(pieces.length)] + text.slice(at)
    }))
  })
})
