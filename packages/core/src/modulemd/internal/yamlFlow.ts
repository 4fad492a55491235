/**
 * Flow collections (`[a, b]`, `{a: b}`) of YAML 1.1 as libyaml reads them: indentation does not count within brackets, a
 * key ends on the line where it starts.
 */
import { isBlankOrEnd } from "./yamlCursor.ts"
import { collectionNode, type YamlNode } from "./yamlNode.ts"
import { doubleQuoted, plainScalar, singleQuoted } from "./yamlScalars.ts"
import { YamlValues } from "./yamlValues.ts"

/** libyaml looks no further for the colon of a key. */
export const maxKeyLength = 1024

export class YamlFlow extends YamlValues {
  protected flowCollection(open: number): YamlNode {
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
  protected flowEntry(items: Array<YamlNode>, mapping: boolean): void {
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

  protected atFlowEnd(): boolean {
    const code = this.code()
    return code === 44 || code === 93 || code === 125
  }

  protected flowSkip(): void {
    this.skip(true, true)
    if (this.atMarker(45) || this.atMarker(46)) this.fail("this bracket is not closed before the document ends")
  }

  protected flowNode(): YamlNode {
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

  protected flowAtom(): YamlNode {
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
}
