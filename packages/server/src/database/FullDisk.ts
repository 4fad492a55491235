/**
 * Whether a disk was found full lately: by a write of the database or of a file that had no room.
 *
 * Small writes may still find room where large ones do not, so a write that tries the database proves nothing.
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Milliseconds for which a disk counts as full after a write found it so. */
const lasts = 10_000

/** What PostgreSQL and the file system say where there is no room to write. */
const withoutRoom = new Set(["53100", "ENOSPC", "EDQUOT"])

/** Whether something failed because a disk is full; looks at what caused it, a few steps deep. */
export const isSaidBy = (failure: unknown, steps = 8): boolean => {
  if (steps === 0 || typeof failure !== "object" || failure === null) return false
  const { cause, code, defect, error, reason, reasons } = failure as Readonly<Record<string, unknown>>
  return withoutRoom.has(String(code)) ||
    [cause, defect, error, reason, ...(Array.isArray(reasons) ? reasons : [])].some((one) => isSaidBy(one, steps - 1))
}

/** What is known of it. */
export class FullDisk extends Context.Service<FullDisk, {
  /** A write found a disk full. */
  readonly note: Effect.Effect<void>
  /** Whether one did in the last ten seconds. */
  readonly isKnown: Effect.Effect<boolean>
}>()("@orch/server/database/FullDisk") {
  static readonly layer: Layer.Layer<FullDisk> = Layer.sync(FullDisk, () => {
    let at = -Infinity
    return {
      note: Effect.map(Clock.currentTimeMillis, (now) => void (at = now)),
      isKnown: Effect.map(Clock.currentTimeMillis, (now) => now - at < lasts)
    }
  })
}
