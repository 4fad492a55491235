/**
 * A repository as shaman's clients read and post it: exactly thirteen keys out, the fields of a post in.
 *
 * The number and the codename of the release are both rendered, whichever was recorded. Every text of a post is bounded and may
 * hold no NUL (PostgreSQL has none), so that what is refused is refused here, by name, before anything is written.
 */
import * as Distro from "@orch/core/repository/Distro"
import type { Entry } from "@orch/core/repository/DistroQuery"
import * as RepositoryRecord from "@orch/core/repository/RepositoryRecord"
import * as Result from "effect/Result"
import * as Fields from "./PostFields.ts"
import * as Timestamp from "./Timestamp.ts"

/** A repository in shaman's JSON: exactly these thirteen keys. */
export interface RepositoryWire {
  readonly url: string
  readonly chacra_url: string
  readonly ref: string
  readonly sha1: string
  readonly distro: string
  readonly distro_version: string | null
  readonly distro_codename: string | null
  readonly modified: string
  readonly status: string
  readonly flavor: string
  readonly project: string
  readonly archs: ReadonlyArray<string>
  readonly extra: unknown
}

/**
 * A repository in shaman's JSON, with both names of its release where the table knows them.
 *
 * @param arch the architecture that was asked for, whose own extra and status are then shown.
 */
export const encode = (
  releases: Distro.Table,
  record: RepositoryRecord.RepositoryRecord,
  arch: string | null = null
): RepositoryWire => {
  const { codename, version } = Distro.names(releases, record.distro, record.distroVersion)
  return {
    url: record.url,
    chacra_url: record.chacraUrl,
    ref: record.ref,
    sha1: record.sha1,
    distro: record.distro,
    distro_version: version,
    distro_codename: codename,
    modified: Timestamp.format(record.modified),
    status: RepositoryRecord.statusFor(record, arch),
    flavor: record.flavor,
    project: record.project,
    archs: record.archs,
    extra: RepositoryRecord.extraFor(record, arch)
  }
}

/**
 * Reads a post of today's form. `archs_removed` is an addition: architectures to take away. `modified`, when chacra
 * sends it, orders messages that overtook each other; what is no time there is ignored. Fails with `InvalidPost`, which
 * names every field that is wrong.
 */
export const decodePost = (
  project: string,
  body: unknown
): Result.Result<RepositoryRecord.RepositoryPost, Fields.InvalidPost> =>
  Fields.read(body, (fields) => {
    const chacraUrl = fields.required("chacra_url", Fields.urlBytes)
    const modified = fields.any("modified")
    return {
      identity: chacraUrl,
      project,
      chacraUrl,
      status: fields.required("status"),
      ref: fields.optional("ref"),
      sha1: fields.optional("sha1"),
      flavor: fields.optional("flavor"),
      distro: fields.optional("distro"),
      distroVersion: fields.optional("distro_version"),
      url: fields.optional("url", Fields.urlBytes),
      archs: fields.texts("archs"),
      removedArchs: fields.texts("archs_removed"),
      extra: fields.json("extra"),
      sourceModified: typeof modified === "string" ? Timestamp.parse(modified) : undefined
    }
  })

/** The first README's repository: one object per architecture, the release as recorded. */
export interface SeedRepositoryWire {
  readonly ref: string
  readonly sha1: string
  readonly distro: string
  readonly distro_version: string
  readonly url: string
  readonly arch: string
}

const readyArchs = (record: RepositoryRecord.RepositoryRecord): ReadonlyArray<string> =>
  record.archs.filter((arch) => RepositoryRecord.statusFor(record, arch) === "ready")

/** One object per ready architecture of a record, only the asked one when one was. A record without architectures shows `""`. */
export const encodeSeed = (
  record: RepositoryRecord.RepositoryRecord,
  arch: Entry["arch"]
): ReadonlyArray<SeedRepositoryWire> =>
  (arch !== null ? [arch] : record.archs.length === 0 ? [""] : readyArchs(record)).map((each) => ({
    ref: record.ref,
    sha1: record.sha1,
    distro: record.distro,
    distro_version: record.distroVersion,
    url: record.url,
    arch: each
  }))

/**
 * Reads a post of the first README: no status (what is posted is built), no flavor, one arch, names in any case. Its
 * url need not tell commits apart, so the identity is what the tree is made of. Fails with `InvalidPost`, which names
 * every field that is wrong.
 */
export const decodeSeedPost = (
  project: string,
  body: unknown
): Result.Result<RepositoryRecord.RepositoryPost, Fields.InvalidPost> =>
  Fields.read(body, (fields) => {
    const url = fields.required("url", Fields.urlBytes)
    const distro = fields.required("distro").toLowerCase()
    const distroVersion = fields.required("distro_version").toLowerCase()
    const ref = fields.required("ref")
    const sha1 = fields.required("sha1")
    const flavor = fields.optional("flavor") ?? "default"
    const arch = fields.required("arch")
    return {
      identity: fields.optional("chacra_url", Fields.urlBytes)
        ?? fields.made("place", JSON.stringify([project, ref, sha1, distro, distroVersion, flavor]), Fields.urlBytes),
      project,
      chacraUrl: fields.optional("chacra_url", Fields.urlBytes) ?? url,
      url,
      ref,
      sha1,
      flavor,
      distro,
      distroVersion,
      archs: [arch],
      status: fields.optional("status") ?? "ready",
      extra: fields.json("extra")
    }
  })
