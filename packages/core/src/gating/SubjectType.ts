/**
 * What can be gated: builds, composes, updates. Each installation describes its own types, as Greenwave's files do.
 */

/** How something is looked for among results: `itemKey` holds its identifier, `keys` are fixed. */
export interface ResultQuery {
  readonly itemKey: string | undefined
  /** Values with commas are alternatives, as in queries of ResultsDB. */
  readonly keys: Readonly<Record<string, string>>
}

/** A product version that follows from an identifier: a regular expression and what replaces its match (`\1`). */
export interface ProductVersionMatch {
  readonly match: string
  readonly productVersion: string
}

/** One type; what is absent is `undefined` or empty. */
export interface SubjectType {
  readonly id: string
  /** Other names that requests and waivers may use. */
  readonly aliases: ReadonlyArray<string>
  /** The key that holds the identifier in subjects of the old form and in results. */
  readonly itemKey: string | undefined
  /** The build system knows it, so it has a source and a time. */
  readonly isKojiBuild: boolean
  /** Its identifier is name, version and release, so it has a package. */
  readonly isNvr: boolean
  /** Where no policy applies, nothing is required, instead of an error. */
  readonly ignoreMissingPolicy: boolean
  readonly productVersion: string | undefined
  readonly productVersionMatch: ReadonlyArray<ProductVersionMatch>
  /** How answers of the old form describe it; absent: by `type` and `item`. */
  readonly itemDict: ResultQuery | undefined
  /** Where its results are looked for; empty: by what describes it. */
  readonly resultQueries: ReadonlyArray<ResultQuery>
}

/** A type that nobody described: the build system may know it, and its identifier says nothing. Never fails. */
export const generic = (id: string): SubjectType => ({
  id,
  aliases: [],
  itemKey: undefined,
  isKojiBuild: true,
  isNvr: false,
  ignoreMissingPolicy: false,
  productVersion: undefined,
  productVersionMatch: [],
  itemDict: undefined,
  resultQueries: []
})

/** Whether the name is the type's or one of its aliases. */
export const isCalled = (type: SubjectType, name: string): boolean => type.id === name || type.aliases.includes(name)

/** The type with that name or alias; one that nobody described is `generic`. */
export const named = (name: string, types: ReadonlyArray<SubjectType>): SubjectType =>
  types.find((type) => isCalled(type, name)) ?? generic(name)
