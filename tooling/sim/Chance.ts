/** Chance that is the same in every run: numbers that follow from what they are about. */

/** Even between 0 and 1, without both, from a number and a purpose. */
export const even = (about: number, purpose: number): number => {
  let hash = Math.imul(about + 1, 0x9e3779b1) ^ Math.imul(purpose + 1, 0x85ebca6b)
  for (const factor of [0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f]) hash = Math.imul(hash ^ hash >>> 15, factor)
  return ((hash ^ hash >>> 16) >>> 0) / 2 ** 32 * (1 - 2 ** -30) + 2 ** -33
}

/** Normal with mean 0 and deviation 1. */
export const normal = (about: number, purpose: number): number =>
  Math.sqrt(-2 * Math.log(even(about, 2 * purpose + 1000))) * Math.cos(2 * Math.PI * even(about, 2 * purpose + 1001))
