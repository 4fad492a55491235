/** Says what a release waits for and how far each of its repositories is, from its state alone. */
import * as NameList from "../NameList.ts"
import { type Release, type ReleaseState, repositoriesOf } from "./Release.ts"
import * as ReleaseProblem from "./ReleaseProblem.ts"
import { back, next, type RepositoryRelease, type Step } from "./RepositoryRelease.ts"

/** How far one repository is. */
export interface RepositoryExplanation {
  readonly name: string
  /** How many packages and modules it gets. */
  readonly additions: number
  readonly done: Step | undefined
  readonly running: Step | undefined
  /** The step it takes when all others have done theirs. */
  readonly next: Step | undefined
  /** Why the last step could not be done. */
  readonly problem: string | undefined
}

/** Why a release is where it is. */
export interface Explanation {
  readonly state: ReleaseState
  readonly reason: string
  /** What has to happen next, one sentence each; empty when nothing is outstanding. */
  readonly waitsFor: ReadonlyArray<string>
  readonly repositories: ReadonlyArray<RepositoryExplanation>
}

const words: Readonly<Record<Step, string>> = {
  look: "what is there is noted",
  change: "its content is changed",
  prepare: "its publication is made ready",
  show: "readers are shown the new state",
  check: "whether something came later is looked at",
  cover: "readers are shown the earlier state",
  restore: "its earlier content is brought back"
}

const stepOf = (release: Release, one: RepositoryRelease): Step | undefined =>
  release.state === "committing"
    ? next(one)
    : release.state === "reverting"
    ? back(one, release.checks)
    : undefined

const sentences = (release: Release): ReadonlyArray<string> => {
  const all = repositoriesOf(release)
  switch (release.state) {
    case "planning":
      return ["Its plan is being made."]
    case "planned": {
      const blocking = release.problems.filter(({ severity }) => severity === "blocks")
      if (blocking.length > 0) {
        return blocking.slice(0, 20).map((problem) => `People have to decide: ${ReleaseProblem.describe(problem)}.`)
      }
      return all.length === 0 ? ["There is nothing to release."] : ["People have to commit it."]
    }
    case "waiting":
      return [`It has to be alone with ${NameList.shorten(all.map(({ name }) => name))}.`]
    case "committing":
    case "reverting":
      return all.flatMap(({ name, problem, running }) =>
        running === undefined
          ? []
          : [`${name}: ${words[running]}${problem === undefined ? "" : `, again, since ${problem}`}.`]
      )
    default:
      return []
  }
}

/** Explains a release and each of its repositories. */
export const explain = (release: Release): Explanation => ({
  state: release.state,
  reason: release.reason,
  waitsFor: sentences(release),
  repositories: repositoriesOf(release).map((one) => ({
    name: one.name,
    additions: one.additions.length,
    done: one.done,
    running: one.running,
    next: one.running === undefined ? stepOf(release, one) : undefined,
    problem: one.problem
  }))
})
