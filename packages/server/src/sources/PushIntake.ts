/** What becomes of a forge's message, whichever way it comes: the history of branches is told, and rules build what they say. */
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { BranchHistory } from "../history/BranchHistory.ts"
import { type Outcome, PushBuilds } from "./PushBuilds.ts"
import * as PushEvent from "./PushEvent.ts"

/** What was done: one outcome for each rule that fits, or why nothing is built. */
export type Taken = Result.Result<ReadonlyArray<Outcome>, PushEvent.NoPush>

/** Takes a message. `delivery` is the same however often it is delivered; whatever is done is done once. */
export const take = (
  forge: PushEvent.Forge,
  given: unknown,
  delivery: string | undefined
): Effect.Effect<Taken, StoreUnavailable, BranchHistory | PushBuilds> =>
  Effect.gen(function*() {
    const change = PushEvent.change(forge, given)
    if (Result.isSuccess(change)) {
      const { cloneUrl, ...told } = change.success
      yield* (yield* BranchHistory).observe("webhook", [{
        repository: cloneUrl,
        ...told,
        ...(delivery === undefined ? {} : { key: `${forge}/${delivery.slice(0, 200)}` })
      }])
    }
    const push = PushEvent.read(forge, given)
    if (Result.isFailure(push)) return Result.fail(push.failure)
    return Result.succeed(yield* (yield* PushBuilds).receive(push.success, forge))
  })
