/**
 * Text to YAML nodes, document by document, accepting what libyaml accepts.
 *
 * Written for modulemd because no library gives all three of: what libyaml reads (`yaml` refuses quotes that close at
 * column 0), a position for every node, and the next document after a mistake in this one. See
 * `docs/decisions/0201-own-yaml-reader.md` for the measurements.
 */
import { isBlankOrEnd, YamlCursor, YamlSyntaxError } from "./yamlCursor.ts"
import { collectionNode, scalarNode, type YamlNode } from "./yamlNode.ts"
import { blockScalar, doubleQuoted, plainScalar, singleQuoted } from "./yamlScalars.ts"

export interface ParsedDocument {
  /** `undefined` when the document is empty or has an error. */
  readonly root: YamlNode | undefined
  readonly start: number
  readonly error: YamlSyntaxError | undefined
}

/** Deeper nesting is refused: nothing real comes near, and every reader behind this one is recursive. */
export const maxDepth = 500

/** How many nodes aliases may add to a document. */
export const maxAliasNodes = 1_000_000

/** libyaml looks no further for the colon of a key. */
const maxKeyLength = 1024

/** Calls back with each document of the text, in order. */
export const parseYaml = (text: string, each: (document: ParsedDocument) => void): void => {
  const forbidden = findForbidden(text)
  let pos = 0
  let explicit = false
  for (;;) {
    const parser = new Parser(text, pos)
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
    if (forbidden !== undefined && forbidden.offset >= start && forbidden.offset < pos) error = forbidden
    each({ root: error === undefined ? root : undefined, start, error })
    explicit = true
  }
}

/** Characters YAML excludes: most controls, lone surrogates, the byte order mark but at the start. */
const findForbidden = (text: string): YamlSyntaxError | undefined => {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  const match = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/.exec(text)
  if (match === null) return undefined
  const name = `U+${match[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`
  return new YamlSyntaxError(match.index, `the control character ${name} is not allowed`)
}

const nextMarker = (text: string, from: number): number => {
  const marker = /^---(?=[\s]|$)/gm
  marker.lastIndex = from
  // A marker at the very place of the mistake has been read already.
  const match = marker.exec(text)
  return match === null ? text.length : match.index
}

class Parser extends YamlCursor {
  start: number
  private depth = 0
  private nodes = 0
  private aliased = 0
  private readonly anchors = new Map<string, { node: YamlNode | undefined; nodes: number }>()
  private handles: Set<string> | undefined

  constructor(text: string, pos: number) {
    super(text, pos)
    this.start = pos
  }

  /** Goes to the content of the next document; `false` at the end of the text. */
  startDocument(explicit: boolean): boolean {
    this.skip(false, false)
    while (explicit && this.atMarker(46)) {
      this.pos += 3
      this.skip(false, true)
    }
    if (this.pos >= this.text.length) return false
    this.start = this.pos
    const directives = this.code() === 37 && this.pos === this.lineStart
    while (this.code() === 37 && this.pos === this.lineStart) this.directive()
    if (this.atMarker(45)) {
      this.start = this.pos
      this.pos += 3
    } else if (explicit || directives || this.atMarker(46)) {
      this.fail("a document has to start with --- here")
    }
    return true
  }

  /** Reads up to where the next document may start. */
  document(): YamlNode | undefined {
    const line = this.lineStart
    // Behind the marker, on its line, no block collection can start.
    const behindMarker = this.pos > this.start
    this.skip(false, behindMarker)
    const empty = this.atDocumentEnd()
    const root = this.blockNode(-1, !behindMarker || this.lineStart !== line, false)
    this.skip(false, this.pos !== this.lineStart)
    if (!this.atDocumentEnd()) this.fail("the document should end here", this.pos, "is the indentation right?")
    if (this.atMarker(46)) {
      this.pos += 3
      this.skip(false, true)
      if (!this.atDocumentEnd()) this.fail("a document has to start with --- here")
    }
    return empty ? undefined : root
  }

  private directive(): void {
    const pattern =
      /%(?:YAML[ \t]+(1\.[12])|TAG[ \t]+(!|!!|![A-Za-z0-9_-]+!)[ \t]+\S+)[ \t]*(?=#|[\r\n\u0085\u2028\u2029]|$)/y
    pattern.lastIndex = this.pos
    const match = pattern.exec(this.text)
    if (match === null) this.fail("this directive is not known", this.pos, "only %YAML 1.1, %YAML 1.2 and %TAG are")
    if (match![1] !== undefined) {
      if (this.handles?.has("%YAML")) this.fail("a second %YAML directive")
      this.handles = (this.handles ?? new Set()).add("%YAML")
    } else {
      if (this.handles?.has(match![2]!)) this.fail("a second %TAG directive of this handle")
      this.handles = (this.handles ?? new Set()).add(match![2]!)
    }
    this.pos = pattern.lastIndex
    this.skip(false, true)
  }

  /**
   * A node in block context. `parent` is the indentation of the collection around; `keys` whether a block collection may
   * start here; `indentless` whether a list may start at the indentation of the parent, as values of mappings may.
   */
  private blockNode(parent: number, keys: boolean, indentless: boolean): YamlNode {
    const column = this.column
    const code = this.code()
    if (this.atDocumentEnd()) return this.empty()
    const blank = isBlankOrEnd(this.code(1))
    // libyaml lets a block scalar start at the indentation of its parent, as the lines of its text are indented anyway.
    const level = column === parent && ((indentless && code === 45 && blank) || code === 124 || code === 62)
    if (column <= parent && !level) return this.empty()
    if (blank && (code === 45 || code === 63 || code === 58)) {
      if (!keys) {
        this.fail(
          code === 45 ? "a list cannot start on this line" : "a mapping cannot start on this line",
          this.pos,
          "put it on a line of its own, or the text in quotes"
        )
      }
      if (code === 58) this.fail("there is no key before this colon")
      return this.nested(() => code === 45 ? this.blockSequence(column, column === parent) : this.blockMapping(column))
    }
    if (code === 124 || code === 62) {
      this.nodes++
      return blockScalar(this, parent)
    }
    if (code === 38 || code === 33) return this.propertied(parent, keys, indentless)
    return this.atomOrMapping(parent, keys, this.pos, this.lineStart, undefined)
  }

  /** A node with anchor or tag; on the line of a key they belong to the key, else to what follows. */
  private propertied(parent: number, keys: boolean, indentless: boolean): YamlNode {
    const start = this.pos
    const line = this.lineStart
    const anchor = this.properties()
    this.skip(false, true)
    const before = this.nodes
    if (this.lineStart !== line || this.atDocumentEnd()) {
      this.announce(anchor)
      const next = this.pos
      const node = this.blockNode(parent, this.lineStart !== line, indentless)
      // A second anchor is fine when it belongs to the first key of a mapping.
      if (this.text[next] === this.text[start] && !(node.kind === "mapping" && node.start === next)) {
        this.fail("a second anchor or tag for the same value", next)
      }
      this.define(anchor, node, before)
      return node
    }
    const code = this.code()
    if (code === 124 || code === 62) {
      const node = blockScalar(this, parent)
      this.nodes++
      this.define(anchor, node, before)
      return node
    }
    if (code === 45 && isBlankOrEnd(this.code(1))) this.fail("a list cannot start on this line")
    return this.atomOrMapping(parent, keys, start, line, anchor)
  }

  /** Something on one line, and, when a colon follows, the mapping whose first key it is. */
  private atomOrMapping(
    parent: number,
    keys: boolean,
    start: number,
    line: number,
    anchor: string | undefined
  ): YamlNode {
    const before = this.nodes
    const atom = this.blockAtom(parent)
    this.define(anchor, atom, before)
    if (!this.atColon()) return atom
    if (!keys || this.lineStart !== line) {
      this.fail(
        "a mapping cannot start here",
        this.pos,
        "quote text with a colon in it, or put the key on a line of its own"
      )
    }
    if (this.pos - start > maxKeyLength) this.fail(`a key has at most ${maxKeyLength} characters`, start)
    return this.nested(() => this.blockMapping(start - line, start, atom))
  }

  /** Whether a colon follows that makes what was just read a key; blanks before it are skipped. */
  private atColon(): boolean {
    let code = this.code()
    while (code === 32 || code === 9) code = this.text.charCodeAt(++this.pos)
    return code === 58 && isBlankOrEnd(this.code(1)) && this.pos !== this.lineStart
  }

  private blockAtom(parent: number): YamlNode {
    this.nodes++
    const code = this.code()
    switch (code) {
      case 34:
        return doubleQuoted(this)
      case 39:
        return singleQuoted(this)
      case 91:
      case 123:
        return this.nested(() => this.flowCollection(code))
      case 42:
        return this.alias()
      case 45:
      case 58:
      case 63:
        if (!isBlankOrEnd(this.code(1))) return plainScalar(this, parent + 1, false)
        if (code === 58) this.fail("there is no key before this colon")
        return this.fail(
          `${code === 45 ? "an item of a list" : "a key"} cannot stand here`,
          this.pos,
          "is the indentation right?"
        )
      case 44:
      case 93:
      case 125:
      case 35:
      case 38:
      case 33:
      case 124:
      case 62:
      case 37:
      case 64:
      case 96:
        return this.fail(`text cannot start with ${this.text[this.pos]}`, this.pos, "put it in quotes")
      default:
        return plainScalar(this, parent + 1, false)
    }
  }

  private blockSequence(column: number, indentless: boolean): YamlNode {
    const node = collectionNode("sequence", this.pos)
    for (;;) {
      this.pos++
      this.skip(false, false)
      const item = this.blockNode(column, true, false)
      node.items.push(item)
      node.end = item.end
      this.skip(false, this.pos !== this.lineStart)
      if (this.atDocumentEnd() || this.column < column) return node
      if (this.column > column) this.fail("this line is indented more than the list it should belong to")
      if (this.code() !== 45 || !isBlankOrEnd(this.code(1))) {
        if (indentless) return node
        this.fail("a list goes on with a dash", this.pos, "is the indentation right?")
      }
    }
  }

  /** With `first`, the key that was read already and starts at `start`. */
  private blockMapping(column: number, start = this.pos, first?: YamlNode): YamlNode {
    const node = collectionNode("mapping", start)
    const { items } = node
    let key = first
    for (;;) {
      const code = this.code()
      const explicit = key === undefined && code === 63 && isBlankOrEnd(this.code(1))
      if (explicit) key = this.indicated(column)
      else if (key === undefined) {
        key = this.implicitKey(column)
      }
      items.push(key)
      if (
        explicit &&
        (this.atDocumentEnd() || this.column !== column || this.code() !== 58 || !isBlankOrEnd(this.code(1)))
      ) {
        items.push(this.empty())
      } else {
        const plain = !explicit && this.column !== column
        items.push(plain ? this.implicitValue(column) : this.indicated(column))
      }
      node.end = items[items.length - 1]!.end
      key = undefined
      if (this.atDocumentEnd() || this.column < column) return node
      if (this.column > column) {
        this.fail(
          "this line is indented more than the mapping it should belong to",
          this.pos,
          "is the line above complete?"
        )
      }
    }
  }

  /** What follows a question mark or a colon that stands for itself; the cursor ends at the next token. */
  private indicated(column: number): YamlNode {
    this.pos++
    this.skip(false, false)
    const value = this.blockNode(column, true, true)
    this.skip(false, this.pos !== this.lineStart)
    return value
  }

  private implicitKey(column: number): YamlNode {
    const start = this.pos
    const line = this.lineStart
    const anchor = this.code() === 38 || this.code() === 33 ? this.properties() : undefined
    if (this.pos !== start) this.skip(false, true)
    const before = this.nodes
    const key = this.lineStart === line ? this.blockAtom(column) : this.empty()
    this.define(anchor, key, before)
    if (!this.atColon() || this.lineStart !== line) {
      this.fail(
        "a colon and a space are expected behind this key",
        start,
        "is the indentation right, or a quote missing?"
      )
    }
    if (this.pos - start > maxKeyLength) this.fail(`a key has at most ${maxKeyLength} characters`, start)
    return key
  }

  private implicitValue(column: number): YamlNode {
    this.pos++
    const line = this.lineStart
    this.skip(false, true)
    const value = this.blockNode(column, this.lineStart !== line, true)
    this.skip(false, this.pos !== this.lineStart)
    return value
  }

  private flowCollection(open: number): YamlNode {
    const mapping = open === 123
    const close = mapping ? 125 : 93
    const node = collectionNode(mapping ? "mapping" : "sequence", this.pos)
    this.pos++
    for (;;) {
      this.flowSkip()
      if (this.code() === close) break
      this.flowEntry(node.items, mapping)
      this.flowSkip()
      const code = this.code()
      if (code === close) break
      if (code !== 44) {
        this.fail(`a comma or ${mapping ? "}" : "]"} is expected`, code === code ? this.pos : node.start)
      }
      this.pos++
    }
    this.pos++
    node.end = this.pos
    return node
  }

  /** An item, a pair, or in a list a pair that is a mapping by itself. */
  private flowEntry(items: Array<YamlNode>, mapping: boolean): void {
    const start = this.pos
    const line = this.lineStart
    const explicit = this.code() === 63
    if (explicit) {
      this.pos++
      this.flowSkip()
    }
    const ends = explicit && this.atFlowEnd()
    const key = ends || (explicit && this.code() === 58) ? this.empty() : this.flowNode()
    this.flowSkip()
    const colon = this.code() === 58 && (explicit || (this.lineStart === line && this.pos - start <= maxKeyLength))
    if (!colon && !mapping && !explicit) {
      items.push(key)
      return
    }
    let value = this.empty()
    if (colon) {
      this.pos++
      this.flowSkip()
      if (!this.atFlowEnd()) value = this.flowNode()
    }
    if (mapping) items.push(key, value)
    else {
      const pair = collectionNode("mapping", start)
      pair.items.push(key, value)
      pair.end = value.end
      items.push(pair)
    }
  }

  private atFlowEnd(): boolean {
    const code = this.code()
    return code === 44 || code === 93 || code === 125
  }

  private flowSkip(): void {
    this.skip(true, true)
    if (this.atMarker(45) || this.atMarker(46)) this.fail("this bracket is not closed before the document ends")
  }

  private flowNode(): YamlNode {
    this.nodes++
    const before = this.nodes
    let anchor: string | undefined
    const code = this.code()
    if (code === 38 || code === 33) {
      anchor = this.properties()
      this.flowSkip()
      if (this.atFlowEnd() || this.code() === 58) {
        const node = this.empty()
        this.define(anchor, node, before)
        return node
      }
    }
    this.announce(anchor)
    const node = this.flowAtom()
    this.define(anchor, node, before)
    return node
  }

  private flowAtom(): YamlNode {
    const code = this.code()
    switch (code) {
      case 34:
        return doubleQuoted(this)
      case 39:
        return singleQuoted(this)
      case 91:
      case 123:
        return this.nested(() => this.flowCollection(code))
      case 42:
        return this.alias()
      case 45:
        if (isBlankOrEnd(this.code(1))) return this.fail("a list with dashes cannot stand in brackets")
        return plainScalar(this, 0, true)
      case 63:
      case 58:
      case 44:
      case 93:
      case 125:
      case 35:
      case 38:
      case 33:
      case 124:
      case 62:
      case 37:
      case 64:
      case 96:
        return this.fail(`a value cannot start with ${this.text[this.pos]}`, this.pos, "put it in quotes")
      default:
        if (code !== code) this.fail("the text ends within brackets")
        return plainScalar(this, 0, true)
    }
  }

  /** Anchor and tag in either order; answers the anchor's name. Tags are checked for form only: modulemd ignores them. */
  private properties(): string | undefined {
    let anchor: string | undefined
    let tagged = false
    for (;;) {
      const code = this.code()
      if (code === 38 && anchor === undefined) anchor = this.name("an anchor")
      else if (code === 33 && !tagged) {
        tagged = true
        this.tag()
      } else return anchor
      let next = this.code()
      while (next === 32 || next === 9) next = this.text.charCodeAt(++this.pos)
    }
  }

  private tag(): void {
    const pattern = /!(?:<[^\s<>]+>|([A-Za-z0-9_-]*!)?[A-Za-z0-9_\-;/?:@&=+$.~*'()%!]*)(?=[\s,\]}]|$)/y
    pattern.lastIndex = this.pos
    const match = pattern.exec(this.text)
    if (match === null) this.fail("this tag is not well formed", this.pos, "modulemd needs no tags; put text in quotes")
    const handle = match![1]
    if (handle !== undefined && handle !== "!" && !this.handles?.has(`!${handle}`)) {
      this.fail(`the tag handle !${handle} is not declared`)
    }
    this.pos = pattern.lastIndex
  }

  private name(what: string): string {
    const pattern = /[&*]([A-Za-z0-9_-]+)(?=[\s?:,\]}%@`]|$)/y
    pattern.lastIndex = this.pos
    const match = pattern.exec(this.text)
    if (match === null) {
      this.fail(`${what} has a name of letters and digits`, this.pos, "put text that starts with * or & in quotes")
    }
    this.pos = pattern.lastIndex
    return match![1]!
  }

  private alias(): YamlNode {
    const start = this.pos
    const name = this.name("an alias")
    const anchor = this.anchors.get(name)
    if (anchor === undefined) {
      throw new YamlSyntaxError(
        start,
        `there is no anchor &${name} above`,
        "yaml-alias",
        "put text that starts with * in quotes"
      )
    }
    if (anchor.node === undefined) {
      throw new YamlSyntaxError(start, `*${name} stands within its own anchor`, "yaml-alias")
    }
    this.aliased += anchor.nodes
    this.nodes += anchor.nodes
    if (this.aliased > maxAliasNodes) {
      throw new YamlSyntaxError(start, `aliases repeat more than ${maxAliasNodes} values`, "yaml-alias-limit")
    }
    return { ...anchor.node, start, end: this.pos, alias: true }
  }

  private announce(anchor: string | undefined): void {
    if (anchor !== undefined) this.anchors.set(anchor, { node: undefined, nodes: 0 })
  }

  private define(anchor: string | undefined, node: YamlNode, before: number): void {
    if (anchor !== undefined) this.anchors.set(anchor, { node, nodes: this.nodes - before + 1 })
  }

  private empty(): YamlNode {
    this.nodes++
    return scalarNode(this.pos, this.pos, "", "plain")
  }

  private nested(body: () => YamlNode): YamlNode {
    this.nodes++
    if (++this.depth > maxDepth) {
      throw new YamlSyntaxError(this.pos, `nested deeper than ${maxDepth} levels`, "yaml-depth")
    }
    const node = body()
    this.depth--
    return node
  }
}
