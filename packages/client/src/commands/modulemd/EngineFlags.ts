/**
 * Settings of the JavaScript engine for one pass over one text, by its size. All of it is work that other threads do or that
 * memory is kept for; the pass itself takes as long without.
 *
 * Measured on Node.js 24 with an index of 0.7 MB: 123 to 94 ms of processor time, of which 72 ms are the main thread's.
 */

/** Versions of the engine whose flags these are; another one would complain of those it does not know. */
const known = /^1[23]\./

/** Below this nothing is to be gained, and loading what sets flags would cost more. */
const tiny = 64 * 1024

/** From here on code runs long enough for the last optimization to pay for itself. */
const large = 1024 * 1024

/**
 * Flags for a text of so many bytes: up to `large` no code is optimized that would run for too short a time; beyond it
 * the room for new values does not grow, as one pass makes much that is dropped at once (119 to 94 MB for a 7 MB index).
 */
export const flagsFor = (bytes: number): ReadonlyArray<string> =>
  bytes < tiny
    ? []
    : bytes < large
    ? ["--no-opt", "--no-maglev-inlining", "--no-parallel-scavenge"]
    : ["--opt", "--maglev-inlining", "--parallel-scavenge", "--semi-space-growth-factor=1"]

/** Sets the flags in this process, where its engine knows them. */
export const set = (bytes: number): void => {
  const flags = known.test(process.versions.v8) ? flagsFor(bytes) : []
  if (flags.length === 0) return
  const { setFlagsFromString } = process.getBuiltinModule("node:v8")
  for (const flag of flags) setFlagsFromString(flag)
}
