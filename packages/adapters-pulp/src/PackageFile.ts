/**
 * A package's file, wherever it is: on this machine, or behind an address from which it is fetched first. What is no RPM is
 * found out here, since Pulp answers such a file like an outage.
 */
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { createHash } from "node:crypto"
import { createReadStream, createWriteStream } from "node:fs"
import { mkdtemp, open, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { fileURLToPath } from "node:url"
import { PulpError } from "./PulpError.ts"

/** A file on this machine whose first bytes are those of an RPM. */
export interface PackageFile {
  readonly path: string
  /** The file's name, for messages and forms. */
  readonly name: string
  /** In bytes. */
  readonly size: number
}

/** The first bytes of each RPM file (lead, magic). */
const magic = Buffer.from([0xed, 0xab, 0xee, 0xdb])

const rejected = (location: string, why: string) =>
  new PulpError({ reason: "rejected", request: `read ${location}`, message: `${location} ${why}` })

const local = Effect.fnUntraced(function*(location: string, path: string) {
  const read = async (): Promise<PackageFile | string> => {
    const file = await open(path, "r")
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(4), 0, 4, 0)
      if (bytesRead < 4 || !buffer.equals(magic)) return "is no RPM"
      return { path, name: basename(path), size: (await file.stat()).size }
    } finally {
      await file.close()
    }
  }
  const found = yield* Effect.tryPromise({
    try: read,
    catch: (cause) => rejected(location, `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`)
  })
  return typeof found === "string" ? yield* rejected(location, found) : found
})

const fetched = Effect.fnUntraced(function*(client: HttpClient.HttpClient, location: string, most: number) {
  const folder = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "orch-pulp-"))),
    (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
  )
  const path = join(folder, basename(new URL(location).pathname) || "package.rpm")
  const away = (why: string) =>
    new PulpError({ reason: "unreachable", request: `GET ${location}`, message: `${location} ${why}` })
  const response = yield* Effect.mapError(
    client.get(location),
    ({ reason }) => away(`does not answer: ${reason.message}`)
  )
  if (response.status >= 500) return yield* away(`answered ${response.status}`)
  if (response.status >= 300) return yield* rejected(location, `answered ${response.status}`)
  const file = createWriteStream(path)
  let size = 0
  yield* Stream.runForEach(response.stream, (chunk) => {
    size += chunk.byteLength
    if (size > most) return Effect.fail(rejected(location, `is longer than ${most} bytes`))
    return Effect.promise(() => new Promise<void>((resolve) => file.write(chunk, () => resolve())))
  }).pipe(
    Effect.mapError((error) => error._tag === "PulpError" ? error : away(`broke off: ${error.reason.message}`)),
    Effect.ensuring(Effect.promise(() => new Promise<void>((resolve) => file.end(() => resolve()))))
  )
  return yield* local(location, path)
})

/** Longest file that is fetched, in bytes: RPM's own limit of 4 GiB for what is not large. */
const longest = 4 * 1024 ** 3

/**
 * The file at a path, a `file:` or an `http(s):` address; a fetched one is kept as long as the scope. `rejected` where it is not
 * there or no RPM, `unreachable` where its server does not answer.
 */
export const find = (
  client: HttpClient.HttpClient,
  location: string
): Effect.Effect<PackageFile, PulpError, Scope.Scope> => {
  if (/^https?:\/\//.test(location)) return fetched(client, location, longest)
  return location.startsWith("file:")
    ? Effect.flatMap(
      Effect.try({ try: () => fileURLToPath(location), catch: () => rejected(location, "is no path") }),
      (path) => local(location, path)
    )
    : local(location, location)
}

/** SHA-256 of the file, in hexadecimal. */
export const sha256 = ({ path }: PackageFile): Effect.Effect<string, PulpError> =>
  Effect.tryPromise({
    try: async (signal) => {
      const hash = createHash("sha256")
      for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Buffer)
      return hash.digest("hex")
    },
    catch: (cause) => rejected(path, `cannot be read: ${String(cause)}`)
  })

/** The file's bytes from `start` on, `length` of them; reading begins when the stream runs. */
export const bytes = (
  { path }: PackageFile,
  start: number,
  length: number
): Stream.Stream<Uint8Array, PulpError> =>
  length === 0 ? Stream.empty : Stream.suspend(() =>
    Stream.fromAsyncIterable<Uint8Array, PulpError>(
      createReadStream(path, { start, end: start + length - 1 }),
      (cause) => rejected(path, `cannot be read: ${String(cause)}`)
    )
  )
