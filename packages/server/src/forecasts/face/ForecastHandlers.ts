/** When builds are expected to end, of the `/orch/v1` face. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import type { BuildForecast as Wire } from "@orch/api/orch/ForecastApi"
import type { Usual } from "@orch/core/farm/ExpectedTime"
import * as Forecast from "@orch/core/farm/Forecast"
import * as BuildForecast from "@orch/core/modulebuild/BuildForecast"
import * as NameList from "@orch/core/NameList"
import { packageName } from "@orch/core/packagebuild/BuildRef"
import * as BuildTask from "@orch/core/packagebuild/BuildTask"
import type { PackageBuild } from "@orch/core/packagebuild/PackageBuild"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { BuilderPool } from "../../builders/BuilderPool.ts"
import { whenAway } from "../../http/Failures.ts"
import * as PathNumber from "../../http/PathNumber.ts"
import { time } from "../../http/Timestamp.ts"
import { expectedEnd, ExpectedTimes } from "../../modulebuilds/ExpectedTimes.ts"

/** Why nothing is foretold. */
const whyNot = (forecast: Forecast.Forecast | undefined, lost: ReadonlyArray<string>): string | null =>
  forecast?._tag !== "Unknown"
    ? null
    : lost.length > 0
    ? `${NameList.shorten(lost, 3)} did not succeed: the build ends with what is under way.`
    : `${NameList.shorten(forecast.parts, 3)} ${
      forecast.parts.length === 1 ? "was" : "were"
    } built fewer than 3 times before.`

const shown = (
  forecast: Forecast.Forecast | undefined,
  part: { readonly name: string; readonly usual: Usual | undefined; readonly took: number | undefined }
): Wire["parts"][number] => {
  const span = forecast?._tag === "Known" ? forecast.spans.get(part.name) : undefined
  return {
    name: part.name,
    usual: part.usual ?? null,
    took: part.took ?? null,
    starts_at: span === undefined ? null : time(Math.round(span.start)),
    ends_at: span === undefined ? null : time(Math.round(span.end))
  }
}

const isLost = (state: string): boolean => state === "failed" || state === "canceled"

/** Tasks as parts: what one node after the other builds. */
const taskParts = (
  build: PackageBuild,
  usual: (packageName: string, arch: string) => Usual | undefined
): ReadonlyArray<Forecast.Part> =>
  build.plan.tasks.map((plan) => {
    const task = build.tasks.get(plan.name)!
    return {
      name: plan.name,
      state: BuildTask.isEnded(task) ? "done" : task.state === "started" ? "running" : "left",
      ...(task.state === "started" && task.startedAt !== undefined ? { startedAt: task.startedAt } : {}),
      usual: usual(packageName(build.plan.refs[plan.index]!), plan.arch),
      after: plan.after,
      group: 1,
      afterGroup: 0,
      priority: plan.path,
      kind: plan.arch,
      ...(task.attempt > 1 ? { again: task.reason } : {})
    }
  })

const took = ({ finishedAt, startedAt }: BuildTask.BuildTask, now: number): number | undefined =>
  startedAt === undefined ? undefined : ((finishedAt ?? now) - startedAt) / 1000

export const layer = HttpApiBuilder.group(
  OrchApi,
  "forecasts",
  Effect.fn(function*(handlers) {
    const modules = yield* ModuleBuilds
    const packages = yield* PackageBuilds
    const times = yield* ExpectedTimes
    const pool = yield* BuilderPool
    return handlers.handleAll({
      moduleBuild: Effect.fnUntraced(function*({ params }) {
        const id = yield* PathNumber.of("module build")(params.id)
        const { state: build } = yield* modules.get(id).pipe(
          Effect.catchTag("ProcessNotFound", () => Effect.fail(ErrorBody.notFound(`There is no module build ${id}`))),
          whenAway
        )
        const { forecast, usual } = yield* whenAway(times.of(build))
        const now = yield* Clock.currentTimeMillis
        const parts = BuildForecast.components(build)
        const { back, done, total } = BuildForecast.progress(parts)
        const sinceOf = ({ open, openedAt, submittedAt }: BuildForecast.Component["build"]) =>
          open ? openedAt ?? submittedAt : undefined
        return {
          expected: expectedEnd(forecast),
          why_not: whyNot(forecast, parts.filter((one) => isLost(one.build.state)).map((one) => one.plan.name)),
          progress: { done, total, back: back ?? null },
          parts: parts.map((one) => {
            const since = sinceOf(one.build)
            return shown(forecast, {
              name: one.plan.name,
              usual: usual(one.plan.name),
              took: BuildForecast.took(one.build) ?? (since === undefined ? undefined : (now - since) / 1000)
            })
          })
        }
      }),
      packageBuild: Effect.fnUntraced(function*({ params }) {
        const id = yield* PathNumber.of("package build")(params.id)
        const { state: build } = yield* packages.get(id).pipe(
          Effect.catchTag("ProcessNotFound", () => Effect.fail(ErrorBody.notFound(`There is no package build ${id}`))),
          whenAway
        )
        const usual = yield* whenAway(pool.usual([...new Set(build.plan.refs.map(packageName))]))
        const nodes = (yield* whenAway(pool.nodes)).filter(({ draining }) => !draining)
        const slots = (arch: string): number =>
          nodes.reduce((sum, node) => node.arches.includes(arch) ? sum + node.slots : sum, 0) || Infinity
        const now = yield* Clock.currentTimeMillis
        const tasks = [...build.tasks.values()]
        const isOver = build.finishedAt !== undefined
        const parts = taskParts(build, usual)
        const forecast = isOver ? undefined : Forecast.play(parts, slots, now)
        const again = tasks.find((task) => task.attempt > 1 && !BuildTask.isEnded(task))
        return {
          expected: expectedEnd(forecast),
          why_not: whyNot(forecast, []),
          progress: {
            done: tasks.filter(BuildTask.isEnded).length,
            total: tasks.length,
            back: again === undefined ? null : `${again.name} is built once more: ${again.reason}.`
          },
          parts: parts.map((part) =>
            shown(forecast, { name: part.name, usual: part.usual, took: took(build.tasks.get(part.name)!, now) })
          )
        }
      })
    })
  })
)
