/** A module build while it runs, batch by batch, as lines for a terminal. */
import type { ComponentDetail, ModuleBuildDetail } from "@orch/api/orch/ModuleBuildsApi"
import * as Colours from "../Colours.ts"
import * as Elapsed from "./Elapsed.ts"

const marks: Readonly<Record<ComponentDetail["state"], readonly [mark: string, colour: keyof Colours.Colours]>> = {
  waiting: ["·", "dim"],
  submitting: ["…", "busy"],
  building: ["▸", "busy"],
  built: ["✓", "good"],
  available: ["✓", "good"],
  failed: ["✗", "bad"],
  canceled: ["–", "dim"]
}

const stateColours: Readonly<Record<ModuleBuildDetail["state"], keyof Colours.Colours>> = {
  init: "busy",
  wait: "busy",
  build: "busy",
  done: "good",
  ready: "good",
  failed: "bad",
  garbage: "dim"
}

const state = (build: Pick<ModuleBuildDetail, "state">, colours: Colours.Colours): string =>
  colours[stateColours[build.state]](build.state)

/** One line: id, name, stream, version, context and state. */
export const title = (build: ModuleBuildDetail, colours: Colours.Colours = Colours.none): string =>
  `module build ${build.id}  ${build.name}:${build.stream}:${build.version}:${build.context}  ${state(build, colours)}`

const marked = (one: ComponentDetail, colours: Colours.Colours): string => {
  const [mark, colour] = marks[one.state]
  const took = Elapsed.between(one.submitted_at, one.finished_at)
  return `${colours[colour](mark)} ${one.name}${took === undefined ? "" : ` ${colours.dim(took)}`}`
}

/** One line for each batch, its components with their marks and how long they took. */
export const batches = (
  build: ModuleBuildDetail,
  colours: Colours.Colours = Colours.none
): ReadonlyArray<string> => {
  const byBatch = Map.groupBy(build.components, ({ batch }) => batch)
  return [...byBatch]
    .sort(([a], [b]) => a - b)
    .map(([batch, components]) => `  batch ${batch}  ${components.map((one) => marked(one, colours)).join("  ")}`)
}

const component = (one: ComponentDetail, colours: Colours.Colours): string => {
  const took = Elapsed.between(one.submitted_at, one.finished_at)
  const after = took === undefined ? "" : ` after ${took}`
  return `  batch ${one.batch}  ${one.name}: ${colours[marks[one.state][1]](one.state)} (${
    one.nvr ?? one.state_reason
  })${after}`
}

/** The states that are new since the look before, or the one it is in where nobody tells of those between. */
const states = (before: ModuleBuildDetail | undefined, now: ModuleBuildDetail) => {
  const steps = now.trace.slice(before?.trace.length ?? 0)
  return steps.length > 0 || before?.state === now.state ? steps : [{ state: now.state, reason: now.state_reason }]
}

/**
 * What changed between two looks, a line each: for logs and pipes, where nothing can be redrawn. Every state is told once,
 * those between the looks, too.
 */
export const changes = (
  before: ModuleBuildDetail | undefined,
  now: ModuleBuildDetail,
  colours: Colours.Colours = Colours.none
): ReadonlyArray<string> => {
  const known = new Map(before?.components.map((component) => [component.name, component.state]))
  return [
    ...now.components
      .filter((one) => (known.get(one.name) ?? "waiting") !== one.state)
      .map((one) => component(one, colours)),
    ...states(before, now).map((step) => `module build ${now.id} is in ${state(step, colours)}: ${step.reason}`)
  ]
}

/**
 * Where users find the repository: an address that they can reach from elsewhere, where the server is known; `undefined` for a
 * build that has none.
 */
export const repositoryOf = (
  { repository }: Pick<ModuleBuildDetail, "repository">,
  server?: string
): string | undefined =>
  repository === null
    ? undefined
    : server === undefined
    ? repository.path ?? repository.url
    : URL.parse(repository.url, server)?.href ?? repository.url

/** How a build ended, a line each: its state and why, what failed and where its log is, and where its repository is. */
export const ending = (
  build: ModuleBuildDetail,
  server?: string,
  colours: Colours.Colours = Colours.none
): ReadonlyArray<string> => {
  const took = Elapsed.between(build.created_at, build.completed_at)
  const repository = repositoryOf(build, server)
  return [
    `module build ${build.id} is ${state(build, colours)}: ${build.state_reason}${
      took === undefined ? "" : ` (${took})`
    }`,
    ...build.components
      .filter(({ state }) => state === "failed")
      .map(({ log_url, name, state_reason }) =>
        `  ${name} failed: ${state_reason}${log_url === null ? "" : `, see orch module-build logs ${build.id} ${name}`}`
      ),
    ...(repository === undefined ? [] : [`repository: ${repository}`])
  ]
}

/** What to do about a build that failed: a resumed one takes the same commits, so a change in git is a new build. */
export const advice = (build: ModuleBuildDetail): ReadonlyArray<string> => {
  if (build.state !== "failed") return []
  const again = `orch module-build resume ${build.id} --watch`
  if (build.scmurl === null) return [`To build the same again: ${again}`]
  const [repository] = build.scmurl.split("#", 1)
  return [
    `To build the same commits again: ${again}`,
    `After a change in git, submit again: orch module-build submit '${repository}#BRANCH' --watch`
  ]
}
