/**
 * Text to YAML nodes, document by document.
 */
import { FAILSAFE_SCHEMA, loadAll } from "js-yaml"
import type { YamlNode } from "./yamlNode.ts"

export interface YamlError {
  readonly offset: number
  readonly message: string
}

export interface ParsedDocument {
  readonly root: YamlNode | undefined
  readonly start: number
  readonly error: YamlError | undefined
}

const node = (value: unknown): YamlNode => {
  const base = { start: 0, end: 0, style: "single" as const, alias: false }
  if (value === null || value === undefined) return { ...base, kind: "scalar", value: "", items: [], style: "plain" }
  if (Array.isArray(value)) return { ...base, kind: "sequence", value: "", items: value.map(node) }
  if (typeof value === "object") {
    return { ...base, kind: "mapping", value: "", items: Object.entries(value).flatMap(([k, v]) => [node(k), node(v)]) }
  }
  return { ...base, kind: "scalar", value: String(value), items: [] }
}

export const parseYaml = (text: string): ReadonlyArray<ParsedDocument> => {
  try {
    return loadAll(text, null, { schema: FAILSAFE_SCHEMA }).map((value) => ({
      root: value === null ? undefined : node(value),
      start: 0,
      error: undefined
    }))
  } catch (error) {
    return [{ root: undefined, start: 0, error: { offset: 0, message: String(error) } }]
  }
}
