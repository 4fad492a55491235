/**
 * Changes to a modulemd text that leave everything else as it was: comments, order, quotes, line ends.
 *
 * Each edit finds its place by the positions of the parsed document, replaces or inserts as little as it can, and reads
 * the result again before handing it out.
 */
import * as Result from "effect/Result"
import { find } from "./internal/documentReader.ts"
import { parseYaml } from "./internal/parseYaml.ts"
import type { YamlNode } from "./internal/yamlNode.ts"
import { quoted, scalar } from "./internal/yamlText.ts"
import * as Modulemd from "./Modulemd.ts"

/**
 * Why a text was not changed, in words for the one who asked. `NotValid`: it has an error already. `NotFound`: it has
 * nothing of that name. `NotPossible`: it cannot be changed in this way, or what came of it would not be valid.
 */
export interface EditProblem {
  readonly _tag: "EditProblem"
  readonly reason: "NotValid" | "NotFound" | "NotPossible"
  readonly message: string
}

interface Change {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * Copies every configuration of packager v3 documents for the platform `from` to one for `to`, behind the original. The
 * new context is the platform's name where that is possible and free, else the first free number.
 *
 * Returns the whole text with the copies. Fails with `EditProblem`, also where there is a configuration for `to`
 * already.
 */
export const addPlatform = (
  text: string,
  { from, to }: { readonly from: string; readonly to: string }
): Result.Result<string, EditProblem> => {
  const roots = parse(text)
  if (typeof roots === "string") return fail("NotValid", roots)
  const changes: Array<Change> = []
  for (const root of roots) {
    const data = kindOf(root) === "modulemd-packager 3" ? find(root, "data") : undefined
    const list = data === undefined ? undefined : find(data, "configurations")
    if (list?.kind !== "sequence") continue
    const contexts = new Set(list.items.map((item) => find(item, "context")?.value ?? ""))
    for (const item of list.items) {
      const platform = find(item, "platform")
      const context = find(item, "context")
      if (platform?.value !== from || context === undefined || item.alias) continue
      if (list.items.some((other) => find(other, "platform")?.value === to)) {
        return fail("NotPossible", `there is a configuration for the platform ${to} already`)
      }
      const fresh = freeContext(contexts, to)
      contexts.add(fresh)
      const replaced = [replacement(platform, to), replacement(context, fresh)]
      changes.push(text[list.start] === "[" ? flowCopy(text, item, replaced) : blockCopy(text, item, replaced))
    }
  }
  if (changes.length === 0) return fail("NotFound", `there is no packager v3 configuration for the platform ${from}`)
  return checked(apply(text, changes))
}

/**
 * Sets the `ref` of a package component in every document that has it.
 *
 * Returns the whole text with the new ref. Fails with `EditProblem`, also where no document has the component.
 *
 * ```ts run
 * import * as ModulemdEdit from "@orch/core/modulemd/ModulemdEdit"
 * import * as Result from "effect/Result"
 *
 * const text = `document: modulemd-stream
 * version: 2
 * data:
 *   summary: A greeting
 *   description: A greeting for tests
 *   license: {module: [MIT]}
 *   components:
 *     rpms:
 *       hello:
 *         rationale: Says it. # for everybody
 *         ref: main
 * `
 * const edited = ModulemdEdit.setRef(text, { component: "hello", ref: "v2" })
 * Result.getOrThrow(edited) // => text.replace("ref: main", "ref: v2")
 * ```
 */
export const setRef = (
  text: string,
  { component, ref }: { readonly component: string; readonly ref: string }
): Result.Result<string, EditProblem> => {
  const roots = parse(text)
  if (typeof roots === "string") return fail("NotValid", roots)
  const changes: Array<Change> = []
  for (const root of roots) {
    const node = ["data", "components", "rpms", component].reduce<YamlNode | undefined>(
      (parent, key) => parent === undefined ? undefined : find(parent, key),
      root
    )
    if (node === undefined) continue
    if (node.kind !== "mapping" || node.alias) {
      return fail("NotPossible", `the component ${component} is not written as a mapping`)
    }
    const present = find(node, "ref")
    changes.push(present === undefined ? newKey(text, node, "ref", ref) : replacement(present, ref))
  }
  if (changes.length === 0) return fail("NotFound", `there is no component ${component}`)
  return checked(apply(text, changes))
}

const fail = (reason: EditProblem["reason"], message: string): Result.Result<never, EditProblem> =>
  Result.fail({ _tag: "EditProblem", reason, message })

/** The roots of all documents, or what is wrong with the text. */
const parse = (text: string): ReadonlyArray<YamlNode> | string => {
  const problem = Modulemd.read(text).problems.find(({ severity }) => severity === "error")
  if (problem !== undefined) return `line ${problem.line}: ${problem.message}`
  const roots: Array<YamlNode> = []
  parseYaml(text, ({ root }) => {
    if (root !== undefined) roots.push(root)
  })
  return roots
}

const checked = (text: string): Result.Result<string, EditProblem> => {
  const problem = Modulemd.read(text).problems.find(({ severity }) => severity === "error")
  return problem === undefined
    ? Result.succeed(text)
    : fail("NotPossible", `the result would not be valid: line ${problem.line}: ${problem.message}`)
}

const kindOf = (root: YamlNode): string => `${find(root, "document")?.value} ${find(root, "version")?.value}`

const freeContext = (taken: ReadonlySet<string>, platform: string): string => {
  if (/^[A-Za-z0-9]{1,10}$/.test(platform) && !taken.has(platform)) return platform
  let number = 1
  while (taken.has(String(number))) number++
  return String(number)
}

const replacement = (node: YamlNode, value: string): Change => ({
  start: node.start,
  end: node.end,
  text: node.style === "plain" && !node.alias ? scalar(value) : quoted(value)
})

/** From the last change to the first, so that offsets stay true. */
const apply = (text: string, changes: ReadonlyArray<Change>): string =>
  [...changes].sort((a, b) => b.start - a.start).reduce(
    (changed, { end, start, text: insert }) => changed.slice(0, start) + insert + changed.slice(end),
    text
  )

const shifted = (changes: ReadonlyArray<Change>, offset: number): ReadonlyArray<Change> =>
  changes.map(({ end, start, text }) => ({ start: start - offset, end: end - offset, text }))

/** The lines of a list item, from its dash to the end of its last line, written once more below. */
const blockCopy = (text: string, item: YamlNode, replaced: ReadonlyArray<Change>): Change => {
  const dash = text.lastIndexOf("-", item.start - 1)
  const start = text.lastIndexOf("\n", dash) + 1
  const end = lineEnd(text, item.end)
  return { start: end, end, text: lineBreak(text) + apply(text.slice(start, end), shifted(replaced, start)) }
}

const flowCopy = (text: string, item: YamlNode, replaced: ReadonlyArray<Change>): Change => ({
  start: item.end,
  end: item.end,
  text: `, ${apply(text.slice(item.start, item.end), shifted(replaced, item.start))}`
})

const lineEnd = (text: string, offset: number): number => {
  const match = /\r?\n/g
  match.lastIndex = offset
  return match.exec(text)?.index ?? text.length
}

const lineBreak = (text: string): string => text.includes("\r\n") ? "\r\n" : "\n"

/** A key more, behind the others: on a line of its own, or before the closing brace. */
const newKey = (text: string, mapping: YamlNode, key: string, value: string): Change => {
  if (text[mapping.start] === "{") {
    const at = mapping.items.length === 0 ? mapping.end - 1 : mapping.items.at(-1)!.end
    return { start: at, end: at, text: `${mapping.items.length === 0 ? "" : ", "}${key}: ${scalar(value)}` }
  }
  const at = lineEnd(text, mapping.end)
  const indent = " ".repeat(mapping.start - (text.lastIndexOf("\n", mapping.start - 1) + 1))
  return { start: at, end: at, text: `${lineBreak(text)}${indent}${key}: ${scalar(value)}` }
}
