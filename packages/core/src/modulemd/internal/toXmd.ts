/**
 * YAML nodes as extensible metadata: for what is kept as it is written because nothing is known about it.
 */
import type { Xmd } from "../Xmd.ts"
import type { YamlNode } from "./yamlNode.ts"

/** The node as a tree of text; `undefined` where a key is no text or comes twice, which such a tree cannot hold. */
export const toXmd = (node: YamlNode): Xmd | undefined => {
  if (node.kind === "scalar") return node.value
  if (node.kind === "sequence") {
    const items: Array<Xmd> = []
    for (const item of node.items) {
      const value = toXmd(item)
      if (value === undefined) return undefined
      items.push(value)
    }
    return items
  }
  const map = new Map<string, Xmd>()
  for (let i = 0; i < node.items.length; i += 2) {
    const key = node.items[i]!
    const value = toXmd(node.items[i + 1]!)
    if (key.kind !== "scalar" || map.has(key.value) || value === undefined) return undefined
    map.set(key.value, value)
  }
  return map
}
