/** Reads the `primary` metadata of a repository: which packages it lists, with checksum, needs and offers. */
import * as Steps from "@orch/core/Steps"
import { SaxesParser } from "saxes"

/** A package as the metadata lists it. */
export interface ListedPackage {
  /** `name-epoch:version-release.arch`. */
  readonly nevra: string
  /** Of the file, in hexadecimal; absent where the metadata has a checksum of another kind. */
  readonly sha256: string | undefined
  readonly requires: ReadonlyArray<string>
  readonly provides: ReadonlyArray<string>
}

const operators: Readonly<Record<string, string>> = { EQ: "=", LT: "<", LE: "<=", GT: ">", GE: ">=" }

/** `bash >= 5.1`, as RPM writes it. */
const relation = (given: Readonly<Record<string, string>>): string => {
  const { epoch, flags = "", name = "", rel, ver } = given
  const operator = operators[flags]
  if (operator === undefined || ver === undefined) return name
  return `${name} ${operator} ${epoch === undefined || epoch === "0" ? "" : `${epoch}:`}${ver}${
    rel === undefined ? "" : `-${rel}`
  }`
}

/** Characters that are read in one go: about a millisecond. */
const piece = 32_768

function* written(parser: SaxesParser, text: string): Generator<void, void> {
  for (let at = 0; at < text.length; at += piece) {
    parser.write(text.slice(at, at + piece))
    yield
  }
  parser.close()
}

/** Reads the packages, in the order of the text, some at a time. Throws where it is no XML. */
export function* reading(text: string): Generator<void, ReadonlyArray<ListedPackage>> {
  const found: Array<ListedPackage> = []
  const parser = new SaxesParser({})
  let own: Record<string, string> = {}
  let requires: Array<string> = []
  let provides: Array<string> = []
  let list: Array<string> | undefined
  let element = ""
  let kind = ""
  parser.on("error", (error) => {
    throw error
  })
  parser.on("opentag", ({ attributes, name }) => {
    element = name
    if (name === "package") {
      own = {}
      requires = []
      provides = []
    } else if (name === "version") own = { ...own, ...attributes as Record<string, string> }
    else if (name === "checksum") kind = String(attributes["type"])
    else if (name === "rpm:requires") list = requires
    else if (name === "rpm:provides") list = provides
    else if (name === "rpm:entry") list?.push(relation(attributes as Record<string, string>))
  })
  parser.on("text", (value) => {
    if (element === "name" || element === "arch") own[element] = (own[element] ?? "") + value
    else if (element === "checksum" && kind === "sha256") own["sha256"] = (own["sha256"] ?? "") + value
  })
  parser.on("closetag", ({ name }) => {
    element = ""
    if (name === "rpm:requires" || name === "rpm:provides") list = undefined
    if (name !== "package") return
    const { arch = "", epoch = "0", name: called = "", rel = "", sha256, ver = "" } = own
    found.push({
      nevra: `${called}-${epoch}:${ver}-${rel}.${arch}`,
      sha256: sha256?.trim().toLowerCase(),
      requires,
      provides
    })
  })
  yield* written(parser, text)
  return found
}

/** The packages in the order of the text. Throws where it is no XML. */
export const parse = (text: string): ReadonlyArray<ListedPackage> => Steps.finish(reading(text))

/** Finds which packages have these files, by name, in the `filelists` metadata, some at a time; directories are not looked at. */
export function* owners(
  text: string,
  files: ReadonlySet<string>
): Generator<void, ReadonlyMap<string, ReadonlyArray<string>>> {
  const found = new Map<string, Array<string>>()
  const parser = new SaxesParser({})
  let name = ""
  let path: string | undefined
  parser.on("error", (error) => {
    throw error
  })
  parser.on("opentag", ({ attributes, name: element }) => {
    if (element === "package") name = String(attributes["name"] ?? "")
    path = element === "file" && attributes["type"] !== "dir" ? "" : undefined
  })
  parser.on("text", (value) => {
    if (path !== undefined) path += value
  })
  parser.on("closetag", ({ name: element }) => {
    if (element === "file" && path !== undefined && files.has(path)) {
      const known = found.get(path)
      if (known === undefined) found.set(path, [name])
      else known.push(name)
    }
    path = undefined
  })
  yield* written(parser, text)
  return found
}
