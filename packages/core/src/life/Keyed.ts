/** Events on their way into a process, and what makes each happen once. */

/** An event and the key that makes it happen once; observations need none, since repeating them changes nothing. */
export interface Keyed<E> {
  readonly event: E
  readonly key: string | undefined
}

/** The events without keys, which may happen any number of times, in their order. */
export const unkeyed = <E>(events: ReadonlyArray<E>): ReadonlyArray<Keyed<E>> =>
  events.map((event) => ({ event, key: undefined }))

/** The events whose key was not seen yet, in their order; of those that share a key only the first. */
export const fresh = <E>(
  events: ReadonlyArray<Keyed<E>>,
  isSeen: (key: string) => boolean
): ReadonlyArray<Keyed<E>> => {
  const taken = new Set<string>()
  return events.filter(({ key }) => {
    if (key === undefined) return true
    if (isSeen(key) || taken.has(key)) return false
    taken.add(key)
    return true
  })
}
