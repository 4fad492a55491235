/** A package build report as shaman's clients read and post it: fifteen keys out, `url`, `ref`, `sha1`, `status` needed in. */
import * as Distro from "@orch/core/repository/Distro"
import type { PackageBuildPost, PackageBuildRecord } from "@orch/core/repository/PackageBuildRecord"
import type * as Result from "effect/Result"
import * as Fields from "./PostFields.ts"
import * as Timestamp from "./Timestamp.ts"

/** A package build report in shaman's JSON. Times are as `Timestamp.format` writes them. */
export interface PackageBuildWire {
  readonly url: string
  readonly log_url: string | null
  readonly ref: string
  readonly sha1: string
  readonly flavor: string
  readonly status: string
  readonly extra: unknown
  readonly modified: string
  readonly started: string
  readonly completed: string | null
  readonly project: string
  readonly distro_version: string | null
  readonly distro_codename: string | null
  readonly distro: string | null
  readonly distro_arch: string | null
}

/** A package build report in shaman's JSON, with both names of its release where the table knows them. */
export const encode = (releases: Distro.Table, record: PackageBuildRecord): PackageBuildWire => {
  const { codename, version } = record.distro !== null && record.distroVersion !== null
    ? Distro.names(releases, record.distro, record.distroVersion)
    : { codename: null, version: record.distroVersion }
  return {
    url: record.url,
    log_url: record.logUrl,
    ref: record.ref,
    sha1: record.sha1,
    flavor: record.flavor,
    status: record.status,
    extra: record.extra,
    modified: Timestamp.format(record.modified),
    started: Timestamp.format(record.started),
    completed: record.completed === null ? null : Timestamp.format(record.completed),
    project: record.project,
    distro_version: version,
    distro_codename: codename,
    distro: record.distro,
    distro_arch: record.distroArch
  }
}

/**
 * Reads a posted report. `flavor` is `default` where it is absent, everything else that is optional null, `extra` an
 * empty object. Fails with `InvalidPost`, which names every field that is missing, no text, too long or holds a NUL.
 */
export const decodePost = (project: string, body: unknown): Result.Result<PackageBuildPost, Fields.InvalidPost> =>
  Fields.read(body, (fields) => {
    const extra = fields.json("extra")
    return {
      project,
      url: fields.required("url", Fields.urlBytes),
      ref: fields.required("ref"),
      sha1: fields.required("sha1"),
      status: fields.required("status"),
      flavor: fields.optional("flavor") ?? "default",
      logUrl: fields.optional("log_url", Fields.urlBytes) ?? null,
      buildId: fields.optional("build_id") ?? null,
      distro: fields.optional("distro") ?? null,
      distroVersion: fields.optional("distro_version") ?? null,
      distroArch: fields.optional("distro_arch") ?? null,
      extra: extra === undefined ? {} : extra
    }
  })
