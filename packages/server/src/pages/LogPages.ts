/** Logs of module builds and of package builds, by line. */
import { BuildComparison } from "@orch/api/orch/ComparisonApi"
import { LogLines, LogMatches, LogOverview } from "@orch/api/orch/LogsApi"
import { PackageBuildDetail } from "@orch/api/orch/PackageBuildsApi"
import * as Blocks from "@orch/web/Blocks"
import * as LogContent from "@orch/web/log/LogContent"
import type * as LogHead from "@orch/web/log/LogHead"
import * as LogPage from "@orch/web/log/LogPage"
import * as ShellLines from "@orch/web/ShellLines"
import * as Effect from "effect/Effect"
import { type Asked, missing, type PageModule, part, type Refused } from "./PageModule.ts"

const whole = /^\d{1,9}$/

/** Lines of the last good log that a window is compared with. */
const mostCompared = 5000

/** Lines in which something was found that a page tells of, and stretches of a large log that it looks through. */
const mostFound = 1000
const mostRounds = 16

/** Looks on until enough was found, or all of the log was looked through; of a very large log, through the beginning. */
const foundIn = Effect.fnUntraced(function*(
  looked: (from: string | number) => Effect.Effect<LogMatches, Refused>,
  after: string
): Effect.fn.Return<LogMatches, Refused> {
  let found = yield* looked(after)
  for (let round = 1; round < mostRounds && found.next !== null && found.matches.length < mostFound; round++) {
    const more = yield* looked(found.next)
    found = { ...more, matches: [...found.matches, ...more.matches] }
  }
  return found
})

/** The log of the same component in the last build that was ready; a component that was taken over there has none. */
const lastGood = ({ ask, prefix }: Asked, id: number, name: string) =>
  Effect.gen(function*() {
    const { from } = yield* ask(`/orch/v1/module-builds/${id}/compare/last-ready`, BuildComparison)
    const overview = yield* ask(`/orch/v1/logs/module-build/${from}/${part(name)}/latest`, LogOverview)
    const href = `${prefix}/builds/${from}/${part(name)}/${overview.attempts}/log`
    return { build: from, href, overview } satisfies LogHead.Good
  }).pipe(Effect.catchIf(({ status }) => status === 404, () => Effect.undefined))

/** Lines of the good log in the sections of a window, from the first of them on. */
const comparedWith = (
  { ask }: Asked,
  good: LogHead.Good,
  name: string,
  window: LogLines,
  sections: LogOverview["sections"]
) => {
  const end = window.from + window.lines.length
  const names = sections.filter((one) => one.from < end && one.to >= window.from).map((one) => one.name)
  const first = good.overview.sections.find((one) => names.includes(one.name))?.from ?? 1
  return Effect.map(
    ask(
      Blocks.address(`/orch/v1/logs/module-build/${good.build}/${part(name)}/latest/lines`, {
        from: first,
        count: mostCompared
      }),
      LogLines
    ),
    ({ lines }) => lines
  )
}

/** The page of one log; the attempt is told where it was asked for as `latest`. */
const shown = Effect.fnUntraced(function*(
  asked: Asked,
  attempt: string,
  subjectOf: (attempt: number) => LogContent.Subject
) {
  const { ask, now, prefix, query, viewer } = asked
  const { id, life, part: name } = subjectOf(1)
  const said = (key: string) => query.get(key) ?? ""
  const which = { arch: said("arch"), file: said("file") }
  const at = `/orch/v1/logs/${life}/${id}/${part(name)}/${part(attempt)}`
  const overview = yield* ask(Blocks.address(at, which), LogOverview)
  const from = /^-?\d{1,10}$/.test(said("from")) ? said("from") : String(LogContent.start(overview))
  const lines = yield* ask(Blocks.address(`${at}/lines`, { ...which, from, count: LogContent.window }), LogLines)
  const find = said("find")
  const regex = said("regex") === "true"
  const looked = (from: string | number) =>
    ask(
      Blocks.address(`${at}/find`, {
        ...which,
        text: find,
        ignore_case: "true",
        limit: mostFound,
        from,
        ...(regex ? { regex: "true" } : {})
      }),
      LogMatches
    )
  const after = /^\d{1,10}$/.test(said("after")) ? said("after") : ""
  const matches = find === ""
    ? undefined
    // A window that the script asks for has what is in it.
    : said("part") === "true"
    ? yield* looked(lines.from)
    : yield* foundIn(looked, after)
  const subject = subjectOf(attempt === "latest" ? overview.attempts : Number(attempt))
  const good = life === "module-build" && overview.first_error !== null ? yield* lastGood(asked, id, name) : undefined
  const compared = good !== undefined && said("compare") === "last-good"
    ? yield* comparedWith(asked, good, name, lines, overview.sections)
    : undefined
  return {
    status: 200,
    page: LogPage.page({
      ...which,
      subject,
      overview,
      lines,
      find,
      regex,
      matches,
      good,
      compared,
      viewer,
      now,
      prefix
    })
  }
})

const ofComponent = (asked: Asked) => {
  const { params, prefix } = asked
  const id = params["id"] ?? ""
  const component = params["component"] ?? ""
  return whole.test(id)
    ? shown(asked, params["attempt"] ?? "latest", (attempt) => ({
      life: "module-build",
      id: Number(id),
      part: component,
      name: component,
      attempt,
      address: (one) => `/builds/${id}/${part(component)}/${one}/log`,
      crumbs: [["Builds", `${prefix}/builds`], [id, `${prefix}/builds/${id}`]],
      section: "/builds",
      command: ShellLines.line("orch", "log", "lines", id, component)
    }))
    : Effect.fail(missing("module build"))
}

const ofTask = Effect.fnUntraced(function*(asked: Asked) {
  const { ask, params, prefix } = asked
  const id = params["id"] ?? ""
  const number = params["task"] ?? ""
  if (!whole.test(id) || !whole.test(number)) return yield* Effect.fail(missing("task"))
  const build = yield* ask(`/orch/v1/package-builds/${id}`, PackageBuildDetail)
  const task = build.task_list.find((one) => String(one.id) === number)
  if (task === undefined) return yield* Effect.fail(missing("task"))
  return yield* shown(asked, "latest", () => ({
    life: "package-build",
    id: Number(id),
    part: number,
    name: `${task.package}, ${task.platform} ${task.arch}`,
    attempt: task.attempt,
    address: () => `/package-builds/${id}/${number}/log`,
    crumbs: [["Package builds", `${prefix}/package-builds`], [id, `${prefix}/package-builds/${id}`]],
    section: "/package-builds",
    command: `orch build logs ${id}`
  }))
})

export const pages: ReadonlyArray<PageModule> = [
  { address: "/builds/:id/:component/log", make: ofComponent },
  { address: "/builds/:id/:component/:attempt/log", make: ofComponent },
  { address: "/package-builds/:id/:task/log", make: ofTask }
]
