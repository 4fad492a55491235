/** Reads a finished compose from where it lies: its metadata, and the documents of its modules. */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { promisify } from "node:util"
import * as Zlib from "node:zlib"
import type * as AddressRules from "../outgoing/AddressRules.ts"
import * as OutgoingRequest from "../outgoing/OutgoingRequest.ts"
import * as ComposeMetadata from "./ComposeMetadata.ts"

/** A compose cannot be read; `isRetryable` where it may be read later. */
export class ComposeUnreadable extends Data.TaggedError("ComposeUnreadable")<{
  readonly message: string
  readonly isRetryable: boolean
}> {}

/** Bytes of one document, packed and unpacked, and documents of modules that are read. */
const mostPacked = 128 * 1024 * 1024
const mostUnpacked = 256 * 1024 * 1024
const mostDocuments = 500

const file = Effect.fnUntraced(function*(url: string, namedBy: AddressRules.NamedBy) {
  const { body, end, status } = yield* OutgoingRequest.send({
    method: "GET",
    url,
    timeoutMillis: 120_000,
    maxBytes: mostPacked,
    namedBy
  }).pipe(
    Effect.mapError(({ message, reason }) =>
      new ComposeUnreadable({ message: `${url}: ${message}`, isRetryable: reason !== "refused" })
    )
  )
  if (status === 404) return undefined
  if (status !== 200 || end !== "whole") {
    return yield* new ComposeUnreadable({
      message: `${url}: ${status === 200 ? "the answer is too large or broke off" : `status ${status}`}`,
      isRetryable: status >= 500 || status === 429 || end === "brokenOff"
    })
  }
  return body
})

const json = Effect.fnUntraced(function*(url: string, namedBy: AddressRules.NamedBy) {
  const body = yield* file(url, namedBy)
  return body === undefined ? undefined : yield* Effect.try({
    try: () => JSON.parse(body.toString("utf8")) as unknown,
    catch: () => new ComposeUnreadable({ message: `${url} is not JSON`, isRetryable: false })
  })
})

const unpack = (path: string, body: Buffer): Promise<Buffer> => {
  const options = { maxOutputLength: mostUnpacked }
  if (path.endsWith(".gz")) return promisify(Zlib.gunzip)(body, options)
  return path.endsWith(".zst") ? promisify(Zlib.zstdDecompress)(body, options) : Promise.resolve(body)
}

/** The directory `compose` of a compose, however its address is written. */
export const directory = (location: string): string => {
  const plain = location.replace(/\/+$/, "").replace(/\/compose(?:\/metadata)?$/, "")
  return `${plain}/compose`
}

/** The compose that lies there, with the documents of its modules. One that cannot be read leaves its module without dependencies. */
export const read = Effect.fn("ComposeReading.read")(function*(location: string, namedBy: AddressRules.NamedBy) {
  const root = directory(location)
  const rpms = yield* json(`${root}/metadata/rpms.json`, namedBy)
  const modules = yield* json(`${root}/metadata/modules.json`, namedBy)
  if (rpms === undefined && modules === undefined) {
    return yield* new ComposeUnreadable({
      message: `${root}/metadata has neither rpms.json nor modules.json`,
      isRetryable: false
    })
  }
  const found = ComposeMetadata.read(rpms, modules)
  if (Result.isFailure(found)) return yield* new ComposeUnreadable({ message: found.failure, isRetryable: false })
  const paths = [...new Set(found.success.modules.flatMap(({ documents }) => documents))]
    .filter((path) => /^[\w./+~:@-]+$/.test(path) && !path.split("/").includes(".."))
  const documents: Array<string> = []
  for (const path of paths.slice(0, mostDocuments)) {
    // They are told from beside or within the directory.
    const body = (yield* file(`${root.slice(0, -"/compose".length)}/${path}`, namedBy))
      ?? (yield* file(`${root}/${path}`, namedBy))
    if (body === undefined) continue
    const text = yield* Effect.tryPromise({
      try: async () => (await unpack(path, body)).toString("utf8"),
      catch: () => new ComposeUnreadable({ message: `${path} cannot be unpacked`, isRetryable: false })
    })
    documents.push(text)
  }
  return { compose: found.success, documents }
})
