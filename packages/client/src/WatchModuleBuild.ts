/**
 * Follows a module build to its end by its announcements.
 *
 * A server that goes away and comes back costs nothing: announcements have numbers, and watching goes on after the last
 * one seen.
 */
import type { ModuleBuildDetail } from "@orch/api/orch/ModuleBuildsApi"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { OrchClient } from "./OrchClient.ts"
import type { RequestFailed } from "./RequestFailed.ts"
import * as RequestFailures from "./RequestFailures.ts"

type Client = OrchClient["Service"]

/**
 * Whether nothing more will happen to the build by itself. Scratch builds end in `done`, others in `ready`, `failed` or
 * `garbage`.
 */
export const hasEnded = ({ scratch, state }: Pick<ModuleBuildDetail, "scratch" | "state">): boolean =>
  state === "ready" || state === "failed" || state === "garbage" || (state === "done" && scratch)

/** How to watch. */
export interface Options {
  /** How long a server may be away before watching gives up; a minute when not given. */
  readonly patience?: Duration.Input
}

/**
 * The build after each change, the first element at once, the last one ended. Fails with `RequestFailed`: at once where the
 * server says no (there is no such build, who asks may not), otherwise when the patience is at its end.
 */
export const watch = (client: Client, id: number, options: Options = {}) =>
  Stream.suspend(() => {
    let lastEventId: string | undefined
    const get = client.moduleBuilds.get({ params: { id: `${id}` } })
    const changes = Stream.unwrap(client.moduleBuilds.events({
      params: { id: `${id}` },
      headers: lastEventId === undefined ? {} : { "last-event-id": lastEventId }
    })).pipe(
      Stream.tap((event) =>
        Effect.sync(() => {
          lastEventId = event.id ?? lastEventId
        })
      ),
      // A burst of announcements is one change to look at.
      Stream.groupedWithin(1000, "100 millis"),
      Stream.mapEffect(() => get)
    )
    // The end of the stream is a server that stops; its successor is asked.
    const again = Stream.concat(changes, Stream.fromEffect(Effect.delay(get, "1 second")))
    return Stream.concat(Stream.fromEffect(get), Stream.forever(again)).pipe(
      Stream.catch((error) => Stream.unwrap(Effect.map(RequestFailures.describe(error), Stream.fail))),
      Stream.retry(
        Schedule.spaced("1 second").pipe(
          Schedule.setInputType<RequestFailed>(),
          Schedule.upTo({ duration: options.patience ?? "1 minute" }),
          Schedule.while(({ input }) => RequestFailures.isTransient(input))
        )
      ),
      Stream.takeUntil(hasEnded)
    )
  })
