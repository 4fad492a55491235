/** Which packages and modules a repository elsewhere offers, from its metadata. */
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import * as ModulemdDocument from "@orch/core/modulemd/ModulemdDocument"
import * as ModulemdUpgrade from "@orch/core/modulemd/ModulemdUpgrade"
import type { Held } from "@orch/core/ports/RepositoryHost"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { promisify } from "node:util"
import * as Zlib from "node:zlib"
import * as PrimaryMetadata from "../localbuild/PrimaryMetadata.ts"
import type * as AddressRules from "../outgoing/AddressRules.ts"
import * as OutgoingRequest from "../outgoing/OutgoingRequest.ts"
import * as Turns from "../Turns.ts"

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
  if (/\.(?:xml|ya?ml)$/.test(name)) return Promise.resolve(bytes)
  return Promise.reject(new Error("it is packed in a way that is not read here"))
}

const rootOf = (url: string): string => url.endsWith("/") ? url : `${url}/`

const indexOf = (url: string, namedBy: AddressRules.NamedBy) =>
  Effect.map(fetched(`${rootOf(url)}repodata/repomd.xml`, namedBy), (bytes) => bytes.toString("utf8"))

const placeOf = (index: string, type: string): string | undefined =>
  new RegExp(`<data type="${type}">[\\s\\S]*?<location href="([^"]+)"`).exec(index)?.[1]

/** What `use` makes of the text of one part of its metadata. */
const part = Effect.fnUntraced(function*<A>(
  url: string,
  type: "primary" | "filelists" | "modules",
  namedBy: AddressRules.NamedBy,
  use: (text: string) => Generator<void, A>,
  known?: string
): Effect.fn.Return<A, UpstreamUnreadable> {
  const base = rootOf(url)
  const href = placeOf(known ?? (yield* indexOf(url, namedBy)), type)
  if (href === undefined || !/^[\w./+~-]+$/.test(href) || href.includes("..")) {
    return yield* unreadable(base, `its index names no ${type}`)
  }
  const bytes = yield* fetched(`${base}${href}`, namedBy)
  return yield* Effect.tryPromise({
    try: async (signal) => Turns.take(use((await unpacked(href, bytes)).toString("utf8")), signal),
    catch: (cause) => unreadable(`${base}${href}`, cause instanceof Error ? cause.message : String(cause))
  })
})

function* modulesIn(text: string): Generator<void, ReadonlyArray<Held>> {
  yield
  return Modulemd.read(text).documents.flatMap((document) => {
    const stream = ModulemdUpgrade.toStream(document)
    return stream === undefined ? [] : [{ id: ModulemdDocument.nsvca(stream), artifacts: stream.artifacts.rpms }]
  })
}

/** What a repository elsewhere offers. */
export interface Offered {
  readonly packages: ReadonlyArray<Held>
  /** `undefined` where they cannot be read: some are packed with xz. */
  readonly modules: ReadonlyArray<Held> | undefined
}

/** The packages and modules it lists. `url` is where its `repodata` lies. */
export const read = Effect.fn("UpstreamRepodata.read")(function*(
  url: string,
  namedBy: AddressRules.NamedBy
): Effect.fn.Return<Offered, UpstreamUnreadable> {
  const index = yield* indexOf(url, namedBy)
  const packages = yield* part(url, "primary", namedBy, PrimaryMetadata.reading, index)
  const modules = placeOf(index, "modules") === undefined
    ? []
    : yield* part(url, "modules", namedBy, modulesIn, index).pipe(
      Effect.catch(({ message }) => Effect.as(Effect.logWarning(`Modules are not compared: ${message}`), undefined))
    )
  return {
    packages: packages.map(({ nevra, sha256 }): Held => ({ id: nevra, ...(sha256 === undefined ? {} : { sha256 }) })),
    modules
  }
})

/** The packages it lists, with their needs and offers. */
export const packages = (
  url: string,
  namedBy: AddressRules.NamedBy
): Effect.Effect<ReadonlyArray<PrimaryMetadata.ListedPackage>, UpstreamUnreadable> =>
  part(url, "primary", namedBy, PrimaryMetadata.reading)

/** Which of its packages have these files, by name. */
export const owners = (
  url: string,
  namedBy: AddressRules.NamedBy,
  files: ReadonlySet<string>
): Effect.Effect<ReadonlyMap<string, ReadonlyArray<string>>, UpstreamUnreadable> =>
  part(url, "filelists", namedBy, (text) => PrimaryMetadata.owners(text, files))
