/** Releases as people read them in a terminal. */
import type {
  ReleaseDetail,
  ReleaseExplanation,
  ReleasePlanView,
  ReleaseProblemView,
  ReleaseRepository,
  ReleaseSummary
} from "@orch/api/orch/ReleasesApi"
import * as Table from "../Table.ts"

/** One line: number, state, and why. */
export const line = (release: ReleaseSummary): string =>
  `release ${release.id} is ${release.state}: ${release.state_reason}`

const problem = ({ message, severity }: ReleaseProblemView): string =>
  severity === "blocks" ? `stands in the way: ${message}` : `to be seen: ${message}`

const step = ({ done, next, problem, running }: ReleaseRepository): string =>
  problem !== null
    ? `failed: ${problem}`
    : running !== null
    ? `${running} under way`
    : next === null
    ? done ?? "-"
    : `${done ?? "nothing"} done, ${next} comes next`

/** One line for a repository. */
export const repositoryLine = (one: ReleaseRepository): string =>
  `${one.name} (${one.additions} additions): ${step(one)}`

/** Releases as a table. */
export const list = (items: ReadonlyArray<ReleaseSummary>): string =>
  Table.format(
    ["ID", "STATE", "PLATFORM", "BUILDS", "BY", "CREATED", "REASON"],
    items.map((one) => [
      `${one.id}`,
      one.state,
      one.platform,
      one.builds.join(" "),
      one.created_by,
      one.created_at,
      one.state_reason
    ])
  )

/** The release with its repositories and problems. */
export const detail = (release: ReleaseDetail): string =>
  [
    line(release),
    `  builds ${
      release.builds.join(", ")
    } for ${release.platform}, asked for by ${release.created_by}, ${release.created_at}`,
    ...release.problems.map((one) => `  ${problem(one)}`),
    ...release.repositories.map((one) => `  ${repositoryLine(one)}`)
  ].join("\n")

const words = ({ because }: ReleasePlanView["packages"][number]["places"][number]): string => {
  switch (because._tag) {
    case "Edited":
      return `${because.by} placed it${because.why === "" ? "" : `: ${because.why}`}`
    case "Released":
      return `${because.nevra} lies in ${because.repository}`
    case "ReleasedModule":
      return `${because.module} lies in ${because.repository}`
    case "Reference":
      return `${because.platform} has it there (${because.matched})`
    case "Rule":
      return `the rule for ${because.names}`
    case "Follows":
      return `it belongs to ${because.name}`
    case "Module":
      return `it belongs to ${because.module}`
    case "Fallback":
      return "nobody knows it"
  }
}

/** What goes where, and why. */
export const plan = (view: ReleasePlanView): string =>
  [
    Table.format(
      ["WHAT", "REPOSITORY", "TRUST", "BECAUSE"],
      [
        ...view.modules.flatMap(({ id, places }) => places.map((one) => [id, one.repository, one.trust, words(one)])),
        ...view.packages.flatMap(({ nevra, places }) =>
          places.map((one) => [nevra, one.repository, one.trust, words(one)])
        )
      ]
    ),
    ...view.left_out.map((one) => `${one} goes nowhere: it is excluded, has no place, or is there already`),
    ...view.problems.map(problem)
  ].join("\n")

/** Why it is where it is. */
export const explanation = (why: ReleaseExplanation): string =>
  [
    `It is ${why.state}: ${why.reason}`,
    ...(why.waits_for.length === 0 ? ["Nothing is outstanding."] : why.waits_for),
    ...why.repositories.map(repositoryLine)
  ].join("\n")
