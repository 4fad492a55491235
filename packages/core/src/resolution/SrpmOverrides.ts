/**
 * Source packages a submitter uploads to be built instead of what git has: scratch builds only.
 *
 * The package is named by the file: `cli-build/1234.abcd/perl.src.rpm` is built in place of the component `perl`.
 */

/** A package, and the path of the uploaded source package that is built in its place. */
export interface SrpmOverride {
  readonly package: string
  readonly source: string
}

/** What a list of uploaded source packages comes to. */
export interface Read {
  /** The first source given for each package. */
  readonly overrides: ReadonlyArray<SrpmOverride>
  /** Further sources for a package that has one already: ignored. */
  readonly duplicates: ReadonlyArray<SrpmOverride>
  /** What is no uploaded source package. */
  readonly invalid: ReadonlyArray<string>
}

/** The package an uploaded source is for, or `undefined` when it is no path of an uploaded `.src.rpm`. */
export const packageOf = (source: string): string | undefined => {
  if (!source.startsWith("cli-build/") || !source.endsWith(".src.rpm")) return undefined
  const name = source.slice(source.lastIndexOf("/") + 1, -".src.rpm".length)
  return name === "" ? undefined : name
}

/** Reads which package each source is for. Never fails: what cannot be read is in `invalid`. */
export const read = (sources: ReadonlyArray<string>): Read => {
  const overrides = new Map<string, SrpmOverride>()
  const duplicates: Array<SrpmOverride> = []
  const invalid: Array<string> = []
  for (const source of sources) {
    const name = packageOf(source)
    if (name === undefined) invalid.push(source)
    else if (overrides.has(name)) duplicates.push({ package: name, source })
    else overrides.set(name, { package: name, source })
  }
  return { overrides: Array.from(overrides.values()), duplicates, invalid }
}
