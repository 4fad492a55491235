/**
 * What the import rules need to know about one TypeScript file, read from its syntax tree.
 *
 * Imports are resolved to paths inside the repository where they lead there (`./X.ts`, `@orch/core/Nsvc`), and are kept
 * as written otherwise (`effect/Result`, `node:fs`). Type imports count: a type from the wrong room couples as well.
 */
import { posix } from "node:path"
import { parseSync } from "oxc-parser"

export interface SourceFile {
  /** Relative to the root of the repository. */
  readonly path: string
  readonly imports: ReadonlyArray<Import>
  readonly uses: ReadonlyArray<Use>
  /** Lines that hold something other than blanks and comments. */
  readonly linesOfCode: number
  readonly opensWithComment: boolean
  readonly syntaxErrors: ReadonlyArray<string>
}

export interface Import {
  readonly specifier: string
  readonly target: string
  readonly line: number
  /** `export * from`, which publishes whatever the other file happens to export. */
  readonly wholesale: boolean
}

/** A use of something impure or unsafe, such as `Date.now` or `as any`. */
export interface Use {
  readonly what: string
  readonly line: number
}

interface Node {
  readonly type: string
  readonly start: number
  readonly [key: string]: unknown
}

const resolve = (from: string, specifier: string): string => {
  if (specifier.startsWith(".")) return posix.normalize(posix.join(posix.dirname(from), specifier))
  const own = /^@orch\/([^/]+)(?:\/(.+))?$/.exec(specifier)
  return own === null ? specifier : `packages/${own[1]}/src/${own[2] ?? "index"}.ts`
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as Node).type === "string"

const isNamed = (value: unknown, name: string): boolean =>
  isNode(value) && value.type === "Identifier" && value["name"] === name

const impureCalls = new Set(["fetch", "setTimeout", "setInterval", "setImmediate", "queueMicrotask"])
const impureMembers = new Map([
  ["Date", new Set(["now"])],
  ["Math", new Set(["random"])],
  ["performance", new Set(["now"])],
  ["crypto", new Set(["randomUUID", "getRandomValues"])],
  ["console", new Set(["log", "error", "warn", "info", "debug"])],
  ["process", new Set(["env", "argv", "exit", "cwd", "pid", "platform", "stdin", "stdout", "stderr", "hrtime"])]
])

const useOf = (node: Node): string | undefined => {
  if (node.type === "MemberExpression" && isNode(node["object"]) && isNode(node["property"])) {
    const object = String(node["object"]["name"])
    const property = String(node["property"]["name"])
    return node["object"].type === "Identifier" && impureMembers.get(object)?.has(property) === true
      ? `${object}.${property}`
      : undefined
  }
  if (node.type === "NewExpression" && isNamed(node["callee"], "Date")) {
    return Array.isArray(node["arguments"]) && node["arguments"].length === 0 ? "new Date()" : undefined
  }
  if (node.type === "CallExpression" && isNode(node["callee"]) && node["callee"].type === "Identifier") {
    const name = String(node["callee"]["name"])
    return impureCalls.has(name) ? name : undefined
  }
  const anyCast = node.type === "TSAsExpression" && isNode(node["typeAnnotation"])
    && node["typeAnnotation"].type === "TSAnyKeyword"
  return anyCast ? "as any" : undefined
}

/** Visits every node of a tree without recursion, so that deep expressions do no harm. */
const walk = (root: unknown, visit: (node: Node) => void): void => {
  const open: Array<unknown> = [root]
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (isNode(value)) visit(value)
    if (typeof value === "object" && value !== null) {
      for (const child of Object.values(value)) if (typeof child === "object" && child !== null) open.push(child)
    }
  }
}

export const parse = (path: string, text: string): SourceFile => {
  const { comments, errors, module, program } = parseSync(path, text)
  const starts = [...text.matchAll(/^/gm)].map((match) => match.index)
  const lineAt = (offset: number): number => starts.findLastIndex((start) => start <= offset) + 1
  const imports: Array<Import> = []
  const add = (specifier: string, offset: number, more: Partial<Import> = {}) =>
    imports.push({
      specifier,
      target: resolve(path, specifier),
      line: lineAt(offset),
      wholesale: false,
      ...more
    })

  for (const { moduleRequest, start } of module.staticImports) add(moduleRequest.value, start)
  for (const { importName, moduleRequest, start } of module.staticExports.flatMap(({ entries }) => entries)) {
    if (moduleRequest === null) continue
    add(moduleRequest.value, start, { wholesale: importName.kind === "AllButDefault" })
  }
  for (const { moduleRequest, start } of module.dynamicImports) {
    const written = text.slice(moduleRequest.start, moduleRequest.end)
    const literal = /^["'](.*)["']$/.exec(written)
    if (literal?.[1] !== undefined) add(literal[1], start)
  }
  const uses: Array<Use> = []
  walk(program, (node) => {
    const what = useOf(node)
    if (what !== undefined) uses.push({ what, line: lineAt(node.start) })
  })
  for (const { start, value } of comments) {
    const what = /@ts-(?:ignore|nocheck|expect-error)/.exec(value)?.[0]
    if (what !== undefined) uses.push({ what, line: lineAt(start) })
  }
  const blanked = [...comments].reverse().reduce(
    (rest, { end, start }) => rest.slice(0, start) + rest.slice(start, end).replace(/[^\n]/g, " ") + rest.slice(end),
    text
  )
  return {
    path,
    imports,
    uses,
    linesOfCode: blanked.split("\n").filter((line) => line.trim() !== "").length,
    opensWithComment: /^(?:#!.*\n)?\s*\/[*/]/.test(text),
    syntaxErrors: errors.map(({ message }) => message)
  }
}
