/**
 * The `distros` parameter: for which distributions, releases and architectures a repository is wanted.
 *
 * Two spellings exist. shaman today takes `distro/version[/arch]` and nothing else, its refusal text is part of its API;
 * its first README also took `distro` alone, `distro.version`, blanks after commas and any case.
 */
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import * as Distro from "./Distro.ts"

/** One wanted place. `version` is null when any release will do, `arch` when any architecture will. */
export interface Entry {
  readonly distro: string
  readonly version: string | null
  readonly arch: string | null
  /** Exact: distro and release must be spelt as recorded (either name of the release). Otherwise case does not count. */
  readonly exact: boolean
}

/** Why a `distros` value was refused; `message` is what clients of shaman look for. */
export class InvalidDistros extends Data.TaggedError("InvalidDistros")<{
  readonly input: string
  readonly reason: "NoVersion" | "TooManyParts" | "NoDistro"
}> {
  override get message(): string {
    switch (this.reason) {
      case "NoVersion":
        return `Invalid version or codename for distro: ${this.input}`
      case "TooManyParts":
        return `Invalid distro, expected distro/version or distro/version/arch: ${this.input}`
      case "NoDistro":
        return `Invalid distro, nothing stands between two commas: ${this.input}`
    }
  }
}

/**
 * Reads today's spelling: `centos/9,ubuntu/jammy/x86_64`. Blanks around each part are ignored, an empty arch is no
 * arch.
 *
 * Returns an exact entry for each part, in order. Fails with `InvalidDistros` for the first part without a release or
 * with more than three pieces; so does the empty text.
 *
 * ```ts run
 * import * as DistroQuery from "@orch/core/repository/DistroQuery"
 * import * as Result from "effect/Result"
 *
 * const [place] = Result.getOrThrow(DistroQuery.parse("ubuntu/jammy/x86_64"))
 * place // => { distro: "ubuntu", version: "jammy", arch: "x86_64", exact: true }
 * Result.isFailure(DistroQuery.parse("ubuntu")) // => true
 * ```
 */
export const parse = (input: string): Result.Result<ReadonlyArray<Entry>, InvalidDistros> => {
  const entries: Array<Entry> = []
  for (const part of input.split(",")) {
    const [distro = "", version = "", arch = "", ...rest] = part.split("/").map((piece) => piece.trim())
    if (rest.length > 0) return Result.fail(new InvalidDistros({ input: part.trim(), reason: "TooManyParts" }))
    if (version === "") return Result.fail(new InvalidDistros({ input: distro, reason: "NoVersion" }))
    entries.push({ distro, version, arch: arch === "" ? null : arch, exact: true })
  }
  return Result.succeed(entries)
}

/**
 * Reads the first README's spelling: `ubuntu, centos.7`, also `centos/7` and `centos/7/x86_64`; any case.
 *
 * Returns an entry for each part, in order, none of them exact. Fails with `InvalidDistros` for the first part without
 * a distribution or with more than three pieces; so does the empty text.
 */
export const parseLenient = (input: string): Result.Result<ReadonlyArray<Entry>, InvalidDistros> => {
  const entries: Array<Entry> = []
  for (const part of input.split(",").map((piece) => piece.trim())) {
    if (part === "") return Result.fail(new InvalidDistros({ input, reason: "NoDistro" }))
    const pieces = part.includes("/") ? part.split("/") : splitAtDot(part)
    const [distro = "", version = "", arch = "", ...rest] = pieces.map((piece) => piece.trim())
    if (rest.length > 0) return Result.fail(new InvalidDistros({ input: part, reason: "TooManyParts" }))
    if (distro === "") return Result.fail(new InvalidDistros({ input: part, reason: "NoDistro" }))
    entries.push({
      distro,
      version: version === "" ? null : version,
      arch: arch === "" ? null : arch,
      exact: false
    })
  }
  return Result.succeed(entries)
}

const splitAtDot = (part: string): ReadonlyArray<string> => {
  const dot = part.indexOf(".")
  return dot < 0 ? [part] : [part.slice(0, dot), part.slice(dot + 1)]
}

/** What an entry is compared with, worked out once per search. */
export interface Matcher {
  readonly distroKey: string
  /** The release asked for and, when it is a minor one, its major release: a record of either will do. Null for any. */
  readonly versionKeys: ReadonlyArray<string> | null
  readonly arch: string | null
  /** When not null, how far the record must be for that architecture (null: as a whole). */
  readonly status: { readonly arch: string | null; readonly status: string } | null
  /** When not null the recorded distro must be this text and the recorded release one of these. */
  readonly spelling: { readonly distro: string; readonly versions: ReadonlyArray<string> } | null
}

const withMajor = (distro: string, version: string): ReadonlyArray<string> => {
  const major = Distro.majorOf(distro, version)
  return major === null ? [version] : [version, major]
}

/** Every name under which a release may be recorded to serve the one asked for: number, codename, those of its major release. */
export const spellings = (releases: Distro.Table, distro: string, version: string): ReadonlyArray<string> =>
  withMajor(distro, version).flatMap((each) => {
    const { codename, version: number } = Distro.names(releases, distro, each)
    return [codename, number].filter((name) => name !== null)
  })

/**
 * Works out what records have to have to lie in the place of an entry; both names of its release match where the table
 * knows them, and what was built for the major release (`rocky/10`) serves a minor one (`rocky/10.1`), not the other way.
 */
export const matcher = (
  releases: Distro.Table,
  entry: Entry,
  status: Matcher["status"] = null
): Matcher => {
  const asked = entry.version === null ? null : withMajor(entry.distro, entry.version)
  return {
    distroKey: entry.distro.toLowerCase(),
    versionKeys: asked === null ? null : asked.map((version) => Distro.key(releases, entry.distro, version)),
    arch: entry.arch,
    status,
    spelling: !entry.exact || entry.version === null
      ? null
      : {
        distro: entry.distro,
        versions: spellings(releases, entry.distro, entry.version!)
      }
  }
}
