/**
 * Readers of JSON values of a known form, for modules that are loaded where no schema is needed otherwise: loading
 * `effect/Schema` takes longer than most of what they are used for. Keys that are not asked for are ignored.
 */
import * as Result from "effect/Result"

/** Reads a value that stands at a place such as `buildrequires.perl.stream`; throws `Unreadable`. */
export type Reader<A> = (value: unknown, place: string) => A

class Unreadable {
  readonly message: string
  constructor(place: string, expected: string) {
    this.message = `${place === "" ? "the value" : place} is not ${expected}`
  }
}

const at = (place: string, key: string): string => place === "" ? key : `${place}.${key}`

/** Throws what `read` answers as a failure: the place is not what was expected. For readers of one's own. */
export const unless = (place: string, expected: string): never => {
  throw new Unreadable(place, expected)
}

/** Any text. */
export const text: Reader<string> = (value, place) => typeof value === "string" ? value : unless(place, "text")

/** An integer that a number holds exactly. */
export const integer: Reader<number> = (value, place) =>
  typeof value === "number" && Number.isSafeInteger(value) ? value : unless(place, "an integer")

/** `true` or `false`. */
export const truth: Reader<boolean> = (value, place) =>
  typeof value === "boolean" ? value : unless(place, "true or false")

/** `null`, or what the reader takes. */
export const nullOr = <A>(read: Reader<A>): Reader<A | null> => (value, place) =>
  value === null ? null : read(value, place)

/** An integer or text. */
export const integerOrText: Reader<number | string> = (value, place) =>
  typeof value === "string"
    ? value
    : typeof value === "number"
    ? integer(value, place)
    : unless(place, "an integer or text")

/** A list, each element of which the reader takes. */
export const list = <A>(read: Reader<A>): Reader<ReadonlyArray<A>> => (value, place) =>
  Array.isArray(value) ? value.map((one: unknown, index) => read(one, at(place, `${index}`))) : unless(place, "a list")

const object = (value: unknown, place: string): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Readonly<Record<string, unknown>>
    : unless(place, "an object")

/** An object with any keys, each value of which the reader takes. */
export const record = <A>(read: Reader<A>): Reader<Readonly<Record<string, A>>> => (value, place) =>
  Object.fromEntries(Object.entries(object(value, place)).map(([key, one]) => [key, read(one, at(place, key))]))

type Read<F> = { readonly [K in keyof F]: F[K] extends Reader<infer A> ? A : never }

/** An object with these keys, of which those of `optional` may be absent. */
export const struct = <
  const F extends Readonly<Record<string, Reader<unknown>>>,
  const O extends Readonly<Record<string, Reader<unknown>>>
>(needed: F, optional: O): Reader<Read<F> & Partial<Read<O>>> =>
(value, place) => {
  const given = object(value, place)
  const member = (key: string) => Object.hasOwn(given, key) ? given[key] : undefined
  const entries = [
    ...Object.entries(needed).map(([key, read]) => [key, read(member(key), at(place, key))]),
    ...Object.entries(optional)
      .filter(([key]) => member(key) !== undefined)
      .map(([key, read]) => [key, read(member(key), at(place, key))])
  ]
  return Object.fromEntries(entries) as Read<F> & Partial<Read<O>>
}

/** Reads a value; fails with one sentence that names the first place that is not of the form. */
export const read = <A>(reader: Reader<A>, value: unknown): Result.Result<A, string> => {
  try {
    return Result.succeed(reader(value, ""))
  } catch (error) {
    if (error instanceof Unreadable) return Result.fail(error.message)
    throw error
  }
}
