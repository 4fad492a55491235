/** Liveness and readiness: alive is who answers; ready is who can also reach the database and is not stopping. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Draining } from "../http/Draining.ts"
import { Readiness } from "./Readiness.ts"
import * as SystemConditions from "./SystemConditions.ts"

const ok = { status: "ok" } as const

export const layer = HttpApiBuilder.group(
  OrchApi,
  "system",
  Effect.fn(function*(handlers) {
    const readiness = yield* Readiness
    const draining = yield* Draining
    const farm = yield* BuildSystem
    const conditions = SystemConditions.known.pipe(Effect.provideService(BuildSystem, farm))
    return handlers.handleAll({
      live: () => Effect.succeed(ok),
      ready: Effect.fnUntraced(function*() {
        if (yield* draining.isDraining) return yield* ErrorBody.unavailable("The server is stopping")
        const problem = yield* readiness.problem
        if (problem !== undefined) return yield* ErrorBody.unavailable(problem)
        const isDegraded = (yield* conditions).some(({ available }) => !available)
        return { status: isDegraded ? "degraded" : "ok" } as const
      })
    })
  })
)
