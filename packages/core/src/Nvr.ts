/**
 * Name, version and release of a source build, the name under which Koji and the seed's `rpms/NVR` keys know it.
 *
 * The text is read from the right, because only the name may contain dashes.
 */
import * as Data from "effect/Data"
import type * as order from "effect/Order"
import * as Result from "effect/Result"
import * as Evr from "./Evr.ts"

export interface Nvr {
  readonly name: string
  readonly version: string
  readonly release: string
}

export class InvalidNvr extends Data.TaggedError("InvalidNvr")<{
  readonly input: string
  readonly reason: "PartCount" | "EmptyPart" | "IllegalCharacter"
}> {
  override get message(): string {
    const why = { PartCount: "it needs two '-'", EmptyPart: "a part is empty", IllegalCharacter: "illegal character" }
    return `${JSON.stringify(this.input)} is not NAME-VERSION-RELEASE: ${why[this.reason]}`
  }
}

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

/** Like `parse`, throwing `InvalidNvr`. */
export const parseUnsafe = (input: string): Nvr => Result.getOrThrow(parse(input))

export const format = (self: Nvr): string => `${self.name}-${self.version}-${self.release}`

/** By name, then oldest first. */
export const Order: order.Order<Nvr> = (self, that) => {
  if (self.name !== that.name) return self.name < that.name ? -1 : 1
  return Evr.Order({ ...self, epoch: 0 }, { ...that, epoch: 0 })
}
