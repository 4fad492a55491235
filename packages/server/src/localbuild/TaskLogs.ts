/**
 * `GET /logs/TASK`: the log of a package's build on the local farm; with `?follow=true`, also what is still being written,
 * until the build ends.
 *
 * Logs are what strangers' build scripts print: they are sent as plain text that browsers must not take for anything else.
 */
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Fs from "node:fs/promises"
import * as FarmDirectory from "./FarmDirectory.ts"
import * as FarmTask from "./FarmTask.ts"

const chunkBytes = 64 * 1024

/** How often a log that is being written is looked at. */
const pause = "300 millis"

const options = {
  contentType: "text/plain; charset=utf-8",
  headers: { "x-content-type-options": "nosniff", "cache-control": "no-cache" }
} as const

const missing = HttpServerResponse.jsonUnsafe(
  { status: 404, error: "Not Found", message: "There is no log of that task" },
  { status: 404 }
)

/** Bytes from `offset` on; empty at the end of the file. */
const readAt = (file: string, offset: number): Effect.Effect<Uint8Array> =>
  Effect.promise(async () => {
    const handle = await Fs.open(file, "r").catch(() => undefined)
    if (handle === undefined) return new Uint8Array()
    try {
      const buffer = new Uint8Array(chunkBytes)
      const { bytesRead } = await handle.read(buffer, 0, chunkBytes, offset)
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  })

const read = (directory: string, follow: boolean): Stream.Stream<Uint8Array> =>
  Stream.paginate(0, (offset: number) =>
    Effect.gen(function*() {
      // Asked before reading: what is written before a build ends is read after it has ended.
      const ended = FarmTask.result(directory) !== undefined || !follow
      const bytes = yield* readAt(FarmTask.logPath(directory), offset)
      if (bytes.length > 0) return [[bytes], Option.some(offset + bytes.length)] as const
      if (ended) return [[], Option.none<number>()] as const
      yield* Effect.sleep(pause)
      return [[], Option.some(offset)] as const
    }))

export const layer = (dataDir: string) => {
  const farm = FarmDirectory.make(dataDir)
  return HttpRouter.add(
    "GET",
    "/logs/:task",
    Effect.gen(function*() {
      const { task } = yield* HttpRouter.schemaPathParams(Schema.Struct({ task: Schema.String }))
      const { follow } = yield* HttpServerRequest.schemaSearchParams(
        Schema.Struct({ follow: Schema.optionalKey(Schema.String) })
      )
      if (!FarmDirectory.isId(task)) return missing
      const directory = FarmDirectory.taskPath(farm, task)
      if (FarmTask.stored(directory) === undefined) return missing
      return HttpServerResponse.stream(read(directory, follow === "true" || follow === "1"), options)
    }).pipe(Effect.catchTag("SchemaError", () => Effect.succeed(missing)))
  )
}
