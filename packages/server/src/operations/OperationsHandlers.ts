/** Announcements and dead letters of the `/orch/v1` face. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import { CommandQueues } from "@orch/core/ports/CommandQueue"
import { Outbox } from "@orch/core/ports/Outbox"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Authentication } from "../auth/Authentication.ts"
import { CurrentCaller } from "../auth/CurrentCaller.ts"
import { time } from "../http/Timestamp.ts"
import * as EventStream from "./EventStream.ts"
import * as SystemConditions from "./SystemConditions.ts"
import * as SystemView from "./SystemView.ts"

const away = () => ErrorBody.unavailable("The database does not answer; try again in a moment")

/** Dead letters shown at once; the oldest first. */
const limit = 1000

/** Stands for a command that another version of the server stored. */
const unreadable = "unreadable"

export const layer = HttpApiBuilder.group(
  OrchApi,
  "operations",
  Effect.fn(function*(handlers) {
    const queue = yield* CommandQueues
    const outbox = yield* Outbox
    const authentication = yield* Authentication
    const farm = yield* BuildSystem
    return handlers.handleAll({
      events: ({ headers, query: { about, after } }) =>
        EventStream.followAll(headers["last-event-id"] ?? after, about === undefined ? [] : [about].flat()).pipe(
          Effect.provideService(Outbox, outbox)
        ),
      health: () =>
        SystemConditions.asked.pipe(
          Effect.provideService(BuildSystem, farm),
          Effect.map((conditions) => ({
            status: conditions.every(({ available }) => available) ? "ok" as const : "degraded" as const,
            systems: conditions.map(SystemView.condition)
          }))
        ),
      caller: () =>
        Effect.map(CurrentCaller, ({ groups, name }) => ({
          name,
          groups: [...groups].sort(),
          authentication: authentication.method
        })),
      deadLetters: () =>
        queue.deadLetters({ limit }).pipe(
          Effect.mapError(away),
          Effect.map((letters) =>
            letters.map(({ at, attempts, command, id, life, process, reason }) => ({
              id,
              life,
              process: process ?? null,
              module_build: life === "module-build" ? process ?? null : null,
              command: command ?? unreadable,
              attempts,
              reason,
              at: time(at)
            }))
          )
        ),
      release: ({ params }) =>
        Effect.flatMap(
          Effect.mapError(queue.release(params.id), away),
          (released) => released ? Effect.void : Effect.fail(ErrorBody.notFound("There is no dead letter of that id"))
        )
    })
  })
)
