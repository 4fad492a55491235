/**
 * A YAML node with its place in the text. Nothing is resolved: a scalar is its raw text, because modulemd values such as
 * the stream `1.10` or a 19-digit version must never become numbers.
 */

export type Style = "plain" | "single" | "double" | "literal" | "folded"

/** One shape for all three kinds keeps property access monomorphic; `items` of a mapping alternate key and value. */
export interface YamlNode {
  readonly kind: "scalar" | "sequence" | "mapping"
  /** Offset of the first character in the text, properties excluded. */
  readonly start: number
  /** Offset behind the last character. */
  end: number
  readonly value: string
  readonly style: Style
  readonly items: Array<YamlNode>
  /** Whether an alias stood here; the content is then that of its anchor. */
  readonly alias: boolean
}

const none: Array<YamlNode> = []

export const scalarNode = (start: number, end: number, value: string, style: Style): YamlNode => ({
  kind: "scalar",
  start,
  end,
  value,
  style,
  items: none,
  alias: false
})

export const collectionNode = (kind: "sequence" | "mapping", start: number): YamlNode => ({
  kind,
  start,
  end: start,
  value: "",
  style: "plain",
  items: [],
  alias: false
})
