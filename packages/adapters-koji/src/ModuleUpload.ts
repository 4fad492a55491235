/**
 * Imports a module as a content generator's build: its files and the import in one request.
 *
 * A hub takes files in calls, too (`uploadFile`), which may stand before the import in one multicall. What such a call cannot take
 * goes up in chunks before, and so does everything where a hub refuses the calls: the digests that the import names tell
 * whether the files are what was meant.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { createHash } from "node:crypto"
import { Build, decode } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiError } from "./KojiError.ts"
import * as KojiHub from "./KojiHub.ts"
import type { File, ModuleImport } from "./ModuleImport.ts"

/** Koji's number for a build that is finished. */
export const complete = 1

/** Longer metadata is a file of its own, since a hub takes requests of a few megabytes only. */
const inlineMetadata = 1_000_000
/** Larger files go up in chunks; as text they are a third longer. */
const inlineFile = 2_000_000

const metadataFile = "metadata.json"

/** A whole file as one call. The offset stands for the last chunk, and replaces what an earlier attempt left. */
const uploadCall = (directory: string, { bytes, name }: File): KojiCall.KojiCall =>
  KojiCall.make("uploadFile", [
    directory,
    name,
    bytes.byteLength,
    createHash("md5").update(bytes).digest("hex"),
    -1,
    Buffer.from(bytes).toString("base64")
  ])

const isImported = (hub: KojiHub.KojiHub, nvr: string): Effect.Effect<boolean, KojiError> =>
  Effect.flatMap(
    hub.read(KojiCall.make("getBuild", [nvr])),
    (answer) => Effect.map(decode(Schema.NullOr(Build), "getBuild", answer), (build) => build?.state === complete)
  )

/** Imported once: the build is looked for again when an answer was lost or somebody was faster. It must have been looked for before. */
export const run = (hub: KojiHub.KojiHub, module: ModuleImport): Effect.Effect<void, KojiError> => {
  const { directory, metadata, nvr } = module
  const isLong = metadata.length > inlineMetadata
  const files = [...module.files, ...(isLong ? [{ name: metadataFile, bytes: Buffer.from(metadata, "utf8") }] : [])]
  const importCall = KojiCall.make("CGImport", [isLong ? metadataFile : metadata, directory])
  const inChunks = (some: ReadonlyArray<File>) =>
    Effect.forEach(some, ({ bytes, name }) => hub.upload(directory, name, bytes), { discard: true })
  const isSmall = ({ bytes }: File) => bytes.byteLength <= inlineFile
  let isFirst = true
  return KojiHub.converge(
    "CGImport",
    Effect.gen(function*() {
      // Only after a lost answer it may be there.
      if (!isFirst && (yield* isImported(hub, nvr))) return
      isFirst = false
      yield* inChunks(files.filter((file) => !isSmall(file)))
      const small = files.filter(isSmall)
      const answers = yield* hub.writeAll([...small.map((file) => uploadCall(directory, file)), importCall])
      const imported = answers.at(-1)!
      if (Result.isSuccess(imported) || (yield* isImported(hub, nvr))) return
      const isStored = answers.slice(0, -1).every((answer) => Result.isSuccess(answer) && answer.success === true)
      if (isStored) return yield* Effect.fail(imported.failure)
      yield* inChunks(small)
      yield* hub.write(importCall).pipe(
        Effect.catchTag(
          "KojiFault",
          (fault) => Effect.flatMap(isImported(hub, nvr), (there) => there ? Effect.void : Effect.fail(fault))
        )
      )
    })
  )
}
