/** One setting of the server: the variable it is read from, what it means, and what is taken when it is not given. */
import * as ResolutionSettings from "@orch/core/resolution/ResolutionSettings"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

export interface Setting<A> {
  readonly variable: string
  /** What it is for, and what goes wrong without it. */
  readonly about: string
  /** The text that stands for it when the variable is absent; `undefined` where absence has a meaning of its own. */
  readonly fallback: string | undefined
  readonly secret: boolean
  readonly decode: (text: string | undefined) => Result.Result<A, string>
}

/** What a table of settings holds once it is read. */
export type Values<S> = { readonly [K in keyof S]: S[K] extends Setting<infer A> ? A : never }

interface Description {
  readonly about: string
  readonly fallback?: string
}

const described = <A>(
  variable: string,
  { about, fallback }: Description,
  decode: (text: string | undefined) => Result.Result<A, string>,
  secret = false
): Setting<A> => ({ variable, about, fallback, secret, decode: (given) => decode(given ?? fallback) })

/** A setting whose text a schema reads. */
export const of = <A>(
  variable: string,
  schema: Schema.Codec<A, string>,
  description: Description & { readonly fallback: string }
): Setting<A> => {
  const decode = Schema.decodeUnknownResult(schema)
  return described(variable, description, (text) => Result.mapError(decode(text), (error) => error.message))
}

/** A setting read by a function of the domain that answers with an error people can read. */
export const read = <A, E extends { readonly message: string }>(
  variable: string,
  parse: (text: string) => Result.Result<A, E>,
  description: Description & { readonly fallback: string }
): Setting<A> =>
  described(variable, description, (text) => Result.mapError(parse(text ?? ""), (error) => error.message))

/** The same for a text that is never shown; its parser's errors must not quote it. */
export const readSecret = <A, E extends { readonly message: string }>(
  variable: string,
  parse: (text: string) => Result.Result<A, E>,
  description: Description & { readonly fallback: string }
): Setting<A> =>
  described(variable, description, (text) => Result.mapError(parse(text ?? ""), (error) => error.message), true)

export const text = (variable: string, description: Description & { readonly fallback: string }): Setting<string> =>
  described(variable, description, (given) => Result.succeed(given ?? ""))

export const optionalText = (variable: string, description: Description): Setting<string | undefined> =>
  described(variable, description, (given) => Result.succeed(given === "" ? undefined : given))

export const secret = (variable: string, description: Description): Setting<Redacted.Redacted | undefined> =>
  described(
    variable,
    description,
    (given) => Result.succeed(given === undefined || given === "" ? undefined : Redacted.make(given)),
    true
  )

export const integer = (
  variable: string,
  { maximum, minimum, ...description }: Description & {
    readonly fallback: string
    readonly minimum: number
    readonly maximum: number
  }
): Setting<number> =>
  described(variable, description, (given) => {
    const value = Number(given)
    return /^\d+$/.test(given ?? "") && value >= minimum && value <= maximum
      ? Result.succeed(value)
      : Result.fail(`"${given}" is not a whole number from ${minimum} to ${maximum}`)
  })

export const flag = (
  variable: string,
  description: Description & { readonly fallback: "true" | "false" }
): Setting<boolean> =>
  described(variable, description, (given) =>
    given === "true" || given === "1"
      ? Result.succeed(true)
      : given === "false" || given === "0"
      ? Result.succeed(false)
      : Result.fail(`"${given}" is neither true nor false`))

/** Blanks around the parts are dropped, empty parts too. `needed` says why one part has to be left. */
export const list = (
  variable: string,
  { needed, ...description }: Description & { readonly fallback: string; readonly needed?: string }
): Setting<ReadonlyArray<string>> =>
  described(variable, description, (given) => {
    const parts = (given ?? "").split(",").map((part) => part.trim()).filter((part) => part !== "")
    return parts.length === 0 && needed !== undefined ? Result.fail(`names none: ${needed}`) : Result.succeed(parts)
  })

/** Regular expressions, as a JSON array of texts, since an expression may hold any separator. */
export const patterns = (variable: string, description: Description): Setting<ReadonlyArray<string>> =>
  described(variable, { fallback: "[]", ...description }, (given) => {
    const expected = "a JSON array of regular expressions"
    let json: unknown
    try {
      json = JSON.parse(given ?? "")
    } catch {
      return Result.fail(`is not ${expected}`)
    }
    if (!Array.isArray(json) || !json.every((one): one is string => typeof one === "string")) {
      return Result.fail(`is not ${expected}`)
    }
    const wrong = json.find((one) => !ResolutionSettings.isPattern(one))
    return wrong === undefined ? Result.succeed(json) : Result.fail(`"${wrong}" is not a regular expression`)
  })

/** `KEY=VALUE` parts, separated by commas. */
export const pairs = (
  variable: string,
  description: Description & { readonly fallback: string }
): Setting<Readonly<Record<string, string>>> =>
  described(variable, description, (given) => {
    const found: Record<string, string> = {}
    for (const part of (given ?? "").split(",").map((one) => one.trim()).filter((one) => one !== "")) {
      const at = part.indexOf("=")
      if (at < 1 || at === part.length - 1) return Result.fail(`"${part}" is not KEY=VALUE`)
      found[part.slice(0, at).trim()] = part.slice(at + 1).trim()
    }
    return Result.succeed(found)
  })
