/**
 * Block collections and documents of YAML 1.1 as libyaml reads them: indentation is structure, a key fits on one line, and
 * on the line of a key no further collection can start.
 */
import { isBlankOrEnd } from "./yamlCursor.ts"
import { maxKeyLength, YamlFlow } from "./yamlFlow.ts"
import { collectionNode, scalarNode, type YamlNode } from "./yamlNode.ts"
import { blockScalar, doubleQuoted, lineBehind, plainScalar, singleQuoted, wordEnd } from "./yamlScalars.ts"

export class YamlBlock extends YamlFlow {
  start: number

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
      this.enter()
      return this.leave(code === 45 ? this.blockSequence(column, column === parent) : this.blockMapping(column))
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
    this.enter()
    return this.leave(this.blockMapping(start - line, start, atom))
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
        this.enter()
        return this.leave(this.flowCollection(code))
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
    const { items } = node
    for (;;) {
      this.simpleItems(column, items)
      const behind = ++this.pos
      this.skip(false, false)
      const item = placed(this.blockNode(column, true, false), behind)
      items.push(item)
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

  /**
   * Reads items of one plain word, each on a line of its own with another item behind: what artifacts and lists of packages
   * are made of, which is most of an index. The cursor stays at the dash of the first item that is anything else.
   */
  private simpleItems(column: number, items: Array<YamlNode>): void {
    const { text } = this
    for (;;) {
      const start = this.pos + 2
      const end = text.charCodeAt(this.pos + 1) === 32 ? wordEnd(text, start) : start
      if (end === start || text.charCodeAt(end) !== 10) return
      const next = lineBehind(text, end + 1, column + 1)
      if (next - end - 1 !== column || text.charCodeAt(next) !== 45 || text.charCodeAt(next + 1) !== 32) return
      items.push(scalarNode(start, end, text.slice(start, end), "plain"))
      this.nodes++
      this.lineStart = end + 1
      this.pos = next
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
      else if (key === undefined) key = this.implicitKey(column)
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
    const behind = ++this.pos
    this.skip(false, false)
    const value = placed(this.blockNode(column, true, true), behind)
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
    const behind = ++this.pos
    const line = this.lineStart
    this.skip(false, true)
    const value = placed(this.blockNode(column, this.lineStart !== line, true), behind)
    this.skip(false, this.pos !== this.lineStart)
    return value
  }
}

/** A value that is not there is shown where it could be: behind its colon or dash, not where the next token is. */
const placed = (node: YamlNode, behind: number): YamlNode =>
  node.start === node.end && node.style === "plain" && node.kind === "scalar" && node.start > behind
    ? scalarNode(behind, behind, "", "plain")
    : node
