/** Which packages a repository elsewhere offers, from its metadata. */
import type { Held } from "@orch/core/ports/RepositoryHost"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { promisify } from "node:util"
import * as Zlib from "node:zlib"
import * as PrimaryMetadata from "../localbuild/PrimaryMetadata.ts"
import type * as AddressRules from "../outgoing/AddressRules.ts"
import * as OutgoingRequest from "../outgoing/OutgoingRequest.ts"

/** The repository cannot be read. */
export class UpstreamUnreadable extends Data.TaggedError("UpstreamUnreadable")<{ readonly message: string }> {}

/** Bytes of metadata, packed and unpacked. */
const mostPacked = 128 * 1024 * 1024
const mostUnpacked = 1024 * 1024 * 1024

const unreadable = (url: string, why: string) => new UpstreamUnreadable({ message: `${url}: ${why}` })

const fetched = Effect.fnUntraced(function*(url: string, namedBy: AddressRules.NamedBy) {
  const { body, end, status } = yield* OutgoingRequest.send({
    method: "GET",
    url,
    timeoutMillis: 120_000,
    maxBytes: mostPacked,
    namedBy
  }).pipe(Effect.mapError(({ message }) => unreadable(url, message)))
  if (status !== 200) return yield* unreadable(url, `status ${status}`)
  if (end !== "whole") return yield* unreadable(url, "the answer is too large or broke off")
  return body
})

const unpacked = (name: string, bytes: Buffer): Promise<Buffer> => {
  const options = { maxOutputLength: mostUnpacked }
  if (name.endsWith(".gz")) return promisify(Zlib.gunzip)(bytes, options)
  if (name.endsWith(".zst")) return promisify(Zlib.zstdDecompress)(bytes, options)
  if (name.endsWith(".xml")) return Promise.resolve(bytes)
  return Promise.reject(new Error("it is packed in a way that is not read here"))
}

/** What `use` makes of the text of one part of its metadata. */
const part = Effect.fnUntraced(function*<A>(
  url: string,
  type: "primary" | "filelists",
  namedBy: AddressRules.NamedBy,
  use: (text: string) => A
): Effect.fn.Return<A, UpstreamUnreadable> {
  const base = url.endsWith("/") ? url : `${url}/`
  const index = (yield* fetched(`${base}repodata/repomd.xml`, namedBy)).toString("utf8")
  const href = new RegExp(`<data type="${type}">[\\s\\S]*?<location href="([^"]+)"`).exec(index)?.[1]
  if (href === undefined || !/^[\w./+~-]+$/.test(href) || href.includes("..")) {
    return yield* unreadable(base, `its index names no ${type}`)
  }
  const bytes = yield* fetched(`${base}${href}`, namedBy)
  return yield* Effect.tryPromise({
    try: async () => use((await unpacked(href, bytes)).toString("utf8")),
    catch: (cause) => unreadable(`${base}${href}`, cause instanceof Error ? cause.message : String(cause))
  })
})

/** The packages it lists. `url` is where its `repodata` lies. */
export const read = (
  url: string,
  namedBy: AddressRules.NamedBy
): Effect.Effect<ReadonlyArray<Held>, UpstreamUnreadable> =>
  part(url, "primary", namedBy, (text) =>
    PrimaryMetadata.parse(text).map(({ nevra, sha256 }): Held => ({
      id: nevra,
      ...(sha256 === undefined ? {} : { sha256 })
    })))

/** The packages it lists, with their needs and offers. */
export const packages = (
  url: string,
  namedBy: AddressRules.NamedBy
): Effect.Effect<ReadonlyArray<PrimaryMetadata.ListedPackage>, UpstreamUnreadable> =>
  part(url, "primary", namedBy, PrimaryMetadata.parse)

/** Which of its packages have these files, by name. */
export const owners = (
  url: string,
  namedBy: AddressRules.NamedBy,
  files: ReadonlySet<string>
): Effect.Effect<ReadonlyMap<string, ReadonlyArray<string>>, UpstreamUnreadable> =>
  part(url, "filelists", namedBy, (text) => PrimaryMetadata.owners(text, files))
