/** One thing that is to be let through or not. */
import * as SubjectType from "./SubjectType.ts"

/** A type and what names the thing within it, such as an NVR. */
export interface GatingSubject {
  readonly type: SubjectType.SubjectType
  readonly identifier: string
}

/** The subject that a type's name and an identifier mean. */
export const make = (
  typeName: string,
  identifier: string,
  types: ReadonlyArray<SubjectType.SubjectType>
): GatingSubject => ({ type: SubjectType.named(typeName, types), identifier })

/**
 * The subject that an object of the old form means: the first type whose `itemKey` it has, or `type` with `item`. Answers
 * `undefined` where it means none.
 */
export const fromObject = (
  object: Readonly<Record<string, unknown>>,
  types: ReadonlyArray<SubjectType.SubjectType>
): GatingSubject | undefined => {
  const named = object["type"]
  for (const type of types) {
    if (typeof named === "string" && named !== "" && type.id !== named) continue
    const item = type.itemKey === undefined ? undefined : object[type.itemKey]
    if (typeof item === "string" && item !== "") return { type, identifier: item }
  }
  const item = object["item"]
  return typeof named === "string" && named !== "" && typeof item === "string" && item !== ""
    ? make(named, item, types)
    : undefined
}

/** The package that an NVR is a build of; `undefined` where the type has no packages. */
export const packageName = ({ identifier, type }: GatingSubject): string | undefined => {
  if (!type.isNvr) return undefined
  const release = identifier.lastIndexOf("-")
  const version = release < 0 ? -1 : identifier.lastIndexOf("-", release - 1)
  return identifier.slice(0, version >= 0 ? version : release >= 0 ? release : undefined)
}

const asRecord = ({ itemKey, keys }: SubjectType.ResultQuery, item: string): Readonly<Record<string, string>> =>
  itemKey === undefined ? keys : { [itemKey]: item, ...keys }

/** How answers of the old form describe it. */
export const item = ({ identifier, type }: GatingSubject): Readonly<Record<string, string>> =>
  type.itemDict === undefined ? { type: type.id, item: identifier } : asRecord(type.itemDict, identifier)

/**
 * What data its results have: each entry is a query of its own, and what they find counts together. Values with commas are
 * alternatives.
 */
export const queries = (subject: GatingSubject): ReadonlyArray<Readonly<Record<string, string>>> =>
  subject.type.resultQueries.length === 0
    ? [item(subject)]
    : subject.type.resultQueries.map((query) => asRecord(query, subject.identifier))
