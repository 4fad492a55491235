/** Which module builds a filter's text asks for: its keys, and whether a build fits, as the model of what SQL looks for. */
import type * as FilterText from "../filter/FilterText.ts"
import { ModuleBuildState } from "./ModuleBuild.ts"

/** Words for states besides their names, and the states they stand for. */
export const stateWords: Readonly<Record<string, ReadonlyArray<ModuleBuildState>>> = {
  ...Object.fromEntries(ModuleBuildState.literals.map((state) => [state, [state]])),
  preparing: ["wait"],
  building: ["build"],
  gate: ["done"],
  retired: ["garbage"],
  running: ["init", "wait", "build"],
  ended: ["failed", "ready", "garbage"]
}

/** What can be filtered by. */
export const keys: ReadonlyArray<FilterText.Key> = [
  { name: "state", kind: "word", words: Object.keys(stateWords) },
  { name: "kind", kind: "word", words: ["module", "scratch"] },
  { name: "name", kind: "text" },
  { name: "stream", kind: "text" },
  { name: "context", kind: "text" },
  { name: "owner", kind: "text" },
  { name: "platform", kind: "text" },
  { name: "arch", kind: "text" },
  { name: "package", kind: "text" },
  { name: "commit", kind: "hex" },
  { name: "since", kind: "since" },
  { name: "took", kind: "duration" },
  { name: "needs", kind: "word", words: ["person"] }
]

/** What is looked at of a build. Times are milliseconds since the epoch. */
export interface Facts {
  readonly id: number
  readonly name: string
  readonly stream: string
  readonly version: bigint
  readonly context: string
  readonly state: ModuleBuildState
  readonly owner: string
  readonly scratch: boolean
  readonly platform: string
  readonly arches: ReadonlyArray<string>
  /** Names of its components. */
  readonly packages: ReadonlyArray<string>
  /** Its own commit and those of its components, as far as they are known. */
  readonly commits: ReadonlyArray<string>
  readonly createdAt: number
  readonly completedAt: number | undefined
  /** Whether a command of it has spent its retries. */
  readonly needsPerson: boolean
}

/** Who asks, and when: what `me` and `3d` mean. */
export interface Asking {
  readonly me: string
  readonly now: number
}

/** The owner that is meant. */
export const owner = (text: string, { me }: Asking): string => text === "me" ? me : text

/** Whether a build fits all terms of a filter. */
export const fits = (facts: Facts, terms: ReadonlyArray<FilterText.Term>, asking: Asking): boolean =>
  terms.every(({ isNot, key, values }) => values.some((value) => fitsValue(facts, key, value, asking)) !== isNot)

const fitsValue = (
  facts: Facts,
  key: string | undefined,
  value: FilterText.Value,
  asking: Asking
): boolean => {
  switch (value._tag) {
    case "Longer":
    case "Shorter": {
      // What goes on has taken as long as until now.
      const seconds = ((facts.completedAt ?? asking.now) - facts.createdAt) / 1000
      return value._tag === "Longer" ? seconds > value.seconds : seconds < value.seconds
    }
    case "Within":
      return facts.createdAt >= asking.now - value.seconds * 1000
    case "From":
      return facts.createdAt >= value.at
    case "Text":
      return fitsText(facts, key, value, asking)
  }
}

const fitsText = (
  facts: Facts,
  key: string | undefined,
  value: Extract<FilterText.Value, { readonly _tag: "Text" }>,
  asking: Asking
): boolean => {
  const is = (text: string): boolean => value.isPrefix ? text.startsWith(value.text) : text === value.text
  switch (key) {
    case "state":
      return stateWords[value.text]?.includes(facts.state) === true
    case "kind":
      return facts.scratch === (value.text === "scratch")
    case "name":
      return is(facts.name)
    case "stream":
      return is(facts.stream)
    case "context":
      return is(facts.context)
    case "owner":
      return value.isPrefix ? is(facts.owner) : facts.owner === owner(value.text, asking)
    case "platform":
      return is(facts.platform)
    case "arch":
      return facts.arches.some(is)
    case "package":
      return facts.packages.some(is)
    case "commit":
      return facts.commits.some(is)
    case "needs":
      return facts.needsPerson
    default:
      return `${facts.id}` === value.text
        || identity(facts).includes(value.text.toLowerCase())
  }
}

const identity = ({ context, name, stream, version }: Facts): string =>
  `${name}:${stream}:${version}:${context}`.toLowerCase()
