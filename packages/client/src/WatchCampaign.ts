/** Follows a campaign to its end by looking at it again and again. A server that goes away and comes back costs nothing. */
import type { CampaignDetail } from "@orch/api/orch/CampaignsApi"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import type { OrchClient } from "./OrchClient.ts"
import type { RequestFailed } from "./RequestFailed.ts"
import * as RequestFailures from "./RequestFailures.ts"

/** Whether nothing more will happen to the campaign by itself: it is done, it failed, or it was canceled. */
export const hasEnded = ({ state }: Pick<CampaignDetail, "state">): boolean =>
  state === "done" || state === "failed" || state === "canceled"

/** How to watch. */
export interface Options {
  /** Time between two looks; a second when not given. */
  readonly interval?: Duration.Input
  /** How long a server may be away before watching gives up; a minute when not given. */
  readonly patience?: Duration.Input
}

/**
 * The campaign at once, after each change, and as it ended. Fails with `RequestFailed`: at once where the server says no, otherwise
 * when the patience is at its end.
 */
export const watch = (client: OrchClient["Service"], id: number, options: Options = {}) => {
  const look = client.campaigns.get({ params: { id: `${id}` } }).pipe(
    Effect.catch((error) => Effect.flatMap(RequestFailures.describe(error), Effect.fail)),
    Effect.retry(
      Schedule.spaced("1 second").pipe(
        Schedule.setInputType<RequestFailed>(),
        Schedule.upTo({ duration: options.patience ?? "1 minute" }),
        Schedule.while(({ input }) => RequestFailures.isTransient(input))
      )
    )
  )
  return Stream.concat(
    Stream.fromEffect(look),
    Stream.forever(Stream.fromEffect(Effect.delay(look, options.interval ?? "1 second")))
  ).pipe(
    Stream.changesWith((one, two) => one.modified_at === two.modified_at && one.state === two.state),
    Stream.takeUntil(hasEnded)
  )
}
