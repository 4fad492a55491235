/** How much may be built at the same time, over all processes, and who says that something waits; without limits unless something is provided. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Layer from "effect/Layer"
import type { Limits } from "../farm/FairShare.ts"

/** The limits that hold for this server's farm. Their value is none where nothing is provided. */
export const SubmissionLimits: Context.Reference<Limits> = Context.Reference(
  "@orch/core/engine/SubmissionLimits",
  {
    defaultValue: (): Limits => ({})
  }
)

/**
 * How many packages of rebuilds may be built at the same time now, all rebuilds together; asked before slots are handed out. They are not limited
 * where nothing is provided.
 */
export const RebuildLimit: Context.Reference<Effect.Effect<number> | undefined> = Context.Reference(
  "@orch/core/engine/RebuildLimit",
  { defaultValue: (): Effect.Effect<number> | undefined => undefined }
)

/** Tells the scheduler of this process that something waits for a slot; it looks now and then without it. */
export const SlotNews: Context.Reference<{
  readonly tell: Effect.Effect<void>
  /** Until something was told since the last time. */
  readonly await: Effect.Effect<void>
}> = Context.Reference("@orch/core/engine/SlotNews", {
  defaultValue: (): { readonly tell: Effect.Effect<void>; readonly await: Effect.Effect<void> } => ({
    tell: Effect.void,
    await: Effect.never
  })
})

/** News within one process. */
export const slotNews: Layer.Layer<never> = Layer.sync(SlotNews, () => {
  const latch = Latch.makeUnsafe(false)
  return {
    tell: Effect.sync(() => void latch.openUnsafe()),
    await: Effect.andThen(latch.await, Effect.sync(() => void latch.closeUnsafe()))
  }
})
