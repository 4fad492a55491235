/**
 * Distribution releases: codename and number are one thing.
 *
 * Debian-like repositories are recorded under a codename (`jammy`) and asked for by number (`22.04`), RPM ones only have a
 * number. The table says which codename belongs to which number; it is data, so a new release is a line of configuration.
 * shaman answers by two hand-kept maps that disagree with each other (`debian/11` misses `bullseye`) and end in 2022.
 */
import * as Data from "effect/Data"
import * as Result from "effect/Result"

/** One release: the distribution in lower case, its codename in lower case, its number. */
export interface Release {
  readonly distro: string
  readonly codename: string
  readonly version: string
}

/** Both names of a release; either is absent when the table does not know it. */
export interface Names {
  readonly codename: string | null
  readonly version: string | null
}

/** Lookup in both directions, made once from the releases by {@link table}. */
export interface Table {
  readonly releases: ReadonlyArray<Release>
  readonly versionOf: ReadonlyMap<string, string>
  readonly codenameOf: ReadonlyMap<string, string>
}

const spell = (distro: string, lines: string): ReadonlyArray<Release> =>
  lines.trim().split(/\s*,\s*/).map((line) => {
    const [version = "", codename = ""] = line.split(/\s+/)
    return { distro, codename, version }
  })

/** The releases known without configuration, Debian 7 and Ubuntu 14.04 onwards (debian.org and ubuntu.com release lists). */
export const releases: ReadonlyArray<Release> = [
  ...spell(
    "ubuntu",
    `14.04 trusty, 16.04 xenial, 16.10 yakkety, 17.04 zesty, 17.10 artful, 18.04 bionic, 18.10 cosmic, 19.04 disco, 19.10 eoan,
     20.04 focal, 20.10 groovy, 21.04 hirsute, 21.10 impish, 22.04 jammy, 22.10 kinetic, 23.04 lunar, 23.10 mantic, 24.04 noble,
     24.10 oracular, 25.04 plucky, 25.10 questing, 26.04 resolute`
  ),
  ...spell(
    "debian",
    "7 wheezy, 8 jessie, 9 stretch, 10 buster, 11 bullseye, 12 bookworm, 13 trixie, 14 forky, 15 duke"
  )
]

/** Builds the lookup; a later release of the same codename or number replaces an earlier one. */
export const table = (rows: ReadonlyArray<Release>): Table => ({
  releases: rows,
  versionOf: new Map(rows.map((row) => [`${row.distro}/${row.codename}`, row.version])),
  codenameOf: new Map(rows.map((row) => [`${row.distro}/${row.version}`, row.codename]))
})

/** The table of the known {@link releases}. */
export const standard: Table = table(releases)

/** A line of release configuration that is not `distro/version=codename`. */
export class InvalidRelease extends Data.TaggedError("InvalidRelease")<{ readonly input: string }> {
  override get message(): string {
    return `cannot read the release "${this.input}": write it as distro/version=codename, for example ubuntu/26.10=name`
  }
}

/**
 * Adds configured releases to a table: `"ubuntu/28.04=name, debian/16=name"`. Empty text adds nothing.
 *
 * Returns a new table; a release of the same codename or number replaces the known one. Fails with `InvalidRelease` for
 * the first part that cannot be read.
 */
export const extend = (self: Table, text: string): Result.Result<Table, InvalidRelease> => {
  const added: Array<Release> = []
  for (const part of text.split(",").map((piece) => piece.trim()).filter((piece) => piece !== "")) {
    const match = /^([a-z0-9_-]+)\/([0-9][0-9a-z.]*)=([a-z]+)$/.exec(part.toLowerCase())
    if (match === null) return Result.fail(new InvalidRelease({ input: part }))
    added.push({ distro: match[1]!, version: match[2]!, codename: match[3]! })
  }
  return Result.succeed(table([...self.releases, ...added]))
}

const alphabetic = /^\p{L}+$/u

/**
 * Both names of a release given by either. What the table does not know is taken as a codename when it is letters only, as a
 * number otherwise (`centos/9` has no codename, `ubuntu/unknown` no number). Case-sensitive, as shaman renders records.
 */
export const names = (self: Table, distro: string, identifier: string): Names => {
  if (identifier === "") return { codename: null, version: null }
  const version = self.versionOf.get(`${distro}/${identifier}`)
  if (version !== undefined) return { codename: identifier, version }
  if (alphabetic.test(identifier)) return { codename: identifier, version: null }
  return { codename: self.codenameOf.get(`${distro}/${identifier}`) ?? null, version: identifier }
}

/** Distributions whose minor releases are built for as their major one is: 10.1 installs what was built for 10. */
const majors: ReadonlySet<string> = new Set([
  "alma",
  "almalinux",
  "centos",
  "circle",
  "cloudlinux",
  "debian",
  "eurolinux",
  "ol",
  "oracle",
  "oraclelinux",
  "redhat",
  "rhel",
  "rocky",
  "rockylinux",
  "scientific",
  "springdale"
])

/**
 * The major release that a minor one belongs to, by its number: `"10"` of `rocky` `10.1`; null for a release that is no
 * minor one, and where the number after the point makes another release (`ubuntu` `22.04`). Any case.
 */
export const majorOf = (distro: string, identifier: string): string | null =>
  majors.has(distro.toLowerCase()) ? /^(\d+)\.\d[\d.]*$/.exec(identifier)?.[1] ?? null : null

/**
 * The one spelling under which a release is compared: its number when there is one, in lower case. `key(t, "Ubuntu", "Jammy")`
 * and `key(t, "ubuntu", "22.04")` are both `"22.04"`.
 */
export const key = (self: Table, distro: string, identifier: string): string => {
  const known = names(self, distro.toLowerCase(), identifier.toLowerCase())
  return known.version ?? known.codename ?? ""
}
