/**
 * Records finished module builds as repositories, by listening to this server's own announcements.
 *
 * It is a listener like any other: its place is kept in the outbox, so a build that became ready while no process ran is recorded
 * when one does, and recording one twice changes nothing that matters.
 */
import type { Announcement } from "@orch/core/ports/Announcer"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import { Outbox } from "@orch/core/ports/Outbox"
import * as ModuleBuildRepository from "@orch/core/repository/ModuleBuildRepository"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Repositories } from "./Repositories.ts"

const listener = "module-builds-as-repositories"
const batch = 100

/** Hands on what was announced since last time; answers how many announcements that were. */
export const catchUp = Effect.gen(function*() {
  const outbox = yield* Outbox
  const store = yield* ModuleBuilds
  const repositories = yield* Repositories
  const deliver = Effect.fnUntraced(function*({ body, topic }: Announcement) {
    if (topic !== "module-build.state" || typeof body !== "object" || body === null || Array.isArray(body)) return
    const { id, state } = body as { readonly id?: unknown; readonly state?: unknown }
    if (typeof id !== "number" || (state !== "ready" && state !== "garbage")) return
    const { state: build } = yield* store.get(id)
    const post = ModuleBuildRepository.post(build)
    if (post !== undefined) yield* repositories.post(post)
  })
  return yield* outbox.serve(
    listener,
    batch,
    (announcement) => Effect.catchTag(deliver(announcement), "ProcessNotFound", () => Effect.void)
  )
})

export const layer: Layer.Layer<never, never, Outbox | ModuleBuilds | Repositories> = Layer.effectDiscard(
  Effect.forkScoped(Effect.forever(
    catchUp.pipe(
      Effect.catch((error) => Effect.as(Effect.logWarning(`module builds wait to be recorded: ${error.message}`), 0)),
      Effect.flatMap((served) => served === batch ? Effect.void : Effect.sleep("5 seconds"))
    )
  ))
)
