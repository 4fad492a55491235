/**
 * Whether a pattern fits a line, for millions of lines: what a pattern can have come to at a place is worked out once and remembered, so
 * that most characters cost one look into a table.
 */
import * as LinePattern from "./LinePattern.ts"

interface State {
  /** Instructions that read a character, and those at which a line may end. */
  readonly places: ReadonlyArray<number>
  readonly isMatch: boolean
  readonly isMatchAtEnd: boolean
  /** What follows a character: those of ASCII, of which logs are made, by their code. */
  readonly ascii: Array<State | undefined>
  readonly next: Map<number, State>
}

/** Codes below this are ASCII. */
const asciiEnd = 128

/** Where there are more states than that, or they have more places, they do not come again: lines are then read without them. */
const mostStates = 2000
const mostPlaces = 100_000

/** A test of lines for a pattern. It remembers, so it is made once and used often. */
export const make = (pattern: LinePattern.LinePattern): (line: string) => boolean => {
  const { program, start } = pattern
  const states = new Map<string, State>()
  let places = 0
  const isTooMuch = () => states.size > mostStates || places > mostPlaces

  const close = (places: Iterable<number>, isStart: boolean, isEnd: boolean): ReadonlySet<number> => {
    const seen = new Set<number>()
    const open = [...places]
    while (open.length > 0) {
      const place = open.pop()!
      if (seen.has(place)) continue
      seen.add(place)
      const one = program[place]!
      if (one._tag === "Split") open.push(one.next, one.other)
      else if ((one._tag === "Start" && isStart) || (one._tag === "End" && isEnd)) open.push(one.next)
    }
    return seen
  }
  const hasMatch = (set: ReadonlySet<number>): boolean => [...set].some((place) => program[place]!._tag === "Match")

  const stateOf = (given: ReadonlyArray<number>, isStart: boolean): State => {
    const set = close(given, isStart, false)
    const reached = [...set].filter((place) => program[place]!._tag === "One" || program[place]!._tag === "End")
      .sort((a, b) => a - b)
    const key = `${isStart ? "^" : ""}${reached.join(" ")}${hasMatch(set) ? "!" : ""}`
    const known = states.get(key)
    if (known !== undefined) return known
    places += reached.length
    const state = {
      places: reached,
      isMatch: hasMatch(set),
      isMatchAtEnd: hasMatch(close(given, isStart, true)),
      ascii: Array.from<State | undefined>({ length: asciiEnd }),
      next: new Map<number, State>()
    }
    states.set(key, state)
    return state
  }
  const step = (state: State, code: number): State => {
    const known = state.next.get(code)
    if (known !== undefined) return known
    const reached = state.places.flatMap((place) => {
      const one = program[place]!
      return one._tag === "One" && one.test(code) ? [one.next] : []
    })
    // It may begin anywhere.
    const next = stateOf([...reached, start], false)
    if (code < asciiEnd) state.ascii[code] = next
    else if (state.next.size < mostStates) state.next.set(code, next)
    return next
  }

  const first = stateOf([start], true)
  return (line) => {
    let state = first
    for (let at = 0; at < line.length && !state.isMatch;) {
      const unit = line.charCodeAt(at)
      const known = unit < asciiEnd ? state.ascii[unit] : undefined
      if (known !== undefined) {
        state = known
        at++
        continue
      }
      // Only a step that is not known makes states.
      if (isTooMuch()) return LinePattern.find(pattern, line) !== undefined
      const code = line.codePointAt(at)!
      state = step(state, code)
      at += code > 0xffff ? 2 : 1
    }
    return state.isMatch || state.isMatchAtEnd
  }
}
