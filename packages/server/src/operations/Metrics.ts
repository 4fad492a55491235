/** `/metrics` in Prometheus' text form: what the process has counted, and what is looked for when asked. */
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import { answer } from "../http/Fallbacks.ts"
import * as InstallationMetrics from "./metrics/InstallationMetrics.ts"
import * as ProcessMetrics from "./metrics/ProcessMetrics.ts"
import * as SystemConditions from "./SystemConditions.ts"

/** What is measured. */
export interface Options extends InstallationMetrics.Options {
  readonly dataDir: string
}

/** A layer of one route, `GET /metrics`. */
export const layer = (options: Options) =>
  Layer.effectDiscard(Effect.gen(function*() {
    const router = yield* HttpRouter.HttpRouter
    const farm = yield* BuildSystem
    const process = yield* ProcessMetrics.make(options.dataDir)
    const installation = yield* InstallationMetrics.make(options)
    yield* router.add(
      "GET",
      "/metrics",
      Effect.gen(function*() {
        yield* process
        yield* installation
        yield* SystemConditions.measure.pipe(Effect.provideService(BuildSystem, farm))
        const body = yield* PrometheusMetrics.format()
        return HttpServerResponse.text(body, { contentType: "text/plain; version=0.0.4; charset=utf-8" })
      }).pipe(Effect.catchTag("StoreUnavailable", () => Effect.succeed(answer(503, "The database does not answer"))))
    )
  }))
