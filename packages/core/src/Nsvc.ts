/**
 * Names one build of a module stream: `name:stream:version:context`.
 *
 * These four parts are what a repository tells apart; the architecture is not among them (see `Nevra`). The modulemd
 * specification makes the version an unsigned 64-bit integer, which a number cannot hold; real versions exceed 2^53.
 */
import * as Data from "effect/Data"
import type * as order from "effect/Order"
import * as Result from "effect/Result"

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

/** Reads one to four parts: `perl`, `perl:5.30`, `perl:5.30:8010020190906`, or a whole NSVC. */
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

export const parse = (input: string): Result.Result<Nsvc, InvalidNsvc> =>
  Result.flatMap(
    parsePrefix(input),
    ({ name, stream, version, context }) =>
      stream === undefined || version === undefined || context === undefined
        ? Result.fail(new InvalidNsvc({ input, reason: "PartCount" }))
        : Result.succeed({ name, stream, version, context })
  )

/** Like `parse`, throwing `InvalidNsvc`. */
export const parseUnsafe = (input: string): Nsvc => Result.getOrThrow(parse(input))

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
