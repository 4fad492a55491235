import { assert, describe, it } from "@effect/vitest"
import { check, complaint } from "./docstrings/check.ts"
import { read } from "./docstrings/Exports.ts"

const head = "/** Why this file exists. */\n"
const path = "packages/core/src/room/X.ts"
const one = (text: string) => {
  const found = read(path, head + text)
  assert.strictEqual(found.length, 1)
  return found[0]!
}

describe("exports of a file", () => {
  it("are the declarations of its own, with line, docstring and declared result", () =>
    assert.deepStrictEqual(
      read(
        path,
        `${head}export * as A from "./A.ts"
export { b } from "./B.ts"
/**
 * Counts letters.
 *
 * In code points.
 */
export const size = (text: string): number => text.length
const own = 1
`
      ),
      [{
        path,
        line: 9,
        name: "size",
        isFunction: true,
        docstring: "Counts letters.\n\nIn code points.",
        result: "number",
        hidden: []
      }]
    ))
  for (
    const [text, isFunction] of [
      ["export const a = 1", false],
      ["export const a = (): number => 1", true],
      ["export function a() {}", true],
      ["export const a = Effect.fn(\"a\")(function*() {})", true],
      ["export class A {}", false],
      ["export interface A {}", false],
      ["export type A = 1", false]
    ] as const
  ) it(`know whether they are functions: ${text}`, () => assert.strictEqual(one(text).isFunction, isFunction))
  it("do not take the comment that opens the file for a docstring", () =>
    assert.isUndefined(one("export const a = 1").docstring))
  it("do not take a comment before something else for a docstring", () =>
    assert.isUndefined(one("/** About b. */\nconst b = 2\nexport const a = b").docstring))
  it("count a value and its type once, whichever is documented", () => {
    const value = "export const A = 1\n"
    const type = "export type A = typeof A\n"
    assert.strictEqual(one(`/** Says it. */\n${value}${type}`).docstring, "Says it.")
    assert.strictEqual(one(`${value}/** Says it. */\n${type}`).docstring, "Says it.")
  })
})

describe("docstrings are refused", () => {
  for (
    const [text, word] of [
      ["export const a = 1", "no docstring"],
      ["// No docstring.\nexport const a = 1", "no docstring"],
      ["/** Parses. */\nexport const a = 1", "single word"],
      ["/** Reads a number. */\nexport const a = (): Result.Result<number, E> => x", "how it fails"],
      ["/** Reads a number. */\nexport const a = (): number | undefined => x", "undefined"],
      ["/** Reads a number. */\nexport const aUnsafe = (): number => x", "throws"],
      ["/** Reads a number. */\nexport const a = (b: ReadonlyArray<B>): number => x\ntype B = 1 | 2", "refers to B"],
      ["/** Reads a number. */\nexport const a = (): B => x\ntype B = C<1>", "refers to B"],
      ["/** Holds a number. */\nexport interface A { readonly b: B }\ninterface B {}", "refers to B"]
    ] as const
  ) it(text, () => assert.include(complaint(one(text)) ?? "", word))
})

describe("docstrings are accepted", () => {
  for (
    const text of [
      "/** A count of letters. */\nexport const a = 1",
      "/** Reads a number; fails with `E` where there is none. */\nexport const a = (): Result.Result<number, E> => x",
      "/** Reads a number; undefined where there is none. */\nexport const a = (): number | undefined => x",
      "/** Reads a number, or throws `E`. */\nexport const aUnsafe = (): number => x",
      "/** Reads a number. */\n// oxlint-disable-next-line\nexport const a = (): number => x",
      "/** Reads a number. */\nexport const a = (): number => { const b: B = 1; return b }\ntype B = 1 | 2",
      "/** Holds a number. */\nexport const a = f<B>()\ntype B = 1 | 2",
      "/** Reads a number. */\nexport const a = (): B => x\ntype B = C.D",
      "/** Reads a number. */\nexport const a = (): B<1> => x\ntype B<C> = D<C>"
    ]
  ) it(text, () => assert.isUndefined(complaint(one(text))))
})

describe("all exports together", () => {
  it("are counted, and what lacks is named", () => {
    const exports = read(path, `${head}/** Is documented. */\nexport const a = 1\nexport const b = (): number => 1`)
    assert.deepStrictEqual(check(exports), {
      exports: 2,
      functions: 1,
      failures: [`${path}:4: b has no docstring`]
    })
  })
})
