/** How two states of a repository differ: production and where it is synced from, or what was released and what is there. */
import * as Order from "effect/Order"
import * as Evr from "../Evr.ts"
import * as Nevra from "../Nevra.ts"

/** A package of either side. */
export interface Side {
  readonly nevra: string
  /** Absent where a side does not tell. */
  readonly sha256?: string
}

/** One difference. Packages without a counterpart of their name and architecture are `added` or `missing`. */
export type Drift =
  | { readonly _tag: "Added"; readonly nevra: string }
  | { readonly _tag: "Missing"; readonly nevra: string }
  /** The newest of this name and architecture is older or newer than expected. */
  | { readonly _tag: "Older" | "Newer"; readonly nevra: string; readonly expected: string }
  /** One name, two files. */
  | { readonly _tag: "Other"; readonly nevra: string }

/** The newest package of each name and architecture. */
const lines = (all: ReadonlyArray<Side>): ReadonlyMap<string, Nevra.Nevra> => {
  const found = new Map<string, Nevra.Nevra>()
  for (const { nevra } of all) {
    const parsed = Nevra.parseUnsafe(nevra)
    const key = `${parsed.name} ${parsed.arch}`
    const known = found.get(key)
    if (known === undefined || Evr.Order(parsed, known) > 0) found.set(key, parsed)
  }
  return found
}

/**
 * How `actual` differs from `expected`, sorted by NEVRA; older versions beside the newest are nobody's concern. Throws
 * `InvalidNevra` where a NEVRA of either side is none.
 */
export const compare = (expected: ReadonlyArray<Side>, actual: ReadonlyArray<Side>): ReadonlyArray<Drift> => {
  const [wanted, there] = [lines(expected), lines(actual)]
  const sums = new Map(expected.map(({ nevra, sha256 }) => [nevra, sha256]))
  const drift: Array<Drift> = []
  for (const [key, newest] of wanted) {
    const found = there.get(key)
    const nevra = Nevra.format(newest)
    const order = found === undefined ? 0 : Evr.Order(found, newest)
    if (found === undefined) drift.push({ _tag: "Missing", nevra })
    else if (order !== 0) {
      drift.push({ _tag: order < 0 ? "Older" : "Newer", nevra: Nevra.format(found), expected: nevra })
    }
  }
  for (const [key, newest] of there) {
    if (!wanted.has(key)) drift.push({ _tag: "Added", nevra: Nevra.format(newest) })
  }
  for (const { nevra, sha256 } of actual) {
    const known = sums.get(nevra)
    if (known !== undefined && sha256 !== undefined && known !== sha256) drift.push({ _tag: "Other", nevra })
  }
  return drift.sort((a, b) => Order.String(a.nevra, b.nevra))
}
