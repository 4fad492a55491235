/**
 * Plain scalars that are text here and something else to other readers of YAML, which lose what is written: `5.30` comes
 * back from them as `5.3`, `on` as `true`.
 */
import { type DocumentReader, within } from "./documentReader.ts"
import type { YamlNode } from "./yamlNode.ts"

/**
 * Numbers, booleans, nulls and dates of YAML 1.1 (https://yaml.org/type/) and of the core schema of YAML 1.2, clause 10.3.2.
 * The letters y and n are left out, because hardly any reader takes them for booleans.
 */
const typed = new RegExp(
  `^(?:${
    [
      String.raw`[-+]?(?:\.[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?`,
      String.raw`[-+]?0(?:x[0-9a-fA-F_]+|o[0-7_]+|b[01_]+)`,
      String.raw`[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?`,
      String.raw`[-+]?\.inf|\.nan|true|false|yes|no|on|off|null|~`,
      String.raw`[0-9]{4}-[0-9]{2}-[0-9]{2}`
    ].join("|")
  })$`,
  "i"
)

/** What the text of such a scalar begins with: hardly any stream does. */
const beginnings = new Uint8Array(128)
for (const char of "+-.0123456789~tfynoTFYNO") beginnings[char.charCodeAt(0)] = 1

/** Whether readers that resolve plain scalars take this one for something else than text. */
export const isTyped = (value: string): boolean => beginnings[value.charCodeAt(0)] === 1 && typed.test(value)

/** Warns of keys of a mapping that should be quoted, each at its own path. */
export const warnUnquotedKeys = (reader: DocumentReader, node: YamlNode): void => {
  if (node.kind !== "mapping") return
  for (let i = 0; i < node.items.length; i += 2) {
    const key = node.items[i]!
    if (key.kind === "scalar") within(reader, key.value, () => warnUnquoted(reader, key))
  }
}

/** Warns of a scalar that should be quoted, be it a value or a key. */
export const warnUnquoted = (reader: DocumentReader, node: YamlNode): void => {
  if (node.kind !== "scalar" || node.style !== "plain" || !isTyped(node.value)) return
  reader.warn(
    "unquoted-number",
    node,
    `other YAML readers take ${node.value} for a number or boolean`,
    `write "${node.value}"`
  )
}
