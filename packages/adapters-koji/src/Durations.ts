/**
 * How long things took lately at one hub, in milliseconds: builds by package, what was submitted together by the buildroot, and
 * repositories by their tag. What the hub's own history says counts until something was seen to end.
 */

/** What is remembered; see `make`. */
export interface Durations {
  /** How long the package took when it was last built, or on average. */
  readonly ofPackage: (name: string) => number | undefined
  readonly packageTook: (name: string, millis: number) => void
  /** Of these packages those that nothing is known of and that nobody has asked about. They count as asked about from now on. */
  readonly unasked: (names: ReadonlyArray<string>) => ReadonlyArray<string>
  /** The longest that a batch of this buildroot took lately. */
  readonly ofBatch: (buildroot: string) => number | undefined
  readonly batchTook: (buildroot: string, millis: number) => void
  /** How long a repository of this tag took last, or of any tag. */
  readonly ofRepository: (tag: string) => number | undefined
  readonly repositoryTook: (tag: string, millis: number) => void
}

/** Entries of each kind; the oldest are forgotten first. */
const remembered = 20_000
/** Batches and repositories that tell what to expect of the next. */
const samples = 3

const keep = <A>(map: Map<string, A>, key: string, value: A): void => {
  map.delete(key)
  map.set(key, value)
  if (map.size > remembered) map.delete(map.keys().next().value!)
}

const added = (before: ReadonlyArray<number> | undefined, millis: number): ReadonlyArray<number> =>
  [...(before ?? []), millis].slice(-samples)

/** Knows nothing yet. */
export const make = (): Durations => {
  const packages = new Map<string, number>()
  const asked = new Map<string, true>()
  const batches = new Map<string, ReadonlyArray<number>>()
  const repositories = new Map<string, number>()
  let anyRepository: ReadonlyArray<number> = []
  return {
    ofPackage: (name) => packages.get(name),
    packageTook: (name, millis) => keep(packages, name, millis),
    unasked: (names) => {
      const found = names.filter((name) => !packages.has(name) && !asked.has(name))
      for (const name of found) keep(asked, name, true)
      return found
    },
    ofBatch: (buildroot) => {
      const known = batches.get(buildroot)
      return known === undefined ? undefined : Math.max(...known)
    },
    batchTook: (buildroot, millis) => keep(batches, buildroot, added(batches.get(buildroot), millis)),
    ofRepository: (tag) =>
      repositories.get(tag) ?? anyRepository.toSorted((a, b) => a - b)[Math.floor(anyRepository.length / 2)],
    repositoryTook: (tag, millis) => {
      keep(repositories, tag, millis)
      anyRepository = added(anyRepository, millis)
    }
  }
}
