/**
 * Which of several candidates can go to a target together: the largest set after which everything there can be installed that could
 * be before, and why the others cannot.
 *
 * A candidate's packages take the places of packages of the same name and architecture; one of a line, such as a module stream, takes the
 * place of all that the target has of that line. Candidates that need each other go together or not at all. What is broken in the target already is nobody's fault.
 */
import * as Result from "effect/Result"
import * as Nevra from "../Nevra.ts"
import * as Dependency from "../release/Dependency.ts"
import * as Installability from "../release/Installability.ts"

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

/** Why a candidate is not promoted: what could not be installed with it. */
export interface Refusal {
  readonly id: string
  readonly reason: string
}

/** What goes and what does not, in the order in which candidates were given. */
export interface Promotion {
  readonly promoted: ReadonlyArray<string>
  readonly refused: ReadonlyArray<Refusal>
  /** Whether no larger set would do; false where there was too much to try. */
  readonly isLargest: boolean
}

/** Sets that are looked at before the next best is taken. */
const mostTries = 3000

type Package = Installability.Installable

/** What takes whose place: equal for packages of one line, name and architecture. */
export const placeOf = ({ line = "", name, nevra }: TargetPackage): string => {
  const parsed = Nevra.parse(nevra)
  return `${line} ${name}.${Result.isSuccess(parsed) ? parsed.success.arch : nevra}`
}

interface Trouble {
  /** Candidates of which one at least has to go. */
  readonly blamed: ReadonlyArray<string>
  readonly reason: string
}

/** A target as it is for one architecture, and what candidates bring to it; one that brings nothing may be left out. */
export interface Place {
  /** Said in reasons, such as `x86_64`; nothing where it is empty. */
  readonly name: string
  readonly target: ReadonlyArray<TargetPackage>
  readonly candidates: ReadonlyArray<Candidate>
}

/** The problem of promoting from these candidates to this target. */
const problem = (target: ReadonlyArray<TargetPackage>, candidates: ReadonlyArray<Candidate>) => {
  const before = Installability.broken(target)
  const places = new Map(target.map((one) => [placeOf(one), one]))
  const byId = new Map(candidates.map((one) => [one.id, one]))
  const brought = new Map(candidates.map(({ id, line, packages }) => [
    id,
    new Map(packages.map((one) => [placeOf(line === undefined ? one : { ...one, line }), one]))
  ]))
  const offers = new Map<Package, ReadonlyArray<Dependency.Relation>>()
  const offersOf = (one: Package): ReadonlyArray<Dependency.Relation> => {
    const known = offers.get(one)
    if (known !== undefined) return known
    const found = [`${one.name} = ${one.version}`, ...one.provides].map(Dependency.parseRelation)
    offers.set(one, found)
    return found
  }
  const replaced = (id: string): ReadonlyArray<Package> => {
    const line = byId.get(id)?.line
    return line === undefined
      ? [...brought.get(id)?.keys() ?? []].flatMap((place) => places.get(place) ?? [])
      : target.filter((one) => one.line === line)
  }

  const offersAny = (packages: Iterable<Package>, names: ReadonlySet<string>): boolean =>
    [...packages].some((one) => offersOf(one).some(({ name }) => names.has(name)))
  // Of several that bring the same package only one's is there.
  const rivals = new Map<string, Array<string>>()
  for (const [id, own] of brought) for (const place of own.keys()) rivals.set(place, [...rivals.get(place) ?? [], id])
  for (const [place, ids] of rivals) if (ids.length < 2) rivals.delete(place)
  /** Those of the set that bring a package with one of these names which another one of them brings too. */
  const rivalsOver = (names: ReadonlySet<string>, set: ReadonlySet<string>): ReadonlyArray<string> =>
    [...rivals].flatMap(([place, ids]) => {
      const some = ids.filter((id) => set.has(id))
      return some.length > 1 && offersAny(some.map((id) => brought.get(id)!.get(place)!), names) ? some : []
    })

  /** The target as it would be, with whose each package is. */
  const after = (set: ReadonlySet<string>) => {
    const lines = new Set([...set].flatMap((id) => byId.get(id)?.line ?? []))
    const owners = new Map<string, { readonly one: Package; readonly id: string | undefined }>()
    for (const [place, one] of places) {
      if (one.line === undefined || !lines.has(one.line)) owners.set(place, { one, id: undefined })
    }
    for (const id of set) for (const [place, one] of brought.get(id) ?? []) owners.set(place, { one, id })
    return owners
  }

  /** The first thing that would be wrong; `undefined` where nothing would. */
  const troubleOf = (set: ReadonlySet<string>): Trouble | undefined => {
    const owners = after(set)
    const all = [...owners.values()]
    const packages = all.map(({ one }) => one)
    const newly = Installability.newly(before, Installability.broken(packages))
    if (newly.size === 0) return undefined
    const offered = new Set(packages.flatMap((one) => offersOf(one).map(({ name }) => name)))
    const isOffered = (relation: Dependency.Relation): boolean =>
      offered.has(relation.name)
      && packages.some((one) => offersOf(one).some((offer) => Dependency.fits(relation, offer)))
    for (const { id, one } of all) {
      // One that needs what nobody offers: those that need what is broken itself follow from others.
      const root = newly.get(one.nevra)?.find((text) => {
        const need = Dependency.parseNeed(text)
        return need !== undefined && !Dependency.holds(need, isOffered)
      })
      if (root === undefined) continue
      const need = Dependency.parseNeed(root)!
      const names = new Set(Dependency.names(need))
      const replacers = [...set].filter((other) => offersAny(replaced(other), names))
      // "This if that": without that, this is not needed.
      const conditions = need._tag === "Simple"
        ? []
        : [...set].filter((other) => offersAny(brought.get(other)?.values() ?? [], names))
      // That may have been broken before, and whoever mends it may be any of the set, over any number of packages.
      const isMended = need._tag !== "Simple"
        && packages.some((other) => before.has(other.nevra) && offersAny([other], names))
      const own = id === undefined ? [] : [id]
      const direct = [...own, ...replacers, ...rivalsOver(names, set), ...conditions]
      const blamed = [...new Set(isMended || direct.length === 0 ? [...direct, ...set] : direct)]
      const takers = replacers.filter((other) => other !== id)
      const taken = takers.length === 0 ? "which nothing there offers" : `which ${takers.join(" or ")} takes away`
      return { blamed, reason: `${one.nevra} needs ${root}, ${taken}` }
    }
    const [[nevra, missing] = ["", []]] = newly
    return { blamed: [...set], reason: `${nevra} needs ${missing.join(", ")}` }
  }
  return troubleOf
}

interface State {
  readonly set: ReadonlySet<string>
  readonly reasons: ReadonlyMap<string, string>
}

/**
 * Finds the set of candidates, by id, that can go to every place, step by step: each step looks at all packages once. `unfit` are candidates that may
 * not pass for reasons of their own, with these; `tries` is how many sets are looked at before the next best is taken.
 */
export function* steps(
  ids: ReadonlyArray<string>,
  places: ReadonlyArray<Place>,
  unfit: ReadonlyMap<string, string> = new Map(),
  tries: number = mostTries
): Generator<void, Promotion> {
  const problems = places.map(({ candidates, name, target }) => ({ name, troubleOf: problem(target, candidates) }))
  const troubleOf = (set: ReadonlySet<string>): Trouble | undefined => {
    for (const { name, troubleOf } of problems) {
      const trouble = troubleOf(set)
      if (trouble !== undefined) return name === "" ? trouble : { ...trouble, reason: `${name}: ${trouble.reason}` }
    }
    return undefined
  }
  const without = ({ reasons, set }: State, id: string, reason: string): State => ({
    set: new Set([...set].filter((one) => one !== id)),
    reasons: new Map([...reasons, [id, reason]])
  })
  const answer = ({ reasons, set }: State, isLargest: boolean): Promotion => ({
    promoted: ids.filter((id) => set.has(id)),
    refused: ids.flatMap((id) => {
      const reason = reasons.get(id)
      return reason === undefined || set.has(id) ? [] : [{ id, reason }]
    }),
    isLargest
  })

  // By how many have to go: the first set that works is the largest.
  let level: ReadonlyArray<State> = [{ set: new Set(ids.filter((id) => !unfit.has(id))), reasons: unfit }]
  const seen = new Set<string>()
  let tried = 0
  while (level.length > 0) {
    const next: Array<State> = []
    for (const state of level) {
      const key = [...state.set].sort().join("\n")
      if (seen.has(key)) continue
      seen.add(key)
      const trouble = troubleOf(state.set)
      yield
      if (trouble === undefined) return answer(state, true)
      if (++tried >= tries) {
        // Whoever is blamed goes, until it works.
        let greedy = without(state, trouble.blamed[0]!, trouble.reason)
        for (let more = troubleOf(greedy.set); more !== undefined; more = troubleOf(greedy.set)) {
          yield
          greedy = without(greedy, more.blamed[0]!, more.reason)
        }
        return answer(greedy, false)
      }
      for (const id of trouble.blamed) next.push(without(state, id, trouble.reason))
    }
    level = next
  }
  return answer({ set: new Set(), reasons: unfit }, true)
}

/** Finds the set that can go to one target. `unfit` are candidates that may not pass for reasons of their own, with these. */
export const promote = (
  target: ReadonlyArray<TargetPackage>,
  candidates: ReadonlyArray<Candidate>,
  unfit: ReadonlyMap<string, string> = new Map()
): Promotion => {
  const running = steps(candidates.map(({ id }) => id), [{ name: "", target, candidates }], unfit)
  for (;;) {
    const { done, value } = running.next()
    if (done === true) return value
  }
}
