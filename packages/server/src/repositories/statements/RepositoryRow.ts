/** Rows of the repository table as domain records: which columns are read, and how they decode. */
import type { RepositoryRecord } from "@orch/core/repository/RepositoryRecord"

/** A row as the client returns it: int8 as bigint, jsonb parsed, times already as microseconds since the epoch. */
export interface RepositoryRow {
  readonly id: bigint
  readonly identity: string
  readonly project: string
  readonly chacra_url: string
  readonly url: string
  readonly ref: string
  readonly sha1: string
  readonly flavor: string
  readonly distro: string
  readonly distro_version: string
  readonly archs: ReadonlyArray<string>
  readonly arch_extra: { readonly [arch: string]: unknown }
  readonly extra: unknown
  readonly status: string
  readonly arch_status: { readonly [arch: string]: string }
  readonly source_modified: bigint | null
  readonly modified_us: bigint
  readonly revision: bigint
}

/** The select list, for rows of the alias given. A constant: it never holds anything from outside. */
export const columns = (alias: string): string =>
  [
    "id",
    "identity",
    "project",
    "chacra_url",
    "url",
    "ref",
    "sha1",
    "flavor",
    "distro",
    "distro_version",
    "archs",
    "arch_extra",
    "extra",
    "status",
    "arch_status",
    "source_modified",
    "revision"
  ].map((column) => `${alias}.${column}`).join(", ") +
  `, (extract(epoch from ${alias}.modified) * 1000000)::bigint AS modified_us`

export const toRecord = (row: RepositoryRow): RepositoryRecord => ({
  id: Number(row.id),
  identity: row.identity,
  project: row.project,
  chacraUrl: row.chacra_url,
  url: row.url,
  ref: row.ref,
  sha1: row.sha1,
  flavor: row.flavor,
  distro: row.distro,
  distroVersion: row.distro_version,
  archs: row.archs,
  archExtra: row.arch_extra,
  extra: row.extra,
  status: row.status,
  archStatus: row.arch_status,
  sourceModified: row.source_modified,
  modified: row.modified_us,
  revision: row.revision
})
