/**
 * What a TypeScript file exports and what its docstrings say, read from its syntax tree.
 *
 * The comment that opens a file is the file's own: it says why the file exists and does not document the first export.
 * Names that are only passed on (`export { X } from`) are documented where they are declared.
 */
import { parseSync } from "oxc-parser"

export interface Export {
  readonly path: string
  readonly line: number
  readonly name: string
  readonly isFunction: boolean
  /** The text of the docstring without its stars; absent when there is none. */
  readonly docstring: string | undefined
  /** The declared result of a function, as written; empty when none is declared. */
  readonly result: string
  /** Types of the same file that its signature names and that are not exported: the reference has no page for them. */
  readonly hidden: ReadonlyArray<string>
}

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as Node).type === "string"

const functions = new Set(["ArrowFunctionExpression", "FunctionExpression", "FunctionDeclaration"])

/** `Effect.fn("name")(function*() {…})`, `Effect.fnUntraced(function*() {…})` and the like make functions, too. */
const madeByFn = (text: string): boolean => /^Effect\.fn(?:Untraced)?\b/.test(text)

const plain = (comment: string): string =>
  comment.replace(/^\*/, "").split("\n").map((line) => line.replace(/^\s*\* ?/, "")).join("\n").trim()

const children = (node: Node): ReadonlyArray<unknown> =>
  Object.entries(node).flatMap(([key, value]) =>
    // What a function does, and what a value without declared type is made of, is no part of its signature.
    (key === "body" && functions.has(node.type)) || (key === "init" && !(isNode(value) && functions.has(value.type)))
      ? []
      : value
  )

/** Names of all types that a signature refers to. */
const typesOf = (declaration: Node): ReadonlySet<string> => {
  const names = new Set<string>()
  const open: Array<unknown> = [declaration]
  while (open.length > 0) {
    const node = open.pop()
    if (Array.isArray(node)) open.push(...node)
    if (!isNode(node)) continue
    if (node.type === "TSTypeReference" && isNode(node["typeName"])) names.add(String(node["typeName"]["name"]))
    open.push(...children(node))
  }
  return names
}

/** Names that hide what they stand for. A plain second name for another type does not: the compiler sees through it. */
const opaqueTypes = (body: ReadonlyArray<unknown>): ReadonlySet<string> =>
  new Set(body.flatMap((one) => {
    if (!isNode(one) || !isNode(one["id"])) return []
    const { id, typeAnnotation: meaning } = one
    const isOpaque = one.type === "TSInterfaceDeclaration" || (one.type === "TSTypeAliasDeclaration"
      && !isNode(one["typeParameters"]) && isNode(meaning)
      && (/^TS(?:Union|Intersection|Mapped|Function)Type$|^TSTypeLiteral$/.test(meaning.type)
        || (meaning.type === "TSTypeReference" && isNode(meaning["typeArguments"]))))
    return isOpaque && isNode(id) ? [String(id["name"])] : []
  }))

/** Every export that the file declares itself, in order. A name declared twice (a value and its type) counts once. */
export const read = (path: string, text: string): ReadonlyArray<Export> => {
  const { comments, program } = parseSync(path, text)
  const docs = comments.filter(({ start, type, value }) =>
    type === "Block" && value.startsWith("*") && text.slice(0, start).trim() !== ""
  )
  const found = new Map<string, Export>()
  const opaque = opaqueTypes(program.body)
  for (const statement of program.body as ReadonlyArray<unknown>) {
    if (!isNode(statement) || !/^Export(?:Named|Default)Declaration$/.test(statement.type)) continue
    const { declaration } = statement
    if (!isNode(declaration)) continue
    const doc = docs.findLast(({ end }) => end <= statement.start)
    // A linter's directive may stand between the two.
    const between = doc === undefined ? "" : text.slice(doc.end, statement.start).replaceAll(/^\s*\/\/.*$/gm, "")
    const docstring = doc !== undefined && between.trim() === ""
      ? plain(doc.value)
      : undefined
    const declared = Array.isArray(declaration["declarations"]) ? declaration["declarations"] : [declaration]
    for (const one of declared.filter(isNode)) {
      const name = isNode(one["id"]) ? String(one["id"]["name"]) : "default"
      const body = isNode(one["init"]) ? one["init"] : one
      const result = isNode(body["returnType"]) ? body["returnType"] : undefined
      const known = found.get(name)
      found.set(name, {
        path,
        line: known?.line ?? text.slice(0, statement.start).split("\n").length,
        name,
        isFunction: known?.isFunction === true || functions.has(body.type) ||
          madeByFn(text.slice(body.start, body.end)),
        docstring: known?.docstring ?? docstring,
        hidden: [...known?.hidden ?? [], ...[...typesOf(one)].filter((type) => opaque.has(type))],
        result: result === undefined ? known?.result ?? "" : text.slice(result.start, result.end).replace(/^:\s*/, "")
      })
    }
  }
  return [...found.values()]
}
