/**
 * What is different between two indexes, by documents and by the values in them.
 */
import { compareText } from "../internal/codePointOrder.ts"
import { parseYaml } from "./internal/parseYaml.ts"
import { writeDocument } from "./internal/writeDocument.ts"
import type { YamlNode } from "./internal/yamlNode.ts"
import * as ModuleIndex from "./ModuleIndex.ts"
import type { ModulemdDocument } from "./ModulemdDocument.ts"
import { kind, nsvca } from "./ModulemdDocument.ts"

/** One value that differs: text, or for what was added or removed as a whole only one side. */
export interface ValueChange {
  /** As `data.components.rpms.foo.ref`; sets name their element, `data.api.rpms[foo]`. */
  readonly path: string
  readonly before: string | undefined
  readonly after: string | undefined
}

/** One document that only one side has, or that both have with different values. */
export interface DocumentChange {
  readonly _tag: "Added" | "Removed" | "Changed"
  readonly kind: string
  /** N:S:V:C:A, or module and stream. */
  readonly key: string
  /** Empty for documents added or removed as a whole. */
  readonly values: ReadonlyArray<ValueChange>
}

/**
 * All changes that lead from `before` to `after`, by kind and key; empty for indexes of equal content. What is compared
 * is the canonical text of what counts in each index, so order, comments and quotes make no difference.
 */
export const between = (
  before: ModuleIndex.ModuleIndex,
  after: ModuleIndex.ModuleIndex
): ReadonlyArray<DocumentChange> => {
  const old = keyed(before)
  const current = keyed(after)
  const changes: Array<DocumentChange> = []
  for (const key of [...new Set([...old.keys(), ...current.keys()])].sort(compareText)) {
    const a = old.get(key)
    const b = current.get(key)
    const subject = (a ?? b)!
    const head = { kind: kind(subject), key: identity(subject) }
    if (a === undefined) changes.push({ _tag: "Added", ...head, values: [] })
    else if (b === undefined) changes.push({ _tag: "Removed", ...head, values: [] })
    else {
      const values = valueChanges(a, b)
      if (values.length > 0) changes.push({ _tag: "Changed", ...head, values })
    }
  }
  return changes
}

/**
 * Lines for people: `+` added, `-` removed, `~` changed with the values below. Each line ends in a newline; no changes
 * give "".
 */
export const format = (changes: ReadonlyArray<DocumentChange>): string =>
  changes.map(({ _tag, key, kind, values }) => {
    const sign = _tag === "Added" ? "+" : _tag === "Removed" ? "-" : "~"
    const lines = values.map(({ after, before, path }) =>
      before === undefined
        ? `    + ${path}: ${after}\n`
        : after === undefined
        ? `    - ${path}: ${before}\n`
        : `    ~ ${path}: ${before} -> ${after}\n`
    )
    return `${sign} ${kind} ${key}\n${lines.join("")}`
  }).join("")

/** Defaults are one per module whatever their default stream. */
const identity = (document: ModulemdDocument): string =>
  document._tag === "ModuleDefaults"
    ? document.module
    : document._tag === "ModuleObsoletes"
    ? `${nsvca(document)} of ${document.modified}`
    : nsvca(document)

const keyed = (index: ModuleIndex.ModuleIndex): ReadonlyMap<string, ModulemdDocument> =>
  new Map(ModuleIndex.documents(index).map((document) => [`${kind(document)} ${identity(document)}`, document]))

const valueChanges = (a: ModulemdDocument, b: ModulemdDocument): ReadonlyArray<ValueChange> => {
  const before = values(a)
  const after = values(b)
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => ({ path, before: before.get(path), after: after.get(path) }))
}

/** The canonical text has every value in one place, so it is what is compared. */
const values = (document: ModulemdDocument): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  parseYaml(writeDocument(document), ({ root }) => {
    if (root !== undefined) walk(root, "", found)
  })
  return found
}

const walk = (node: YamlNode, path: string, found: Map<string, string>): void => {
  if (node.kind === "scalar") found.set(path, node.value)
  else if (node.kind === "mapping") {
    if (node.items.length === 0) found.set(path, "{}")
    for (let i = 0; i < node.items.length; i += 2) {
      const key = node.items[i]!.value
      walk(node.items[i + 1]!, path === "" ? key : `${path}.${key}`, found)
    }
  } else {
    if (node.items.length === 0) found.set(path, "[]")
    node.items.forEach((item, i) => {
      if (item.kind === "scalar") found.set(`${path}[${item.value}]`, item.value)
      else walk(item, `${path}[${i}]`, found)
    })
  }
}
