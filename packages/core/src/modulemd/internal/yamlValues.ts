/**
 * What stands before or instead of a YAML value: anchors, tags, aliases; with the bounds that keep a hostile document from
 * growing when aliases are resolved or from nesting without end.
 */
import { YamlCursor, YamlSyntaxError } from "./yamlCursor.ts"
import { scalarNode, type YamlNode } from "./yamlNode.ts"

/** Deeper nesting is refused: nothing real comes near, and every reader behind this one is recursive. */
export const maxDepth = 500

/** How many nodes aliases may add to a document. */
export const maxAliasNodes = 1_000_000

export class YamlValues extends YamlCursor {
  protected nodes = 0
  /** Tag handles and directives declared for this document. */
  protected handles: Set<string> | undefined
  private depth = 0
  private aliased = 0
  private readonly anchors = new Map<string, { node: YamlNode | undefined; nodes: number }>()

  /** Anchor and tag in either order; answers the anchor's name. Tags are checked for form only: modulemd ignores them. */
  protected properties(): string | undefined {
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

  protected tag(): void {
    const pattern =
      /!(?:<[^\s<>]+>|([A-Za-z0-9_-]*!)?[A-Za-z0-9_\-;/?:@&=+$.~*'()%!]*)(?=[ \t\r\n\u0085\u2028\u2029,\]}]|$)/y
    pattern.lastIndex = this.pos
    const match = pattern.exec(this.text)
    if (match === null) this.fail("this tag is not well formed", this.pos, "modulemd needs no tags; put text in quotes")
    const handle = match![1]
    if (handle !== undefined && handle !== "!" && !this.handles?.has(`!${handle}`)) {
      this.fail(`the tag handle !${handle} is not declared`)
    }
    this.pos = pattern.lastIndex
  }

  protected name(what: string): string {
    const pattern = /[&*]([A-Za-z0-9_-]+)(?=[ \t\r\n\u0085\u2028\u2029?:,\]}%@`]|$)/y
    pattern.lastIndex = this.pos
    const match = pattern.exec(this.text)
    if (match === null) {
      this.fail(`${what} has a name of letters and digits`, this.pos, "put text that starts with * or & in quotes")
    }
    this.pos = pattern.lastIndex
    return match![1]!
  }

  protected alias(): YamlNode {
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

  protected announce(anchor: string | undefined): void {
    if (anchor !== undefined) this.anchors.set(anchor, { node: undefined, nodes: 0 })
  }

  protected define(anchor: string | undefined, node: YamlNode, before: number): void {
    if (anchor !== undefined) this.anchors.set(anchor, { node, nodes: this.nodes - before + 1 })
  }

  protected empty(): YamlNode {
    this.nodes++
    return scalarNode(this.pos, this.pos, "", "plain")
  }

  /** Goes a level down; what throws ends the document, so only success has to come up again. */
  protected enter(): void {
    this.nodes++
    if (++this.depth > maxDepth) {
      throw new YamlSyntaxError(this.pos, `nested deeper than ${maxDepth} levels`, "yaml-depth")
    }
  }

  protected leave(node: YamlNode): YamlNode {
    this.depth--
    return node
  }
}
