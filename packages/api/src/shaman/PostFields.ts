/** Reading the fields of a posted JSON object: all problems named at once, every text bounded. */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/** What is wrong with a posted body; each problem names a field. */
export class InvalidPost extends Schema.TaggedError<InvalidPost>()("InvalidPost", {
  problems: Schema.Array(Schema.Struct({ field: Schema.String, problem: Schema.String }))
}) {
  override get message(): string {
    return this.problems.map(({ field, problem }) => field === "" ? problem : `${field}: ${problem}`).join("; ")
  }
}

/** The longest name that is stored: shaman's column width, here in bytes, so that index entries stay within bounds. */
export const nameBytes = 256
/** The longest URL that is stored, in bytes of UTF-8. */
export const urlBytes = 2048
const jsonCharacters = 256 * 1024
const archsAtMost = 64

/**
 * Reads single fields, and notes what is wrong with them. Texts are bounded by `bytes`, `nameBytes` where none is
 * given; a number counts as its decimal text.
 */
export interface Reader {
  /** A text that must be there; "" with a problem noted when it is not. */
  readonly required: (field: string, bytes?: number) => string
  /** A text, undefined when absent or null. */
  readonly optional: (field: string, bytes?: number) => string | undefined
  /** A list of texts, undefined when absent or null. */
  readonly texts: (field: string) => ReadonlyArray<string> | undefined
  /** Any JSON, undefined when absent. */
  readonly json: (field: string) => unknown
  /** A text that was made of others, bounded like them; the problem is noted under the field's name. */
  readonly made: (field: string, text: string, bytes: number) => string
  /** Whatever is there, unchecked: not to be stored. */
  readonly any: (field: string) => unknown
}

const bytesOf = (text: string): number => new TextEncoder().encode(text).length

const textProblem = (value: unknown, bytes: number): string | undefined =>
  typeof value !== "string"
    ? "must be a text"
    : value.includes("\0")
    ? "must not hold a NUL character"
    : bytesOf(value) > bytes
    ? `must not be longer than ${bytes} bytes`
    : undefined

/** What is wrong with the name of a project, ref or commit; undefined where it can be stored. */
export const nameProblem = (name: string): string | undefined => textProblem(name, nameBytes)

/**
 * Reads a body by `build`, which gets a reader of its fields. Fails with `InvalidPost` where the body is no JSON
 * object, or any problem was noted: with all of them.
 */
export const read = <A>(body: unknown, build: (fields: Reader) => A): Result.Result<A, InvalidPost> => {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return Result.fail(new InvalidPost({ problems: [{ field: "", problem: "the body must be a JSON object" }] }))
  }
  const object = body as { readonly [field: string]: unknown }
  const problems: Array<{ readonly field: string; readonly problem: string }> = []
  const note = (field: string, problem: string) => void problems.push({ field, problem })
  const at = (field: string): unknown => Object.hasOwn(object, field) ? object[field] : undefined
  // Python's clients post a release such as 9 as a number now and then; shaman's database made it a text.
  const text = (field: string, given: unknown, bytes: number): string => {
    const value = typeof given === "number" ? String(given) : given
    const problem = textProblem(value, bytes)
    if (problem !== undefined) note(field, problem)
    return typeof value === "string" ? value : ""
  }
  const value = build({
    required: (field, bytes = nameBytes) => {
      const given = at(field)
      if (given === undefined || given === null || given === "") {
        note(field, "is required")
        return ""
      }
      return text(field, given, bytes)
    },
    optional: (field, bytes = nameBytes) => {
      const given = at(field)
      return given === undefined || given === null ? undefined : text(field, given, bytes)
    },
    texts: (field) => {
      const given = at(field)
      if (given === undefined || given === null) return undefined
      if (!Array.isArray(given)) {
        note(field, "must be a list of texts")
        return undefined
      }
      if (given.length > archsAtMost) note(field, `must not hold more than ${archsAtMost} entries`)
      return given.slice(0, archsAtMost).map((each) => text(field, each, nameBytes))
    },
    json: (field) => {
      const given = at(field)
      if (given === undefined) return undefined
      const written = JSON.stringify(given)
      if (written.length > jsonCharacters) note(field, `must not be longer than ${jsonCharacters} characters as JSON`)
      if (/(?:^|[^\\])(?:\\\\)*\\u0000/.test(written)) note(field, "must not hold a NUL character")
      return given
    },
    made: text,
    any: at
  })
  return problems.length > 0 ? Result.fail(new InvalidPost({ problems })) : Result.succeed(value)
}
