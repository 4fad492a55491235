/**
 * Epoch, version and release: what decides which of two RPM packages of one name is newer.
 *
 * The order is RPM's own `rpmvercmp`, `~` and `^` included. Read as a rule it is simple: a version is a list of segments,
 * and at the first difference `~` is older than the end of the text, the end is older than `^`, `^` is older than letters,
 * and letters are older than digits. Everything else only separates segments, so "1.0" and "1_0" are equally new.
 */
import * as Data from "effect/Data"
import type * as order from "effect/Order"
import type { Ordering } from "effect/Ordering"
import * as Result from "effect/Result"

/** `epoch` is RPM's unsigned 32-bit number, 0 when a package states none; `version` and `release` are never empty. */
export interface Evr {
  readonly epoch: number
  readonly version: string
  readonly release: string
}

/**
 * Why a text is no `[EPOCH:]VERSION-RELEASE`. `EpochNotNumeric`: the part before `:` is not digits. `EpochOutOfRange`:
 * above 2^32 - 1. `EmptyVersion` and `NoRelease`: a part is missing. `IllegalCharacter`: a blank, `/`, or a further `-`
 * or `:`.
 */
export class InvalidEvr extends Data.TaggedError("InvalidEvr")<{
  readonly input: string
  readonly reason: "EpochNotNumeric" | "EpochOutOfRange" | "EmptyVersion" | "NoRelease" | "IllegalCharacter"
}> {
  override get message(): string {
    return `${JSON.stringify(this.input)} is not [EPOCH:]VERSION-RELEASE: ${explanations[this.reason]}`
  }
}

const explanations: Record<InvalidEvr["reason"], string> = {
  EpochNotNumeric: "the part before ':' must consist of digits",
  EpochOutOfRange: "an epoch is at most 4294967295",
  EmptyVersion: "there is no version",
  NoRelease: "there is no release after a '-'",
  IllegalCharacter: "blanks, '/', and a further '-' or ':' are not allowed"
}

const illegal = /[\s/:-]/

/**
 * Reads `[EPOCH:]VERSION-RELEASE`.
 *
 * Returns the three parts; an epoch that is not written is 0. Fails with `InvalidEvr`.
 *
 * ```ts run
 * import * as Evr from "@orch/core/Evr"
 * import * as Result from "effect/Result"
 *
 * Result.getOrThrow(Evr.parse("1:2.4.37-12.el8")) // => { epoch: 1, version: "2.4.37", release: "12.el8" }
 * Evr.compareVersions("1.0~rc1", "1.0") // => -1
 * Evr.Order(Evr.parseUnsafe("1:1.0-1"), Evr.parseUnsafe("2.0-1")) // => 1
 * ```
 */
export const parse = (input: string): Result.Result<Evr, InvalidEvr> => {
  const refuse = (reason: InvalidEvr["reason"]) => Result.fail(new InvalidEvr({ input, reason }))
  const colon = input.indexOf(":")
  const epochText = colon < 0 ? "0" : input.slice(0, colon)
  if (!/^\d+$/.test(epochText)) return refuse("EpochNotNumeric")
  const epoch = Number(epochText)
  if (epoch > 0xffff_ffff) return refuse("EpochOutOfRange")
  const rest = input.slice(colon + 1)
  const dash = rest.lastIndexOf("-")
  if (dash < 0 || dash === rest.length - 1) return refuse("NoRelease")
  const version = rest.slice(0, dash)
  const release = rest.slice(dash + 1)
  if (version === "") return refuse("EmptyVersion")
  if (illegal.test(version) || illegal.test(release)) return refuse("IllegalCharacter")
  return Result.succeed({ epoch, version, release })
}

/** Reads like `parse`; throws `InvalidEvr` where `parse` fails. */
export const parseUnsafe = (input: string): Evr => Result.getOrThrow(parse(input))

/**
 * Writes the short form, `VERSION-RELEASE`, with `EPOCH:` before it unless the epoch is 0. `parse` reads it back equal.
 */
export const format = (self: Evr): string =>
  self.epoch === 0 ? `${self.version}-${self.release}` : `${self.epoch}:${self.version}-${self.release}`

/** Writes the epoch always, as module artifacts and `dnf` do: `0:1.2-3`. */
export const formatWithEpoch = (self: Evr): string => `${self.epoch}:${self.version}-${self.release}`

const segment = /[0-9]+|[A-Za-z]+|~|\^/y
const separator = /[^0-9A-Za-z~^]*/y

// The end of the text has a rank between `~` and `^`: "1.0~rc1" < "1.0" < "1.0^git1" < "1.0.1".
const rank = (piece: string): number => {
  if (piece === "~") return 0
  if (piece === "") return 1
  if (piece === "^") return 2
  return piece < ":" ? 4 : 3
}

const next = (text: string, from: number): { readonly piece: string; readonly end: number } => {
  separator.lastIndex = from
  separator.test(text)
  const start = separator.lastIndex
  segment.lastIndex = start
  return segment.test(text)
    ? { piece: text.slice(start, segment.lastIndex), end: segment.lastIndex }
    : { piece: "", end: text.length }
}

const compareNumerals = (one: string, two: string): Ordering => {
  const a = one.replace(/^0+/, "")
  const b = two.replace(/^0+/, "")
  if (a.length !== b.length) return a.length < b.length ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * RPM's `rpmvercmp` on two versions or two releases: -1 when `one` is older than `two`, 0 when they are equally new, 1
 * when it is newer. Takes any text, also an empty one, in linear time.
 */
export const compareVersions = (one: string, two: string): Ordering => {
  if (one === two) return 0
  for (let i = 0, j = 0;;) {
    const a = next(one, i)
    const b = next(two, j)
    const ranks = rank(a.piece) - rank(b.piece)
    if (ranks !== 0) return ranks < 0 ? -1 : 1
    if (a.piece === "") return 0
    const order = rank(a.piece) === 4
      ? compareNumerals(a.piece, b.piece)
      : a.piece < b.piece
      ? -1
      : a.piece > b.piece
      ? 1
      : 0
    if (order !== 0) return order
    i = a.end
    j = b.end
  }
}

/** Oldest first: by epoch, then version, then release. */
export const Order: order.Order<Evr> = (self, that) => {
  if (self.epoch !== that.epoch) return self.epoch < that.epoch ? -1 : 1
  return compareVersions(self.version, that.version) || compareVersions(self.release, that.release)
}
