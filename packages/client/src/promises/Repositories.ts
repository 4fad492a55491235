/** What the Promise client tells of repositories and storage nodes. Plain types, held to the API's by a test. */

/** What JSON can say. */
export type Json =
  | null
  | boolean
  | number
  | string
  | ReadonlyArray<Json>
  | { readonly [key: string]: Json }

/** The repository of one commit, as it is recorded. */
export interface Repository {
  readonly url: string
  readonly chacra_url: string
  readonly ref: string
  readonly sha1: string
  readonly distro: string
  readonly distro_version: string | null
  readonly distro_codename: string | null
  /** UTC, as `2026-11-21 22:18:19.941603+00:00`. */
  readonly modified: string
  readonly status: string
  readonly flavor: string
  readonly project: string
  readonly archs: ReadonlyArray<string>
  readonly extra: Json
}

/** What is recorded of a repository; the first post of one names its ref, commit, flavor and release. */
export interface RepositoryPost {
  readonly chacra_url: string
  readonly status: string
  readonly ref?: string
  readonly sha1?: string
  readonly flavor?: string
  readonly distro?: string
  readonly distro_version?: string
  readonly url?: string
  readonly archs?: ReadonlyArray<string>
  /** Architectures to take away. */
  readonly archs_removed?: ReadonlyArray<string>
  readonly extra?: Json
}

/** A storage node of the pool. */
export interface StorageNode {
  readonly host: string
  readonly healthy: boolean
  readonly draining: boolean
  readonly weight: number
  readonly down_count: number
  readonly last_used: string
  readonly last_check: string | null
}

/** Which repositories are wanted; all filters must hold. */
export interface RepositoryQuery {
  readonly project?: string
  readonly ref?: string
  readonly sha1?: string
  readonly flavor?: string
  readonly status?: string
  /** `centos/9,ubuntu/22.04/x86_64` */
  readonly distros?: string
  readonly arch?: string
  /** Only the newest commit that is built for all of `distros`: one repository each, in their order. */
  readonly commonSha1?: boolean
  readonly limit?: number
  /** `next` of the page before. */
  readonly before?: string
}

/** Every function rejects with `RequestFailed`. */
export interface Repositories {
  /** Newest first; with `commonSha1` one for each of `distros`, in their order, of the newest commit that has all. */
  readonly search: (query?: RepositoryQuery) => Promise<
    { readonly items: ReadonlyArray<Repository>; readonly next: string | null }
  >
  /** Records or changes a repository; `late` when the message was overtaken by a newer one and changed nothing. */
  readonly post: (
    project: string,
    post: RepositoryPost
  ) => Promise<{ readonly outcome: "created" | "updated" | "late" | "deleted" }>
  /** Marks a repository as part of a release, which keeps it for ever; `null` takes the mark away. */
  readonly promote: (chacraUrl: string, release: string | null) => Promise<void>
  /** The pool of storage nodes. */
  readonly nodes: () => Promise<ReadonlyArray<StorageNode>>
  /** The address of the storage node whose turn it is; takes its turn. */
  readonly nextNode: () => Promise<string>
  /** Adds a node to the pool; it is probed at once. */
  readonly registerNode: (host: string) => Promise<StorageNode>
  /** `weight` from 1 to 100; a draining node gets no more uploads. */
  readonly adjustNode: (
    host: string,
    change: { readonly weight?: number; readonly draining?: boolean }
  ) => Promise<StorageNode>
  readonly removeNode: (host: string) => Promise<void>
}
