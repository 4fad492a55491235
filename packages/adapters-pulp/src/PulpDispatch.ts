/**
 * Work that Pulp does as a task, given once although answers get lost, processes die and workers vanish.
 *
 * The key of the work is the correlation id of its request. Before a request is sent, and again when its answer is lost, the
 * tasks of that id are looked for: one that is under way is followed instead, and one that has completed since is the answer.
 */
import * as Effect from "effect/Effect"
import type { PulpClient, Request } from "./PulpClient.ts"
import type { PulpError } from "./PulpError.ts"
import * as PulpTask from "./PulpTask.ts"
import type { FollowOptions, PulpTasks } from "./PulpTasks.ts"

/** A request that Pulp answers with a task; `POST` unless told. */
export interface Work extends Omit<Request, "method" | "repeatable"> {
  readonly method?: Request["method"]
  /** From `CorrelationId`; the same for the same work only. */
  readonly correlation: string
  readonly options?: FollowOptions
  /** Whether it is known that nothing was given under this id, so that nobody need look before the first attempt. */
  readonly isNew?: boolean
}

/** How often work is given that lost its worker or was canceled by somebody. */
const attempts = 3

/** Tasks of a correlation id that completed or still may, oldest first. */
export const tasksOf = (client: PulpClient, correlation: string) =>
  Effect.map(
    client.list(PulpTask.PulpTask, "tasks/", {
      logging_cid: correlation,
      state__in: "waiting,running,completed",
      ordering: "pulp_created",
      fields: PulpTask.fields
    }),
    (tasks) => tasks.filter((task) => PulpTask.isHopeful(task) || task.state === "completed")
  )

/**
 * The completed task of the work. What was completed earlier under this id is the answer, so the same id must not be used for
 * work that is to happen again.
 */
export const perform = Effect.fnUntraced(function*(client: PulpClient, tasks: PulpTasks, work: Work) {
  const { correlation, isNew = false, options, ...rest } = work
  const request: Request = {
    method: "POST",
    ...rest,
    headers: { ...rest.headers, "correlation-id": correlation }
  }
  const look = Effect.map(tasksOf(client, correlation), (found) => found[0])
  const give: Effect.Effect<string, PulpError> = client.send(request).pipe(
    Effect.flatMap(({ json }) => client.decode(PulpTask.Dispatched, `POST ${request.path}`, json)),
    Effect.map(({ task }) => task),
    // Perhaps it was given, and only the answer is lost.
    Effect.catchIf(
      ({ reason }) => reason === "unreachable",
      (error) =>
        Effect.flatMap(look, (found) => found === undefined ? Effect.fail(error) : Effect.succeed(found.pulp_href))
    )
  )
  for (let attempt = 1;; attempt++) {
    const found = isNew && attempt === 1 ? undefined : yield* look
    if (found?.state === "completed") return found
    const path = found?.pulp_href ?? (yield* give)
    const ended = yield* Effect.result(tasks.follow(path, options))
    if (ended._tag === "Success") return ended.success
    const { reason } = ended.failure
    if (attempt >= attempts || reason !== "lost" && reason !== "canceled") return yield* ended.failure
  }
})

/** Deletes what is at a path; what is not there is fine. */
export const end = Effect.fnUntraced(function*(client: PulpClient, tasks: PulpTasks, path: string) {
  yield* Effect.catchIf(
    Effect.gen(function*() {
      const { json, status } = yield* client.send({ method: "DELETE", path, repeatable: true })
      if (status !== 202) return
      const { task } = yield* client.decode(PulpTask.Dispatched, `DELETE ${path}`, json)
      yield* tasks.follow(task)
    }),
    ({ reason }) => reason === "gone",
    () => Effect.void
  )
})
