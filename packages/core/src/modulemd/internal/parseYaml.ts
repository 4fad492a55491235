/**
 * Text to YAML nodes, document by document, accepting what libyaml accepts.
 *
 * Written for modulemd because no library gives all three of: what libyaml reads (`yaml` refuses quotes that close at
 * column 0), a position for every node, and the next document after a mistake in this one. See
 * `docs/decisions/0201-own-yaml-reader.md` for the measurements.
 */
import { YamlBlock } from "./yamlBlock.ts"
import { YamlSyntaxError } from "./yamlCursor.ts"
import type { YamlNode } from "./yamlNode.ts"

export interface ParsedDocument {
  /** `undefined` when the document is empty or has an error. */
  readonly root: YamlNode | undefined
  readonly start: number
  readonly error: YamlSyntaxError | undefined
}

/** Calls back with each document of the text, in order. */
export const parseYaml = (
  text: string,
  each: (document: ParsedDocument) => void,
  malformed: ReadonlyArray<YamlSyntaxError> = []
): void => {
  const forbidden = [...malformed, ...findForbidden(text)].sort((a, b) => a.offset - b.offset)
  let next = 0
  let pos = 0
  let explicit = false
  for (;;) {
    const parser = new YamlBlock(text, pos)
    let start = pos
    let root: YamlNode | undefined
    let error: YamlSyntaxError | undefined
    try {
      if (!parser.startDocument(explicit)) return
      start = parser.start
      root = parser.document()
    } catch (thrown) {
      if (!(thrown instanceof YamlSyntaxError)) throw thrown
      error = thrown
      if (parser.start > start) start = parser.start
    }
    // Behind a mistake only a line that starts a document can be trusted.
    pos = error === undefined ? parser.pos : nextMarker(text, Math.max(parser.pos, start, error.offset))
    while (next < forbidden.length && forbidden[next]!.offset < start) next++
    if (next < forbidden.length && forbidden[next]!.offset < pos) error = forbidden[next]
    each({ root: error === undefined ? root : undefined, start, error })
    explicit = true
  }
}

/** Characters YAML excludes: most controls, the two that are no characters, and halves of surrogate pairs. */
const findForbidden = (text: string): ReadonlyArray<YamlSyntaxError> => {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  const pattern = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/
  if (!pattern.test(text) && text.isWellFormed()) return []
  return [...text.matchAll(new RegExp(`${pattern.source}|[\\ud800-\\udfff]`, "gu"))].map((match) => {
    const name = `U+${match[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`
    return new YamlSyntaxError(match.index, `the character ${name} is not allowed in YAML`)
  })
}

const nextMarker = (text: string, from: number): number => {
  const marker = /^---(?=[ \t\r\n\u0085\u2028\u2029]|$)/gm
  marker.lastIndex = from
  // A marker at the very place of the mistake has been read already.
  const match = marker.exec(text)
  return match === null ? text.length : match.index
}
