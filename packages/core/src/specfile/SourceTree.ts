/**
 * Judges the sources of a package before anything is built of them: is its spec file there, is it the one that its name says,
 * can it be read, and are the files that it names there or among those that `sources` has fetched.
 */
import * as NameList from "../NameList.ts"
import * as SpecFile from "./SpecFile.ts"

/** What is at a path of a commit. */
export interface Entry {
  readonly kind: "file" | "symbolic link" | "submodule"
  /** Bytes. */
  readonly size: number
}

/** All files of a commit by path, and the content of those that `isWanted` wants and that are not too large. */
export interface Tree {
  readonly entries: ReadonlyMap<string, Entry>
  readonly contents: ReadonlyMap<string, Uint8Array>
}

/**
 * - `spec-missing`: there is no spec file.
 * - `spec-name`: there is one, and it is not the package's.
 * - `spec-unreadable`: it is no text, or says nothing that a spec file says.
 * - `spec-package`: it is the spec file of another package.
 */
export interface Problem {
  readonly code: "spec-missing" | "spec-name" | "spec-unreadable" | "spec-package"
  readonly message: string
}

/** What is certainly wrong, which no build can succeed with, and what is doubtful. */
export interface Findings {
  readonly problems: ReadonlyArray<Problem>
  readonly remarks: ReadonlyArray<string>
}

/** Remarks about files of one package; the rest is counted. */
const mostRemarks = 10

/** Fedora keeps the spec file at the top, CentOS in `SPECS` beside `SOURCES`. */
const places = (entries: ReadonlyMap<string, Entry>): { readonly specs: string; readonly sources: string } =>
  [...entries.keys()].some((path) => path.startsWith("SPECS/"))
    ? { specs: "SPECS/", sources: "SOURCES/" }
    : { specs: "", sources: "" }

/** Whether the content of this file of a package has to be read. */
export const isWanted = (packageName: string) => (path: string): boolean =>
  [`${packageName}.spec`, `SPECS/${packageName}.spec`, "sources", `.${packageName}.metadata`].includes(path)

/** Judges what a commit of the package's repository holds. */
export const judge = (packageName: string, { contents, entries }: Tree): Findings => {
  const { sources, specs } = places(entries)
  const path = `${specs}${packageName}.spec`
  const problem = (code: Problem["code"], message: string): Findings => ({ problems: [{ code, message }], remarks: [] })
  const others = [...entries.keys()]
    .filter((one) => one.startsWith(specs) && /^[^/]+\.spec$/.test(one.slice(specs.length)) && one !== path)
    .sort()
  const entry = entries.get(path)
  if (entry === undefined || entry.kind === "submodule") {
    return others.length === 0
      ? problem("spec-missing", `there is no spec file ${path}`)
      : problem("spec-name", `the spec file must be ${path}; there is ${NameList.shorten(others, 5)}`)
  }
  const remarks = others.length === 0
    ? []
    : [`There are more spec files, which some build systems refuse: ${NameList.shorten(others, 5)}`]
  const bytes = contents.get(path)
  if (entry.kind === "symbolic link" || bytes === undefined) {
    const why = entry.kind === "symbolic link" ? "a symbolic link" : `too large, with ${entry.size} bytes`
    return { problems: [], remarks: [...remarks, `${path} was not looked at, because it is ${why}`] }
  }
  if (bytes.length === 0) return problem("spec-unreadable", `${path} is empty`)
  if (bytes.includes(0)) return problem("spec-unreadable", `${path} is not a text file`)
  const { isUtf8, text } = decode(bytes)
  if (!isUtf8) remarks.push(`${path} is not UTF-8 text`)
  const spec = SpecFile.read(text)
  const there = new Set(
    [...entries.keys()].filter((one) => one.startsWith(sources)).map((one) => one.slice(sources.length))
  )
  for (const one of [`.${packageName}.metadata`, "sources"]) {
    for (const name of fetched(contents.get(one))) there.add(name)
  }
  return {
    problems: problemsOf(packageName, path, spec),
    remarks: [...remarks, ...(saysNothing(spec) ? [] : doubts(packageName, path, spec)), ...absent(spec, there)]
  }
}

const decode = (bytes: Uint8Array): { readonly text: string; readonly isUtf8: boolean } => {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), isUtf8: true }
  } catch {
    return { text: new TextDecoder("latin1").decode(bytes), isUtf8: false }
  }
}

/** Names of files that are kept elsewhere: `SHA512 (NAME) = …`, or a checksum and a name. */
const fetched = (bytes: Uint8Array | undefined): ReadonlyArray<string> =>
  bytes === undefined ? [] : decode(bytes).text.split("\n").flatMap((line) => {
    const name = /^\w+ \((.+)\) = /.exec(line)?.[1] ?? /^[0-9a-fA-F]{32,128}\s+(?:SOURCES\/)?(.+)$/.exec(line)?.[1]
    return name === undefined ? [] : [name.trim()]
  })

const words = { name: "Name", version: "Version", release: "Release" } as const

/** Whether it has nothing that every spec file has. */
const saysNothing = ({ hidden, name, release, version }: SpecFile.SpecFile): boolean =>
  hidden === undefined && name.length + version.length + release.length === 0

const problemsOf = (packageName: string, path: string, spec: SpecFile.SpecFile): ReadonlyArray<Problem> => {
  if (saysNothing(spec)) {
    return [{ code: "spec-unreadable", message: `${path} is no spec file: it has no Name, no Version and no Release` }]
  }
  const [name] = spec.name
  return name === undefined || spec.name.length > 1 || !isCertain(name) || name.text === packageName
    ? []
    : [{ code: "spec-package", message: `${path} is the spec file of ${JSON.stringify(name.text.slice(0, 100))}` }]
}

const isCertain = (value: SpecFile.Value): boolean =>
  value.unknown === undefined && !value.isAssumed && !value.isConditional

/** What of name and version could not be made out. */
const doubts = (packageName: string, path: string, spec: SpecFile.SpecFile): ReadonlyArray<string> => {
  const remarks = (["name", "version", "release"] as const).flatMap((one) => {
    const values = spec[one]
    const word = `The ${words[one].toLowerCase()} in ${path}`
    if (values.length === 0) {
      const where = spec.hidden === undefined ? "" : `; ${JSON.stringify(spec.hidden)} may bring it in`
      return [`${word} was not found${where}`]
    }
    // Releases are made when packages are built: from dist tags, and often from the number of commits.
    if (one === "release") return []
    const unknown = values.find((value) => value.unknown !== undefined)
    if (unknown !== undefined) return [`${word} cannot be evaluated: ${unknown.unknown} (line ${unknown.line})`]
    return new Set(values.map(({ text }) => text)).size > 1 || values.some(({ isConditional }) => isConditional)
      ? [`${word} depends on a condition: ${NameList.shorten([...new Set(values.map(({ text }) => text))], 3)}`]
      : []
  })
  const [name] = spec.name
  if (
    name !== undefined && spec.name.length === 1 && name.unknown === undefined && !isCertain(name)
    && name.text !== packageName
  ) remarks.push(`The name in ${path} may be ${JSON.stringify(name.text.slice(0, 100))}`)
  if (spec.unclosed !== undefined) remarks.push(`The condition in line ${spec.unclosed} of ${path} has no %endif`)
  return remarks
}

/** Sources and patches that are neither in the repository nor among the files that are fetched. */
const absent = (spec: SpecFile.SpecFile, there: ReadonlySet<string>): ReadonlyArray<string> => {
  const remarks = spec.sources.flatMap(({ isConditional, tag, text, unknown }) => {
    if (unknown !== undefined) return [`${tag} cannot be evaluated: ${unknown}`]
    // rpm takes what stands behind the last slash, of an address as well.
    const file = text.slice(text.lastIndexOf("/") + 1)
    const where = isConditional ? ", and may be needed" : ""
    return file === "" || there.has(file)
      ? []
      : [`${tag} ${JSON.stringify(file.slice(0, 200))} is neither in the repository nor in its list of sources${where}`]
  })
  return remarks.length <= mostRemarks
    ? remarks
    : [...remarks.slice(0, mostRemarks), `${remarks.length - mostRemarks} more sources could not be found`]
}
