/** How two states of a repository differ: production and where it is synced from, or what was released and what is there. */
import * as Order from "effect/Order"
import * as Evr from "../Evr.ts"
import * as Nevra from "../Nevra.ts"

/** A package of either side. */
export interface Side {
  readonly nevra: string
  /** Absent where a side does not tell. */
  readonly sha256?: string
  /** `name:stream` of the module that ships it: packages of two streams are no versions of one another. */
  readonly module?: string
}

/** One difference, of packages or of modules. What has no counterpart of its name and architecture is `added` or `missing`. */
export type Drift =
  | { readonly _tag: "Added"; readonly nevra: string }
  | { readonly _tag: "Missing"; readonly nevra: string }
  /** The newest of this name and architecture is older or newer than expected. */
  | { readonly _tag: "Older" | "Newer"; readonly nevra: string; readonly expected: string }
  /** One name, two files. */
  | { readonly _tag: "Other"; readonly nevra: string }

/** The newest of each line: what has it, by a key, and how it is called. */
const newest = <A>(
  all: ReadonlyArray<readonly [key: string, one: A]>,
  order: (one: A, other: A) => number
): ReadonlyMap<string, A> => {
  const found = new Map<string, A>()
  for (const [key, one] of all) {
    const known = found.get(key)
    if (known === undefined || order(one, known) > 0) found.set(key, one)
  }
  return found
}

/** How the newest of each line differ; what the other side has under its very name is neither added nor missing. */
const between = <A>(
  wanted: ReadonlyMap<string, A>,
  there: ReadonlyMap<string, A>,
  order: (one: A, other: A) => number,
  nameOf: (one: A) => string,
  known: { readonly wanted: ReadonlySet<string>; readonly there: ReadonlySet<string> }
): ReadonlyArray<Drift> => {
  const drift: Array<Drift> = []
  for (const [key, expected] of wanted) {
    const found = there.get(key)
    const nevra = nameOf(expected)
    if (found === undefined) {
      if (!known.there.has(nevra)) drift.push({ _tag: "Missing", nevra })
      continue
    }
    const sign = order(found, expected)
    if (sign !== 0) drift.push({ _tag: sign < 0 ? "Older" : "Newer", nevra: nameOf(found), expected: nevra })
  }
  for (const [key, found] of there) {
    const nevra = nameOf(found)
    if (!wanted.has(key) && !known.wanted.has(nevra)) drift.push({ _tag: "Added", nevra })
  }
  return drift
}

const byName = (one: Drift, other: Drift): number => Order.String(one.nevra, other.nevra)

/**
 * How the packages of `actual` differ from those of `expected`, sorted by NEVRA; older versions beside the newest are nobody's concern.
 * Throws `InvalidNevra` where a NEVRA of either side is none.
 */
export const compare = (expected: ReadonlyArray<Side>, actual: ReadonlyArray<Side>): ReadonlyArray<Drift> => {
  const lines = (all: ReadonlyArray<Side>) =>
    newest(
      all.map(({ module, nevra }) => {
        const parsed = Nevra.parseUnsafe(nevra)
        return [`${parsed.name} ${parsed.arch} ${module ?? ""}`, parsed] as const
      }),
      Evr.Order
    )
  const names = (all: ReadonlyArray<Side>) => new Set(all.map(({ nevra }) => Nevra.format(Nevra.parseUnsafe(nevra))))
  const sums = new Map(expected.map(({ nevra, sha256 }) => [nevra, sha256]))
  const known = { wanted: names(expected), there: names(actual) }
  return [
    ...between(lines(expected), lines(actual), Evr.Order, Nevra.format, known),
    ...actual.flatMap(({ nevra, sha256 }): ReadonlyArray<Drift> => {
      const wanted = sums.get(nevra)
      return wanted !== undefined && sha256 !== undefined && wanted !== sha256 ? [{ _tag: "Other", nevra }] : []
    })
  ].sort(byName)
}

/** Versions of modules are digits, more of them than a number keeps. */
const orderOfVersions = (one: string, other: string): number =>
  one.length - other.length || (one < other ? -1 : one > other ? 1 : 0)

const versionOf = (id: string): string => (id.split(":")[2] ?? "").replace(/^0+/, "")

/** How the modules of `actual` differ, by `name:stream:version:context:arch`; the newest of each stream, context and architecture counts. */
export const compareModules = (
  expected: ReadonlyArray<string>,
  actual: ReadonlyArray<string>
): ReadonlyArray<Drift> => {
  const order = (one: string, other: string) => orderOfVersions(versionOf(one), versionOf(other))
  const lines = (all: ReadonlyArray<string>) =>
    newest(all.map((id) => [id.split(":").toSpliced(2, 1).join(":"), id] as const), order)
  const known = { wanted: new Set(expected), there: new Set(actual) }
  return between(lines(expected), lines(actual), order, (id) => id, known).toSorted(byName)
}
