/**
 * What would be wrong with a target if some of several candidates went there, and which of them are to blame.
 *
 * What does not change from one set to the next is worked out once, and everything is done a bounded number of packages at a time, so that whoever
 * asks can let others have their turn in between.
 */
import * as Result from "effect/Result"
import * as Nevra from "../Nevra.ts"
import * as Dependency from "../release/Dependency.ts"
import * as Installability from "../release/Installability.ts"
import * as Steps from "../Steps.ts"

/** A package of a target, with the line that it is there for, if it is for one. */
export interface TargetPackage extends Installability.Installable {
  readonly line?: string
}

/** Something that is to be promoted as a whole, for a line such as `perl:5.30` or as packages alone. */
export interface Candidate {
  readonly id: string
  readonly line?: string
  readonly packages: ReadonlyArray<Installability.Installable>
}

/** A target as it is for one architecture, and what candidates bring to it; one that brings nothing may be left out. */
export interface Place {
  /** Said in reasons, such as `x86_64`; nothing where it is empty. */
  readonly name: string
  readonly target: ReadonlyArray<TargetPackage>
  readonly candidates: ReadonlyArray<Candidate>
}

/** Something that is wrong. */
export interface Trouble {
  /** Candidates of which one at least has to go. */
  readonly blamed: ReadonlyArray<string>
  readonly reason: string
}

/**
 * What would be wrong with a set of candidates: everything that one candidate alone is to blame for, since each of these has to go; else the first
 * thing that is wrong, if anything is.
 */
export type TroublesOf = (set: ReadonlySet<string>) => Generator<void, ReadonlyArray<Trouble>>

type Package = Installability.Installable

/** What takes whose place: equal for packages of one line, name and architecture. */
export const placeOf = ({ line = "", name, nevra }: TargetPackage): string => {
  const parsed = Nevra.parse(nevra)
  return `${line} ${name}.${Result.isSuccess(parsed) ? parsed.success.arch : nevra}`
}

/** Names by what is said with them: each candidate once, in the order in which they were given. */
const index = () => {
  const lists = new Map<string, Array<string>>()
  return {
    add: (name: string, id: string) => {
      const known = lists.get(name)
      if (known === undefined) lists.set(name, [id])
      else if (known.at(-1) !== id) known.push(id)
    },
    /** Those of the set that have one of the names, in the set's order. */
    of: (names: ReadonlySet<string>, set: ReadonlySet<string>): ReadonlyArray<string> => {
      const found = new Set<string>()
      for (const name of names) for (const id of lists.get(name) ?? []) if (set.has(id)) found.add(id)
      return found.size < 2 ? [...found] : [...set].filter((id) => found.has(id))
    }
  }
}

/** The problem of promoting from these candidates to this target. */
export function* make({ candidates, name: place, target }: Place): Generator<void, TroublesOf> {
  const read = Installability.reader()
  const namesOf = (one: Package) => read(one).offers.map(({ name }) => name)
  const { broken: before } = yield* Installability.closure(target, read)
  const places = new Map<string, TargetPackage>()
  const lines = new Map<string, Array<TargetPackage>>()
  yield* Steps.each(target, (one) => {
    places.set(placeOf(one), one)
    if (one.line === undefined) return
    const known = lines.get(one.line)
    if (known === undefined) lines.set(one.line, [one])
    else known.push(one)
  })
  const byId = new Map(candidates.map((one) => [one.id, one]))
  const brought = new Map<string, Map<string, Package>>()
  /** Whose packages offer a name, and whose take away one that does. */
  const [bringers, takers] = [index(), index()]
  const bringing = new Map<string, ReadonlyArray<string>>()
  for (const { id, line, packages } of candidates) {
    const own = new Map<string, Package>()
    brought.set(id, own)
    yield* Steps.each(packages, (one) => void own.set(placeOf(line === undefined ? one : { ...one, line }), one))
    yield* Steps.each(own, ([at, one]) => {
      for (const name of namesOf(one)) bringers.add(name, id)
      bringing.set(at, [...bringing.get(at) ?? [], id])
    })
    const replaced = line === undefined ? [...own.keys()].flatMap((at) => places.get(at) ?? []) : lines.get(line) ?? []
    yield* Steps.each(replaced, (one) => {
      for (const name of namesOf(one)) takers.add(name, id)
    })
  }
  // Of several that bring the same package only one's is there.
  const rivals = new Map<string, Set<string>>()
  for (const [at, ids] of bringing) {
    for (const name of ids.length < 2 ? [] : ids.flatMap((id) => namesOf(brought.get(id)!.get(at)!))) {
      rivals.set(name, (rivals.get(name) ?? new Set()).add(at))
    }
  }
  /** Those of the set that bring a package with one of these names which another one of them brings too. */
  const rivalsOver = (names: ReadonlySet<string>, set: ReadonlySet<string>): ReadonlyArray<string> =>
    [...new Set([...names].flatMap((name) => [...rivals.get(name) ?? []]))].flatMap((at) => {
      const some = bringing.get(at)!.filter((id) => set.has(id))
      return some.length > 1 && some.some((id) => namesOf(brought.get(id)!.get(at)!).some((name) => names.has(name)))
        ? some
        : []
    })

  /** The target as it would be, with whose each package is. */
  const after = function*(set: ReadonlySet<string>) {
    const gone = new Set([...set].flatMap((id) => byId.get(id)?.line ?? []))
    const owners = new Map<string, { readonly one: Package; readonly id: string | undefined }>()
    yield* Steps.each(places, ([at, one]) => {
      if (one.line === undefined || !gone.has(one.line)) owners.set(at, { one, id: undefined })
    })
    for (const id of set) yield* Steps.each(brought.get(id) ?? [], ([at, one]) => void owners.set(at, { one, id }))
    return owners
  }

  return function*(set) {
    const all = [...(yield* after(set)).values()]
    const packages = all.map(({ one }) => one)
    const { broken, isOffered } = yield* Installability.closure(packages, read)
    const newly = new Map<string, ReadonlyArray<string>>()
    yield* Steps.each(broken, ([nevra, missing]) => {
      const added = Installability.added(before.get(nevra), missing)
      if (added.length > 0) newly.set(nevra, added)
    })
    if (newly.size === 0) return []
    /** Names that what was broken before offers. */
    const mendable = new Set<string>()
    yield* Steps.each(before.size === 0 ? [] : packages, (one) => {
      if (before.has(one.nevra)) { for (const name of namesOf(one)) mendable.add(name) }
    })
    const prefix = place === "" ? "" : `${place}: `
    const forced = new Map<string, Trouble>()
    let first: Trouble | undefined
    const look = (id: string | undefined, one: Package) => {
      // One that needs what nobody offers: those that need what is broken itself follow from others.
      const root = newly.get(one.nevra)?.find((text) => {
        const need = Dependency.parseNeed(text)
        return need !== undefined && !Dependency.holds(need, isOffered)
      })
      if (root === undefined) return
      const need = Dependency.parseNeed(root)!
      const names = new Set(Dependency.names(need))
      const replacers = takers.of(names, set)
      // "This if that": without that, this is not needed.
      const conditions = need._tag === "Simple" ? [] : bringers.of(names, set)
      // That may have been broken before, and whoever mends it may be any of the set, over any number of packages.
      const isMended = need._tag !== "Simple" && [...names].some((name) => mendable.has(name))
      const own = id === undefined ? [] : [id]
      const direct = [...own, ...replacers, ...rivalsOver(names, set), ...conditions]
      const blamed = [...new Set(isMended || direct.length === 0 ? [...direct, ...set] : direct)]
      const taking = replacers.filter((other) => other !== id)
      const taken = taking.length === 0 ? "which nothing there offers" : `which ${taking.join(" or ")} takes away`
      const trouble = { blamed, reason: `${prefix}${one.nevra} needs ${root}, ${taken}` }
      first ??= trouble
      if (blamed.length === 1 && !forced.has(blamed[0]!)) forced.set(blamed[0]!, trouble)
    }
    yield* Steps.each(all, ({ id, one }) => look(id, one))
    if (forced.size > 0) return [...forced.values()]
    const [[nevra, missing] = ["", []]] = newly
    return [first ?? { blamed: [...set], reason: `${prefix}${nevra} needs ${missing.join(", ")}` }]
  }
}
