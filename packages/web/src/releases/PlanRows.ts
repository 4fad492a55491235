/** The rows of a release's plan: what goes where, why, how sure that is, and which of them a person should look at. */
import type { ReleasePlanView } from "@orch/api/orch/ReleasesApi"

type Package = ReleasePlanView["packages"][number]
type Place = Package["places"][number]

/** One package or module. */
export interface Row {
  /** NEVRA, or `name:stream:version:context` of a module. */
  readonly id: string
  readonly kind: "package" | "module"
  readonly build: number
  readonly places: ReadonlyArray<Place>
  readonly signers: ReadonlyArray<string>
  /** Why it is to be looked at; `undefined` where it is as usual. */
  readonly unusual: string | undefined
}

/** Why a thing goes to a repository, in words. */
export const reason = ({ because }: Place): string => {
  switch (because._tag) {
    case "Edited":
      return `${because.by} placed it${because.why === "" ? "" : `: ${because.why}`}`
    case "Released":
      return `${because.nevra} lies there`
    case "ReleasedModule":
      return `${because.module} lies there`
    case "Reference":
      return `${because.platform} has it there (${because.matched})`
    case "Rule":
      return `rule for ${because.names}`
    case "Follows":
      return `goes with ${because.name}`
    case "Module":
      return `belongs to ${because.module}`
    case "Fallback":
      return "nobody knows it; this is where unknown packages go"
  }
}

const unsure = new Set(["source", "unknown"])

const unusual = (places: ReadonlyArray<Place>): string | undefined => {
  if (places.length === 0) return "it goes nowhere"
  const other = places.find(({ there }) => there === "other")
  if (other !== undefined) return `${other.repository} has another file of this name`
  const unknown = places.find(({ there }) => there === "unknown")
  if (unknown !== undefined) return `${unknown.repository} has a file of this name that nobody can compare`
  const guess = places.find(({ trust }) => unsure.has(trust))
  if (guess !== undefined) {
    return guess.trust === "unknown"
      ? "nobody knows where it belongs"
      : "it only goes where its source goes"
  }
  return places.some(({ trust }) => trust === "edited") ? "a person placed it" : undefined
}

/** All rows: modules first, then packages, in the order of the plan. */
export const rows = ({ modules, packages }: ReleasePlanView): ReadonlyArray<Row> => [
  ...modules.map(({ build, id, places }): Row => ({
    id,
    kind: "module",
    build,
    places,
    signers: [],
    unusual: unusual(places)
  })),
  ...packages.map(({ build, nevra, places, signers }): Row => ({
    id: nevra,
    kind: "package",
    build,
    places,
    signers,
    unusual: unusual(places)
  }))
]

/** How many things go to each repository, by name. */
export const byRepository = (all: ReadonlyArray<Row>): ReadonlyArray<readonly [repository: string, things: number]> => {
  const counted = new Map<string, number>()
  for (const { places } of all) {
    for (const { repository } of places) counted.set(repository, (counted.get(repository) ?? 0) + 1)
  }
  return [...counted].sort(([a], [b]) => (a < b ? -1 : 1))
}
