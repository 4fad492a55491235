/**
 * Entries of a setting: a JSON array of objects, each with an id of its own. They hold passwords, so problems repeat nothing of them
 * but ids and names of keys.
 */
import * as Result from "effect/Result"

/** What is wrong with the setting. */
export interface InvalidEntries {
  readonly _tag: "InvalidEntries"
  readonly message: string
}

/** What entries are like. */
export interface Format<A> {
  /** What problems call one, such as `broker`. */
  readonly noun: string
  /** All keys that an entry may have, `id` among them. */
  readonly keys: ReadonlyArray<string>
  /** Reads an entry whose keys are known and whose id is good; fails with what is wrong with it. */
  readonly read: (id: string, given: Readonly<Record<string, unknown>>) => Result.Result<A, string>
}

/** Reads such a setting. Empty text means no entries. */
export const parser = <A>(format: Format<A>) => (text: string): Result.Result<ReadonlyArray<A>, InvalidEntries> => {
  if (text.trim() === "") return Result.succeed([])
  const entries = json(text)
  if (!Array.isArray(entries)) return invalid(`is not a JSON array of {${format.keys.join(", ")}}`)
  const found = new Map<string, A>()
  for (const [index, entry] of entries.entries()) {
    const read = Result.flatMap(identified(entry, format), ({ given, id }) =>
      found.has(id)
        ? Result.fail(`the id ${id} is taken by another`)
        : Result.map(format.read(id, given), (one) => void found.set(id, one)))
    if (Result.isFailure(read)) return invalid(`${format.noun} ${index + 1}: ${read.failure}`)
  }
  return Result.succeed([...found.values()])
}

const invalid = (message: string): Result.Result<never, InvalidEntries> =>
  Result.fail({ _tag: "InvalidEntries", message })

const json = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const identified = (entry: unknown, { keys }: Pick<Format<unknown>, "keys">) => {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return Result.fail("is not an object")
  const given = entry as Readonly<Record<string, unknown>>
  const unknown = Object.keys(given).find((key) => !keys.includes(key))
  if (unknown !== undefined) return Result.fail(`"${unknown}" is none of ${keys.join(", ")}`)
  const { id } = given
  return typeof id === "string" && /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id)
    ? Result.succeed({ id, given })
    : Result.fail("its id must be up to 64 letters, digits, dots, dashes and underscores")
}
