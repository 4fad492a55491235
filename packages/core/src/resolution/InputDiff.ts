/**
 * What went into two builds of a module differently: the question behind "why was everything built anew".
 */
import * as PythonJson from "./PythonJson.ts"

/** What went into one build. */
export interface BuildInputs {
  readonly version: string
  readonly context: string
  readonly arches: ReadonlyArray<string>
  /** `buildopts.rpms.macros`. */
  readonly macros: string
  /** `stream:version:context` by module name. */
  readonly buildrequires: Readonly<Record<string, string>>
  /** Streams required at run time, by module name. */
  readonly requires: Readonly<Record<string, ReadonlyArray<string>>>
  readonly components: Readonly<
    Record<string, { readonly commit: string | null; readonly batch: number; readonly repository: string }>
  >
}

/** One thing that is not the same in both builds. */
export interface Difference {
  readonly what: "version" | "context" | "arches" | "macros" | "buildrequire" | "require" | "component"
  /** Module or component, where there are several. */
  readonly name: string | undefined
  /** `null` where there was, or is, none. */
  readonly from: string | null
  readonly to: string | null
}

const names = (one: object, two: object): ReadonlyArray<string> =>
  Array.from(new Set([...Object.keys(one), ...Object.keys(two)])).sort(PythonJson.compareText)

const member = <A>(record: Readonly<Record<string, A>>, name: string): A | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

const describe = (component: BuildInputs["components"][string] | undefined): string | null =>
  component === undefined
    ? null
    : `${component.repository} at ${component.commit ?? "an unknown commit"} in batch ${component.batch}`

const streams = (list: ReadonlyArray<string> | undefined): string | null =>
  list === undefined ? null : list.length === 0 ? "any" : list.join(", ")

/** All differences, in the order in which they matter: identity, surroundings, components. Empty for equal inputs. */
export const compare = (from: BuildInputs, to: BuildInputs): ReadonlyArray<Difference> => {
  const differences: Array<Difference> = []
  const note = (what: Difference["what"], name: string | undefined, one: string | null, two: string | null): void => {
    if (one !== two) differences.push({ what, name, from: one, to: two })
  }
  note("version", undefined, from.version, to.version)
  note("context", undefined, from.context, to.context)
  note("arches", undefined, from.arches.toSorted().join(" "), to.arches.toSorted().join(" "))
  note("macros", undefined, from.macros, to.macros)
  for (const name of names(from.buildrequires, to.buildrequires)) {
    note("buildrequire", name, member(from.buildrequires, name) ?? null, member(to.buildrequires, name) ?? null)
  }
  for (const name of names(from.requires, to.requires)) {
    note("require", name, streams(member(from.requires, name)), streams(member(to.requires, name)))
  }
  for (const name of names(from.components, to.components)) {
    note("component", name, describe(member(from.components, name)), describe(member(to.components, name)))
  }
  return differences
}

/** One line for people, without a newline: `component perl: new, …`, `buildrequire platform: el8 -> el9`. */
export const format = ({ from, name, to, what }: Difference): string => {
  const subject = name === undefined ? what : `${what} ${name}`
  if (from === null) return `${subject}: new, ${to}`
  if (to === null) return `${subject}: gone, was ${from}`
  return what === "macros" ? `${subject}: changed` : `${subject}: ${from} -> ${to}`
}
