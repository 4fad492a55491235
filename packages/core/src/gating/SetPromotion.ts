/**
 * For programs that use this library; no part of the server calls it yet.
 *
 * Which of several candidates can go to a target together: the largest set after which everything there can be installed that could
 * be before, and why the others cannot.
 *
 * A candidate's packages take the places of packages of the same name and architecture. Candidates that need each other go together or not at
 * all. What is broken in the target already is nobody's fault.
 */
import * as Result from "effect/Result"
import * as Nevra from "../Nevra.ts"
import * as Dependency from "../release/Dependency.ts"
import * as Installability from "../release/Installability.ts"

/** Something that is to be promoted as a whole. */
export interface Candidate {
  readonly id: string
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

/** What takes whose place. */
const placeOf = ({ name, nevra }: Package): string => {
  const parsed = Nevra.parse(nevra)
  return `${name}.${Result.isSuccess(parsed) ? parsed.success.arch : nevra}`
}

const offersOf = ({ name, provides, version }: Package): ReadonlyArray<Dependency.Relation> =>
  [`${name} = ${version}`, ...provides].map(Dependency.parseRelation)

interface Trouble {
  /** Candidates of which one at least has to go. */
  readonly blamed: ReadonlyArray<string>
  readonly reason: string
}

/** The problem of promoting from these candidates to this target. */
const problem = (target: ReadonlyArray<Package>, candidates: ReadonlyArray<Candidate>) => {
  const before = Installability.broken(target)
  const places = new Map(target.map((one) => [placeOf(one), one]))
  const byId = new Map(candidates.map((one) => [one.id, one]))

  /** The target as it would be, with whose each package is. */
  const after = (set: ReadonlySet<string>) => {
    const owners = new Map<string, { readonly one: Package; readonly id: string | undefined }>()
    for (const [place, one] of places) owners.set(place, { one, id: undefined })
    for (const id of set) for (const one of byId.get(id)!.packages) owners.set(placeOf(one), { one, id })
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
      const replacers = [...set].filter((other) =>
        byId.get(other)!.packages.some((replacing) => {
          const replaced = places.get(placeOf(replacing))
          return replaced !== undefined && offersOf(replaced).some(({ name }) => names.has(name))
        })
      )
      const blamed = [...new Set([...(id === undefined ? [] : [id]), ...replacers])]
      const takers = replacers.filter((other) => other !== id)
      const taken = takers.length === 0 ? "which nothing there offers" : `which ${takers.join(" or ")} takes away`
      return { blamed, reason: `${one.nevra} needs ${root}, ${taken}` }
    }
    const [[nevra, missing] = ["", []]] = newly
    return { blamed: [...set], reason: `${nevra} needs ${missing.join(", ")}` }
  }
  return troubleOf
}

/** Finds the set. `unfit` are candidates that may not pass for reasons of their own, with these. */
export const promote = (
  target: ReadonlyArray<Package>,
  candidates: ReadonlyArray<Candidate>,
  unfit: ReadonlyMap<string, string> = new Map()
): Promotion => {
  const troubleOf = problem(target, candidates)
  interface State {
    readonly set: ReadonlySet<string>
    readonly reasons: ReadonlyMap<string, string>
  }
  const start: State = {
    set: new Set(candidates.map(({ id }) => id).filter((id) => !unfit.has(id))),
    reasons: unfit
  }
  const without = ({ reasons, set }: State, id: string, reason: string): State => ({
    set: new Set([...set].filter((one) => one !== id)),
    reasons: new Map([...reasons, [id, reason]])
  })
  const answer = ({ reasons, set }: State, isLargest: boolean): Promotion => ({
    promoted: candidates.map(({ id }) => id).filter((id) => set.has(id)),
    refused: candidates.flatMap(({ id }) => {
      const reason = reasons.get(id)
      return reason === undefined || set.has(id) ? [] : [{ id, reason }]
    }),
    isLargest
  })

  // By how many have to go: the first set that works is the largest.
  let level: ReadonlyArray<State> = [start]
  const seen = new Set<string>()
  let tries = 0
  while (level.length > 0) {
    const next: Array<State> = []
    for (const state of level) {
      const key = [...state.set].sort().join("\n")
      if (seen.has(key)) continue
      seen.add(key)
      const trouble = troubleOf(state.set)
      if (trouble === undefined) return answer(state, true)
      if (++tries >= mostTries) {
        // Whoever is blamed goes, until it works.
        let greedy = without(state, trouble.blamed[0]!, trouble.reason)
        for (let more = troubleOf(greedy.set); more !== undefined; more = troubleOf(greedy.set)) {
          greedy = without(greedy, more.blamed[0]!, more.reason)
        }
        return answer(greedy, false)
      }
      for (const id of trouble.blamed) next.push(without(state, id, trouble.reason))
    }
    level = next
  }
  return answer({ set: new Set(), reasons: start.reasons }, true)
}
