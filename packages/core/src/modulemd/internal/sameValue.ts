/** Equality of documents by what they hold. */

/** Whether two plain values (text, numbers, lists, maps, records) hold the same; keys of records may come in any order. */
export const sameValue = (one: unknown, two: unknown): boolean => {
  if (Object.is(one, two)) return true
  if (typeof one !== "object" || typeof two !== "object" || one === null || two === null) return false
  if (Array.isArray(one)) {
    return Array.isArray(two) && one.length === two.length && one.every((item, i) => sameValue(item, two[i]))
  }
  if (one instanceof Map) {
    return two instanceof Map && one.size === two.size
      && [...one].every(([key, value]) => two.has(key) && sameValue(value, two.get(key)))
  }
  const [left, right] = [one as Record<string, unknown>, two as Record<string, unknown>]
  const keys = Object.keys(left)
  return keys.length === Object.keys(right).length
    && keys.every((key) => Object.hasOwn(right, key) && sameValue(left[key], right[key]))
}
