/**
 * Names one build of a module stream: `name:stream:version:context`.
 *
 * These four parts are what a repository tells apart; the architecture is not among them (see `Nevra`). The modulemd
 * specification makes the version an unsigned 64-bit integer, which a number cannot hold; real versions exceed 2^53.
 */
import * as Data from "effect/Data"
import type * as order from "effect/Order"
import * as Result from "effect/Result"

/** One build of a module stream. `parse` makes no empty part; `version` is from 0 to 2^64 - 1. */
export interface Nsvc {
  readonly name: string
  readonly stream: string
  readonly version: bigint
  readonly context: string
}

/** The first one to four parts of an `Nsvc`, as users name "any build of this stream". */
export interface NsvcPrefix {
  readonly name: string
  readonly stream: string | undefined
  readonly version: bigint | undefined
  readonly context: string | undefined
}

/**
 * Why a text is no NSVC or prefix of one. `PartCount`: too few or too many parts. `EmptyPart`: nothing between two
 * colons. `VersionNotNumeric`: something other than the digits 0 to 9. `VersionOutOfRange`: above 2^64 - 1.
 */
export class InvalidNsvc extends Data.TaggedError("InvalidNsvc")<{
  readonly input: string
  readonly reason: "PartCount" | "EmptyPart" | "VersionNotNumeric" | "VersionOutOfRange"
}> {
  override get message(): string {
    return `${JSON.stringify(this.input)} is not NAME:STREAM:VERSION:CONTEXT: ${explanations[this.reason]}`
  }
}

const explanations: Record<InvalidNsvc["reason"], string> = {
  PartCount: "wrong number of parts",
  EmptyPart: "a part is empty",
  VersionNotNumeric: "the version must consist of digits",
  VersionOutOfRange: "a version is at most 18446744073709551615"
}

const maxVersion = 2n ** 64n - 1n

/**
 * Reads one to four parts: `perl`, `perl:5.30`, `perl:5.30:8010020190906`, or a whole NSVC.
 *
 * Returns the parts as they stand; those that are not given are undefined. Fails with `InvalidNsvc`, for any text in
 * linear time.
 *
 * ```ts run
 * import * as Nsvc from "@orch/core/Nsvc"
 * import * as Result from "effect/Result"
 *
 * const prefix = Result.getOrThrow(Nsvc.parsePrefix("perl:5.30"))
 * Nsvc.startsWith(Nsvc.parseUnsafe("perl:5.30:8010020190906:2d4c5f53"), prefix) // => true
 * ```
 */
export const parsePrefix = (input: string): Result.Result<NsvcPrefix, InvalidNsvc> => {
  const refuse = (reason: InvalidNsvc["reason"]) => Result.fail(new InvalidNsvc({ input, reason }))
  const parts = input.split(":")
  if (parts.length > 4) return refuse("PartCount")
  if (parts.includes("")) return refuse("EmptyPart")
  const [name, stream, digits, context] = parts as [string, string?, string?, string?]
  if (digits !== undefined && !/^\d+$/.test(digits)) return refuse("VersionNotNumeric")
  // Twenty digits hold 2^64 - 1; a longer numeral is never converted, whatever its length.
  if (digits !== undefined && digits.replace(/^0+/, "").length > 20) return refuse("VersionOutOfRange")
  const version = digits === undefined ? undefined : BigInt(digits)
  if (version !== undefined && version > maxVersion) return refuse("VersionOutOfRange")
  return Result.succeed({ name, stream, version, context })
}

/**
 * Reads `NAME:STREAM:VERSION:CONTEXT`.
 *
 * Returns the four parts, the version as a `bigint`; leading zeros of it are lost. Fails with `InvalidNsvc`, which
 * keeps the input and says what is wrong with it.
 *
 * ```ts run
 * import * as Nsvc from "@orch/core/Nsvc"
 * import * as Result from "effect/Result"
 *
 * const perl = Result.getOrThrow(Nsvc.parse("perl:5.30:8010020190906:2d4c5f53"))
 * perl.version // => 8010020190906n
 * Nsvc.format(perl) // => "perl:5.30:8010020190906:2d4c5f53"
 * Result.isFailure(Nsvc.parse("perl:5.30")) // => true
 * ```
 */
export const parse = (input: string): Result.Result<Nsvc, InvalidNsvc> =>
  Result.flatMap(
    parsePrefix(input),
    ({ name, stream, version, context }) =>
      stream === undefined || version === undefined || context === undefined
        ? Result.fail(new InvalidNsvc({ input, reason: "PartCount" }))
        : Result.succeed({ name, stream, version, context })
  )

/** Reads like `parse`; throws `InvalidNsvc` where `parse` fails. */
export const parseUnsafe = (input: string): Nsvc => Result.getOrThrow(parse(input))

/** Writes `NAME:STREAM:VERSION:CONTEXT`, the version in decimal digits. `parse` reads it back equal. */
export const format = (self: Nsvc): string => `${self.name}:${self.stream}:${self.version}:${self.context}`

/** Whether every part that the prefix names is equal. */
export const startsWith = (self: Nsvc, prefix: NsvcPrefix): boolean =>
  self.name === prefix.name
  && (prefix.stream === undefined || self.stream === prefix.stream)
  && (prefix.version === undefined || self.version === prefix.version)
  && (prefix.context === undefined || self.context === prefix.context)

const compare = <A extends string | bigint>(one: A, two: A): -1 | 0 | 1 => one < two ? -1 : one > two ? 1 : 0

/** By name, stream and context as text, versions as numbers: 9 comes before 10. */
export const Order: order.Order<Nsvc> = (self, that) =>
  compare(self.name, that.name) || compare(self.stream, that.stream) || compare(self.version, that.version)
  || compare(self.context, that.context)
