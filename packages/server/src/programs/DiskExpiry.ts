/** Which of the things that are kept on disk may go: those that are too old, and the oldest ones of what is too much. */

/** One thing on disk. */
export interface Item {
  readonly id: string
  /** Milliseconds since 1970. */
  readonly usedAt: number
  readonly bytes: number
  /** Whether somebody still needs it: it stays, and counts. */
  readonly isNeeded: boolean
}

export interface Limits {
  /** Milliseconds since 1970. */
  readonly now: number
  /** Milliseconds after its last use at which a thing goes; 0 for never. */
  readonly maxAge: number
  /** Bytes of all together; 0 for any number. */
  readonly maxBytes: number
  /** Milliseconds after its last use for which a thing stays in any case. */
  readonly minAge: number
}

/** The identities of what is to go, the oldest first. */
export const choose = (
  items: ReadonlyArray<Item>,
  { maxAge, maxBytes, minAge, now }: Limits
): ReadonlyArray<string> => {
  let bytes = items.reduce((sum, item) => sum + item.bytes, 0)
  const found: Array<string> = []
  const oldestFirst = items.filter(({ isNeeded, usedAt }) => !isNeeded && now - usedAt >= minAge)
    .sort((a, b) => a.usedAt - b.usedAt || (a.id < b.id ? -1 : 1))
  for (const item of oldestFirst) {
    const isOld = maxAge > 0 && now - item.usedAt >= maxAge
    const isTooMuch = maxBytes > 0 && bytes > maxBytes
    if (!isOld && !isTooMuch) continue
    found.push(item.id)
    bytes -= item.bytes
  }
  return found
}
