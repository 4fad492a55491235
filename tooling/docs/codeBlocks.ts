/**
 * The TypeScript in the documentation and in docstrings, as modules that can be type-checked and run.
 *
 * A block fenced as `ts` must type-check by itself; fenced as `ts run` it is executed as well, and in it a line
 * `expression // => value` asserts that both are deeply equal.
 */

export interface CodeBlock {
  /** The file of the documentation. */
  readonly path: string
  /** Where the code begins in it, counted from 1. */
  readonly line: number
  readonly code: string
  readonly runs: boolean
}

const fence = /^( *)```(\S*)[ \t]*(.*)$/

/** Every block fenced as `ts` or `typescript`, in order. */
export const extract = (path: string, markdown: string): ReadonlyArray<CodeBlock> => {
  const blocks: Array<CodeBlock> = []
  let open:
    | { readonly language: string; readonly note: string; readonly line: number; readonly code: Array<string> }
    | undefined
  markdown.split(/\r?\n/).forEach((text, i) => {
    const match = fence.exec(text)
    if (open === undefined && match !== null) {
      open = { language: match[2] ?? "", note: match[3] ?? "", line: i + 2, code: [] }
    } else if (open !== undefined && match !== null && match[2] === "") {
      if (["ts", "typescript"].includes(open.language)) {
        blocks.push({ path, line: open.line, code: open.code.join("\n"), runs: open.note.split(/\s+/).includes("run") })
      }
      open = undefined
    } else open?.code.push(text)
  })
  return blocks
}

/** Every such block in the docstrings of a source file. Lines keep their numbers. */
export const extractFromSource = (path: string, source: string): ReadonlyArray<CodeBlock> => {
  const blankButLines = (text: string) => text.replaceAll(/[^\n]/g, "")
  let prose = ""
  let end = 0
  for (const { 0: comment, index } of source.matchAll(/^[ \t]*\/\*\*[\s\S]*?\*\//gm)) {
    prose += blankButLines(source.slice(end, index))
    prose += comment.split("\n").map((line) => line.replace(/^\s*(?:\/\*\*|\*\/|\* ?)/, "")).join("\n")
    end = index + comment.length
  }
  return extract(path, prose)
}

const assertion = /^(\s*)(?!\/\/|const |let |import |export |return )(\S.*?);?\s*\/\/ => (.+)$/

/** The block as a module of its own; lines stay where they are, so that messages can name the line in the document. */
export const toModule = ({ code }: CodeBlock): string => {
  const body = code.split("\n")
    .map((line) =>
      line.replace(assertion, (_, indent, left, right) => `${indent}__assert.deepStrictEqual(${left}, ${right})`)
    )
    .join("\n")
  return `import * as __assert from "node:assert/strict";export {};${body}\nvoid __assert\n`
}
