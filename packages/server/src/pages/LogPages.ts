/** Logs of module builds and of package builds, by line. */
import { LogLines, LogMatches, LogOverview } from "@orch/api/orch/LogsApi"
import { PackageBuildDetail } from "@orch/api/orch/PackageBuildsApi"
import * as Blocks from "@orch/web/Blocks"
import * as LogPage from "@orch/web/log/LogPage"
import * as ShellLines from "@orch/web/ShellLines"
import * as Effect from "effect/Effect"
import { type Asked, missing, type PageModule, part } from "./PageModule.ts"

const whole = /^\d{1,9}$/

/** The page of one log; the attempt is told where it was asked for as `latest`. */
const shown = Effect.fnUntraced(function*(
  { ask, prefix, query }: Asked,
  attempt: string,
  subjectOf: (attempt: number) => LogPage.Subject
) {
  const { id, life, part: name } = subjectOf(1)
  const said = (key: string) => query.get(key) ?? ""
  const which = { arch: said("arch"), file: said("file") }
  const at = `/orch/v1/logs/${life}/${id}/${part(name)}/${part(attempt)}`
  const overview = yield* ask(Blocks.address(at, which), LogOverview)
  const from = /^-?\d{1,10}$/.test(said("from")) ? said("from") : String(LogPage.start(overview))
  const lines = yield* ask(Blocks.address(`${at}/lines`, { ...which, from, count: LogPage.window }), LogLines)
  const find = said("find")
  const regex = said("regex") === "true"
  const matches = find === "" ? undefined : yield* ask(
    Blocks.address(`${at}/find`, {
      ...which,
      text: find,
      ignore_case: "true",
      limit: 100,
      from: /^\d{1,10}$/.test(said("after")) ? said("after") : "",
      ...(regex ? { regex: "true" } : {})
    }),
    LogMatches
  )
  const subject = subjectOf(attempt === "latest" ? overview.attempts : Number(attempt))
  return { status: 200, page: LogPage.page({ subject, overview, lines, ...which, find, regex, matches, prefix }) }
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
