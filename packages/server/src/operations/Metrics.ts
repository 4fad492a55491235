/** `/metrics` in Prometheus' text form: the runtime's own metrics, and how many builds stand where, counted when asked. */
import { ComponentState } from "@orch/core/modulebuild/ComponentBuild"
import { ModuleBuildState } from "@orch/core/modulebuild/ModuleBuild"
import { ModuleBuildIndex } from "@orch/core/ports/modulebuild/ModuleBuildIndex"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Metric from "effect/Metric"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import { answer } from "../http/Fallbacks.ts"

const moduleBuilds = Metric.gauge("orch_module_builds", { description: "Module builds by state" })
const componentBuilds = Metric.gauge("orch_component_builds", { description: "Component builds by state" })

const set = (gauge: typeof moduleBuilds, counts: Readonly<Record<string, number | undefined>>) =>
  Effect.forEach(
    Object.entries(counts),
    ([state, count]) => Metric.update(Metric.withAttributes(gauge, { state }), count ?? 0),
    { discard: true }
  )

/** Every state is always shown: a series that comes and goes cannot be told from one that is lost. */
const zeroes = (states: ReadonlyArray<string>) => Object.fromEntries(states.map((state) => [state, 0]))
const noBuilds = zeroes(ModuleBuildState.literals)
const noComponents = zeroes(ComponentState.literals)

export const layer = HttpRouter.add(
  "GET",
  "/metrics",
  Effect.gen(function*() {
    const index = yield* ModuleBuildIndex
    const counts = yield* index.counts
    yield* set(moduleBuilds, { ...noBuilds, ...counts.builds })
    yield* set(componentBuilds, { ...noComponents, ...counts.components })
    const body = yield* PrometheusMetrics.format()
    return HttpServerResponse.text(body, { contentType: "text/plain; version=0.0.4; charset=utf-8" })
  }).pipe(Effect.catchTag("StoreUnavailable", () => Effect.succeed(answer(503, "The database does not answer"))))
)
