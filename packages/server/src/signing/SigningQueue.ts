/** What is to be signed, handed to signers: at once, or as soon as somebody asks for it while a signer waits. */
import { Signings } from "@orch/core/ports/signing/Signings"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import type { Signing } from "@orch/core/signing/Signing"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as LongPoll from "../database/LongPoll.ts"
import { Notifier } from "../database/Notifier.ts"
import { SignKeys } from "./SignKeys.ts"

/** The notification of signers who wait. */
const requested = "signings-requested"

/** Hand-outs of what is to be signed. */
export class SigningQueue extends Context.Service<SigningQueue, {
  /** The oldest for one of these keys, within `wait` milliseconds; `undefined` when there is none. */
  readonly take: (
    keyIds: ReadonlyArray<string>,
    signer: string,
    wait: number
  ) => Effect.Effect<Signing | undefined, StoreUnavailable>
  /** Tells signers who wait that there is something. */
  readonly requested: Effect.Effect<void>
}>()("@orch/server/signing/SigningQueue") {}

export const layer: Layer.Layer<SigningQueue, never, Notifier | Signings | SignKeys> = Layer.effect(
  SigningQueue,
  Effect.gen(function*() {
    const notifier = yield* Notifier
    const signings = yield* Signings
    const keys = yield* SignKeys

    /** The first that is still there: of several signers that ask at the same moment each gets another one. */
    const take = Effect.fnUntraced(function*(keyIds: ReadonlyArray<string>, signer: string) {
      for (const id of yield* keys.idle(keyIds)) {
        const at = yield* Clock.currentTimeMillis
        const taken = yield* signings.apply(id, [{ key: undefined, event: { _tag: "Taken", at, signer } }]).pipe(
          Effect.catchTag(["IllegalTransition", "ProcessNotFound"], () => Effect.undefined)
        )
        if (taken?.changed === true) return taken.state
      }
      return undefined
    })
    return SigningQueue.of({
      take: (keyIds, signer, wait) => LongPoll.within(notifier, requested, wait, take(keyIds, signer)),
      requested: notifier.notify(requested)
    })
  })
)
