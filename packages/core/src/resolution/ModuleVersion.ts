/**
 * Versions of modules: the commit's time in UTC as fourteen digits, prefixed with the base module's stream version so
 * that builds for different products of one commit stay apart.
 *
 * Versions are unsigned 64-bit integers, which a JavaScript number cannot hold: `bigint` inside, decimal text outside.
 */
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import * as ResolutionSettings from "./ResolutionSettings.ts"
import * as StreamVersion from "./StreamVersion.ts"

/** The largest version the modulemd specification allows: 2^64 - 1. */
export const maximum = 18446744073709551615n

/** A version as JSON, YAML or a database may give it. */
export type Input = bigint | number | string

/** Why something is no module version: `NotNumeric` where it is not digits alone, `TooLarge` above 2^64 - 1. */
export class InvalidModuleVersion extends Data.TaggedError("InvalidModuleVersion")<{
  readonly input: string
  readonly reason: "NotNumeric" | "TooLarge"
}> {
  override get message(): string {
    const input = this.input.length > 60 ? `${this.input.slice(0, 60)}…` : this.input
    return this.reason === "NotNumeric"
      ? `${JSON.stringify(input)} is not a module version: it must consist of digits`
      : `${input} is not a module version: it is at most ${maximum}`
  }
}

/**
 * Reads a version from decimal digits or a whole number. Fails with `InvalidModuleVersion` for what is no unsigned
 * 64-bit integer.
 */
export const parse = (input: Input): Result.Result<bigint, InvalidModuleVersion> => {
  const text = String(input)
  const refused = (reason: "NotNumeric" | "TooLarge") => Result.fail(new InvalidModuleVersion({ input: text, reason }))
  if (!/^\d+$/.test(text)) return refused("NotNumeric")
  if (text.length > 24) return refused("TooLarge")
  const version = BigInt(text)
  return version > maximum ? refused("TooLarge") : Result.succeed(version)
}

/** Reads like `parse`; throws `InvalidModuleVersion` where `parse` fails. */
export const parseUnsafe = (input: Input): bigint => Result.getOrThrow(parse(input))

/**
 * The version of a commit made at this time: year, month, day, hour, minute and second in UTC, fourteen digits.
 *
 * ```ts run
 * import * as ModuleVersion from "@orch/core/resolution/ModuleVersion"
 *
 * ModuleVersion.fromTimestamp(Date.UTC(2018, 1, 5, 13, 51, 54) / 1000) // => 20180205135154n
 * ModuleVersion.prefixed(20180205135154n, { platform: { stream: "f28" } }) // => 2820180205135154n
 * ```
 *
 * @param seconds since 1970-01-01T00:00:00Z; fractions are cut.
 */
export const fromTimestamp = (seconds: number): bigint => {
  const whole = Math.floor(seconds)
  const days = Math.floor(whole / 86400)
  const rest = whole - days * 86400
  const [year, month, day] = civil(days)
  const two = (value: number): string => String(value).padStart(2, "0")
  const time = `${two(Math.floor(rest / 3600))}${two(Math.floor(rest / 60) % 60)}${two(rest % 60)}`
  return BigInt(`${String(year).padStart(4, "0")}${two(month)}${two(day)}${time}`)
}

/**
 * The version without what `prefixed` put in front of it for these buildrequires; as it is where nothing was put.
 *
 * ```ts run
 * import * as ModuleVersion from "@orch/core/resolution/ModuleVersion"
 *
 * ModuleVersion.plain(2820180205135154n, { platform: { stream: "f28" } }) // => 20180205135154n
 * ```
 */
export const plain = (
  version: bigint,
  buildrequires: Readonly<Record<string, { readonly stream: string }>>,
  settings: ResolutionSettings.ResolutionSettings = ResolutionSettings.defaults
): bigint => {
  const text = String(version)
  // The prefix has at most as many digits as the version.
  for (let length = text.length - 1; length > 0; length--) {
    const rest = text.slice(-length)
    if (!rest.startsWith("0") && prefixed(rest, buildrequires, settings) === version) return BigInt(rest)
  }
  return version
}

/** Year, month and day of a day number, in the proleptic Gregorian calendar (400-year cycles from 0000-03-01). */
const civil = (days: number): readonly [number, number, number] => {
  const shifted = days + 719468
  const era = Math.floor(shifted / 146097)
  const dayOfEra = shifted - era * 146097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return [year, month, dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1]
}

/**
 * The version with the stream version of the buildrequired base module in front: `f28` and 20180205135154 give
 * 2820180205135154.
 *
 * Unprefixed when no base module is buildrequired, or when the result would not fit 64 bits.
 *
 * @param buildrequires what the build was resolved against, by module name.
 */
export const prefixed = (
  version: Input,
  buildrequires: Readonly<Record<string, { readonly stream: string }>>,
  settings: ResolutionSettings.ResolutionSettings = ResolutionSettings.defaults
): bigint => {
  const plain = BigInt(version)
  for (const name of settings.baseModuleNames) {
    const stream = Object.hasOwn(buildrequires, name) ? buildrequires[name]!.stream : ""
    if (stream === "") continue
    const prefix = Math.floor(StreamVersion.parse(stream, { rightPad: false, suffixes: settings.streamSuffixes }))
    const result = Number.isFinite(prefix) ? BigInt(`${BigInt(prefix)}${plain}`) : maximum + 1n
    return result > maximum ? plain : result
  }
  return plain
}
