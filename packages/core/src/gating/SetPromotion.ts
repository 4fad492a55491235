/**
 * Which of several candidates can go to a target together: the largest set after which everything there can be installed that could
 * be before, and why the others cannot.
 *
 * A candidate's packages take the places of packages of the same name and architecture; one of a line, such as a module stream, takes the
 * place of all that the target has of that line. Candidates that need each other go together or not at all. What is broken in the target already is nobody's fault.
 */
import * as Steps from "../Steps.ts"
import * as PromotionProblem from "./PromotionProblem.ts"

/** A package of a target, with the line that it is there for, if it is for one. */
export type TargetPackage = PromotionProblem.TargetPackage
/** Something that is to be promoted as a whole. */
export type Candidate = PromotionProblem.Candidate
/** A target as it is for one architecture, and what candidates bring to it. */
export type Place = PromotionProblem.Place
/** What takes whose place: equal for packages of one line, name and architecture. */
export const placeOf = PromotionProblem.placeOf

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

/** Candidates that go, with the reason of each. */
type Gone = ReadonlyMap<string, string>

/**
 * Finds the set of candidates, by id, that can go to every place, step by step: each step looks at a bounded number of packages. `unfit` are candidates that
 * may not pass for reasons of their own, with these; `tries` is how many sets are looked at before the next best is taken.
 */
export function* steps(
  ids: ReadonlyArray<string>,
  places: ReadonlyArray<Place>,
  unfit: ReadonlyMap<string, string> = new Map(),
  tries: number = mostTries
): Generator<void, Promotion> {
  const problems: Array<PromotionProblem.TroublesOf> = []
  for (const place of places) problems.push(yield* PromotionProblem.make(place))
  const troublesOf = function*(gone: Gone) {
    const set = new Set(ids.filter((id) => !gone.has(id)))
    for (const troubles of problems) {
      const found = yield* troubles(set)
      yield
      if (found.length > 0) return found
    }
    return []
  }
  const without = (gone: Gone, troubles: ReadonlyArray<PromotionProblem.Trouble>): Gone =>
    new Map([...gone, ...troubles.map(({ blamed, reason }) => [blamed[0]!, reason] as const)])
  const answer = (gone: Gone, isLargest: boolean): Promotion => ({
    promoted: ids.filter((id) => !gone.has(id)),
    refused: ids.flatMap((id) => {
      const reason = gone.get(id)
      return reason === undefined ? [] : [{ id, reason }]
    }),
    isLargest
  })

  // By how many have to go: the first set that works is the largest.
  const levels: Array<Array<Gone> | undefined> = []
  let tried = 0
  const add = (gone: Gone) => {
    const level = levels[gone.size] ??= []
    // More will not be looked at.
    if (level.length < tries - tried) level.push(gone)
  }
  add(unfit)
  const seen = new Set<string>()
  for (let level = 0; level < levels.length; level++) {
    for (const gone of levels[level] ?? []) {
      const key = [...gone.keys()].sort().join("\n")
      if (seen.has(key)) continue
      seen.add(key)
      const troubles = yield* troublesOf(gone)
      if (troubles.length === 0) return answer(gone, true)
      if (++tried >= tries) {
        // Whoever is blamed goes, until it works.
        let left = troubles
        let greedy = gone
        while (left.length > 0) {
          greedy = without(greedy, left)
          left = yield* troublesOf(greedy)
        }
        return answer(greedy, false)
      }
      if (troubles.every(({ blamed }) => blamed.length === 1)) add(without(gone, troubles))
      else for (const id of troubles[0]!.blamed) add(without(gone, [{ blamed: [id], reason: troubles[0]!.reason }]))
    }
    levels[level] = undefined
  }
  return answer(new Map([...unfit, ...ids.map((id) => [id, unfit.get(id) ?? ""] as const)]), true)
}

/** Finds the set that can go to one target. `unfit` are candidates that may not pass for reasons of their own, with these. */
export const promote = (
  target: ReadonlyArray<TargetPackage>,
  candidates: ReadonlyArray<Candidate>,
  unfit: ReadonlyMap<string, string> = new Map()
): Promotion => Steps.finish(steps(candidates.map(({ id }) => id), [{ name: "", target, candidates }], unfit))
