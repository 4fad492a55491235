/**
 * Large files in chunks: what has arrived is asked for and not sent again, and a chunk that was lost is sent once more.
 *
 * A committed upload is an artifact. Committing bytes that Pulp has fails as a task, and committing twice is 404; so the artifact
 * is looked for by its checksum before and after.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as CorrelationId from "./CorrelationId.ts"
import * as FormBody from "./FormBody.ts"
import * as PackageFile from "./PackageFile.ts"
import type { PulpClient } from "./PulpClient.ts"
import * as PulpDispatch from "./PulpDispatch.ts"
import { PulpError } from "./PulpError.ts"
import * as PulpTask from "./PulpTask.ts"
import type { PulpTasks } from "./PulpTasks.ts"

const Upload = Schema.Struct({
  pulp_href: Schema.String,
  size: Schema.Number,
  chunks: Schema.optional(Schema.Array(Schema.Struct({ offset: Schema.Number, size: Schema.Number })))
})

const Href = Schema.Struct({ pulp_href: Schema.String })

/** Bytes of a chunk. */
const chunkSize = 8 * 1024 * 1024

/** The artifact of these bytes; `undefined` where Pulp has none. */
export const findArtifact = (client: PulpClient, sha256: string) =>
  Effect.map(client.list(Href, "artifacts/", { sha256, fields: "pulp_href" }), (found) => found[0]?.pulp_href)

/** Begins an upload of so many bytes: its path, with which it can be resumed. */
export const begin = (client: PulpClient, size: number) =>
  client.send({ method: "POST", path: "uploads/", json: { size } }).pipe(
    Effect.flatMap(({ json }) => client.decode(Upload, "POST uploads/", json)),
    Effect.map(({ pulp_href }) => pulp_href)
  )

/** Sends the chunks that are not there. An upload of another size is `conflict`, one that is over `gone`. */
export const resume = Effect.fnUntraced(function*(client: PulpClient, upload: string, file: PackageFile.PackageFile) {
  const known = yield* client.get(Upload, upload)
  if (known.size !== file.size) {
    const message = `the upload ${upload} is of ${known.size} bytes, not ${file.size}`
    return yield* new PulpError({ reason: "conflict", request: `GET ${upload}`, message })
  }
  const there = new Set(known.chunks?.map(({ offset, size }) => `${offset}+${size}`))
  const offsets = Array.from({ length: Math.ceil(file.size / chunkSize) }, (_, index) => index * chunkSize)
  yield* Effect.forEach(offsets, (offset) => {
    const size = Math.min(chunkSize, file.size - offset)
    return there.has(`${offset}+${size}`) ? Effect.void : client.send({
      method: "PUT",
      path: upload,
      headers: { "content-range": `bytes ${offset}-${offset + size - 1}/${file.size}` },
      body: () => FormBody.make({}, { name: "chunk", size, bytes: PackageFile.bytes(file, offset, size) }),
      deadlineMillis: 300_000,
      repeatable: true
    })
  }, { concurrency: 2, discard: true })
})

/** The artifact made of an upload; `rejected` where the bytes are not those of the checksum. */
export const commit = Effect.fnUntraced(
  function*(client: PulpClient, tasks: PulpTasks, upload: string, sha256: string) {
    const work = { correlation: CorrelationId.make("commit", upload), path: `${upload}commit/`, json: { sha256 } }
    const ended = yield* Effect.result(PulpDispatch.perform(client, tasks, work))
    const made = ended._tag === "Success" ? PulpTask.created(ended.success, "artifact")[0] : undefined
    const artifact = made ?? (yield* findArtifact(client, sha256))
    if (artifact !== undefined) return artifact
    if (ended._tag === "Failure") return yield* ended.failure
    const message = `the upload ${upload} made no artifact of ${sha256}`
    return yield* new PulpError({ reason: "rejected", request: `POST ${upload}commit/`, message })
  }
)

/** The artifact of a file, uploaded in chunks unless Pulp has it. */
export const artifact = Effect.fnUntraced(
  function*(client: PulpClient, tasks: PulpTasks, file: PackageFile.PackageFile, sha256: string) {
    const there = yield* findArtifact(client, sha256)
    if (there !== undefined) return there
    const upload = yield* begin(client, file.size)
    yield* resume(client, upload, file)
    return yield* commit(client, tasks, upload, sha256)
  }
)
