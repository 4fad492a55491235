/**
 * Name, version and release of a source build, the name under which Koji and the seed's `rpms/NVR` keys know it.
 *
 * The text is read from the right, because only the name may contain dashes.
 */
import * as Data from "effect/Data"
import type * as order from "effect/Order"
import * as Result from "effect/Result"
import * as Evr from "./Evr.ts"

/** Name, version and release; `parse` makes no empty part. Only `name` may contain dashes. */
export interface Nvr {
  readonly name: string
  readonly version: string
  readonly release: string
}

/**
 * Why a text is no `NAME-VERSION-RELEASE`. `PartCount`: fewer than two dashes. `EmptyPart`: nothing before, between or
 * after them. `IllegalCharacter`: a blank, `:` or `/`.
 */
export class InvalidNvr extends Data.TaggedError("InvalidNvr")<{
  readonly input: string
  readonly reason: "PartCount" | "EmptyPart" | "IllegalCharacter"
}> {
  override get message(): string {
    const why = { PartCount: "it needs two '-'", EmptyPart: "a part is empty", IllegalCharacter: "illegal character" }
    return `${JSON.stringify(this.input)} is not NAME-VERSION-RELEASE: ${why[this.reason]}`
  }
}

/**
 * Reads `NAME-VERSION-RELEASE`, from the right.
 *
 * Returns the three parts as they stand. Fails with `InvalidNvr`.
 *
 * ```ts run
 * import * as Nvr from "@orch/core/Nvr"
 * import * as Result from "effect/Result"
 *
 * const build = Result.getOrThrow(Nvr.parse("perl-Test-Simple-1.302-1.el8"))
 * build // => { name: "perl-Test-Simple", version: "1.302", release: "1.el8" }
 * Nvr.format(build) // => "perl-Test-Simple-1.302-1.el8"
 * ```
 */
export const parse = (input: string): Result.Result<Nvr, InvalidNvr> => {
  const refuse = (reason: InvalidNvr["reason"]) => Result.fail(new InvalidNvr({ input, reason }))
  const second = input.lastIndexOf("-")
  const first = second < 1 ? -1 : input.lastIndexOf("-", second - 1)
  if (first < 0) return refuse("PartCount")
  const name = input.slice(0, first)
  const version = input.slice(first + 1, second)
  const release = input.slice(second + 1)
  if (name === "" || version === "" || release === "") return refuse("EmptyPart")
  if (/[\s:/]/.test(input)) return refuse("IllegalCharacter")
  return Result.succeed({ name, version, release })
}

/** Reads like `parse`; throws `InvalidNvr` where `parse` fails. */
export const parseUnsafe = (input: string): Nvr => Result.getOrThrow(parse(input))

/** Writes `NAME-VERSION-RELEASE`. `parse` reads it back equal. */
export const format = (self: Nvr): string => `${self.name}-${self.version}-${self.release}`

/** By name as text, then oldest first (`Evr.Order` without epochs). */
export const Order: order.Order<Nvr> = (self, that) => {
  if (self.name !== that.name) return self.name < that.name ? -1 : 1
  return Evr.Order({ ...self, epoch: 0 }, { ...that, epoch: 0 })
}
