/** Looks at YAML as it was written: tags, and scalars as text, whatever YAML takes them for. */
import * as Yaml from "yaml"

/** Why a file cannot be read, for people. */
export class YamlRefused extends Error {}

/** A gating file that is larger is nobody's. */
export const mostBytes = 1024 * 1024

/** The documents of a text; empty ones are left out. Throws `YamlRefused` for what is no YAML or too much of it. */
export const documents = (text: string): ReadonlyArray<Yaml.Node> => {
  if (Buffer.byteLength(text) > mostBytes) throw new YamlRefused(`YAML Parser Error: more than ${mostBytes} bytes`)
  const parsed = Yaml.parseAllDocuments(text, { logLevel: "silent", prettyErrors: true, uniqueKeys: false })
  if (!Array.isArray(parsed)) return []
  return parsed.flatMap((document) => {
    const [error] = document.errors
    if (error !== undefined) throw new YamlRefused(`YAML Parser Error: ${error.message}`)
    const aliases: Array<Yaml.Alias> = []
    Yaml.visit(document, { Alias: (_, alias) => void aliases.push(alias) })
    if (aliases.length > 0) throw new YamlRefused("YAML Parser Error: anchors and aliases are not taken")
    return document.contents === null ? [] : [document.contents as Yaml.Node]
  })
}

/** The value of a mapping at a key; absent ones and `null` are `undefined`. Of equal keys the last one counts. */
export const at = (node: Yaml.YAMLMap, key: string): Yaml.Node | undefined => {
  const pair = node.items.findLast(({ key: one }) => Yaml.isScalar(one) && String(one.value) === key)
  const value = pair?.value as Yaml.Node | null | undefined
  return value === null || value === undefined || (Yaml.isScalar(value) && value.value === null) ? undefined : value
}

/** A scalar as it was written, without its quotes. */
export const text = (node: Yaml.Node): string => {
  if (!Yaml.isScalar(node)) throw new YamlRefused("expected a scalar node, but found a collection")
  return typeof node.value === "string" ? node.value : node.source ?? String(node.value)
}

/** The entries of a list. */
export const entries = (node: Yaml.Node): ReadonlyArray<Yaml.Node> => {
  if (!Yaml.isSeq(node)) {
    throw new YamlRefused(`expected a sequence node, but found ${Yaml.isScalar(node) ? "scalar" : "mapping"}`)
  }
  return node.items as ReadonlyArray<Yaml.Node>
}

/** A list of texts. */
export const texts = (node: Yaml.Node): ReadonlyArray<string> =>
  entries(node).map((entry) => {
    if (!Yaml.isScalar(entry) || typeof entry.value !== "string") throw new YamlRefused("Expected list of str objects")
    return entry.value
  })

/** `true` or `false`. */
export const flag = (node: Yaml.Node): boolean => {
  if (!Yaml.isScalar(node) || typeof node.value !== "boolean") {
    throw new YamlRefused(`Expected a boolean value, got: ${text(node)}`)
  }
  return node.value
}

/** A date, perhaps with a time, in UTC unless it says otherwise; milliseconds since 1970. */
export const time = (node: Yaml.Node): number => {
  const written = text(node)
  const millis = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(written) ? `${written}T00:00:00Z` : zoned(written))
  if (Number.isNaN(millis)) throw new YamlRefused(`Could not parse string as date/time, got: ${written}`)
  return millis
}

const zoned = (written: string): string => {
  const iso = written.replace(" ", "T")
  return /(?:Z|[+-]\d{2}:?\d{2})$/.test(iso) ? iso : `${iso}Z`
}

export const isMap: (node: unknown) => node is Yaml.YAMLMap = Yaml.isMap
