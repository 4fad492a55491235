/** How two module builds differ, of the `/orch/v1` face. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import * as BuildComparison from "@orch/core/modulebuild/BuildComparison"
import type { ModuleBuild } from "@orch/core/modulebuild/ModuleBuild"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { whenAway } from "../../http/Failures.ts"
import { ModuleBuildFeed } from "../ModuleBuildFeed.ts"
import * as Failures from "./ModuleBuildFailures.ts"

const side = (one: BuildComparison.ComponentSide | undefined) =>
  one === undefined ? null : { state: one.state, nvr: one.nvr ?? null, seconds: one.seconds ?? null }

const took = ({ completedAt, createdAt }: ModuleBuild): number | null =>
  completedAt === undefined ? null : (completedAt - createdAt) / 1000

export const layer = HttpApiBuilder.group(
  OrchApi,
  "comparisons",
  Effect.fn(function*(handlers) {
    const store = yield* ModuleBuilds
    const feed = yield* ModuleBuildFeed
    const find = (id: number) => Effect.map(store.get(id).pipe(Failures.whenMissing, whenAway), ({ state }) => state)
    const otherOf = Effect.fnUntraced(function*(id: number, other: string) {
      if (other !== "last-ready") return yield* Failures.moduleBuildId(other)
      const found = yield* whenAway(feed.lastReady(id))
      return found ?? (yield* ErrorBody.notFound(`No earlier build of the stream of module build ${id} is ready`))
    })
    return handlers.handleAll({
      moduleBuild: Effect.fnUntraced(function*({ params }) {
        const to = yield* find(yield* Failures.moduleBuildId(params.id))
        const from = yield* find(yield* otherOf(to.id, params.other))
        const { artifacts, components, inputs } = BuildComparison.compare(from, to)
        return {
          from: from.id,
          to: to.id,
          inputs: inputs.map((one) => ({ ...one, name: one.name ?? null })),
          artifacts,
          components: components.map((one) => ({
            component: one.component,
            from: side(one.from),
            to: side(one.to)
          })),
          took: { from: took(from), to: took(to) }
        }
      })
    })
  })
)
