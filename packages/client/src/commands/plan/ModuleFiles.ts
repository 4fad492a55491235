/**
 * Reads module metadata for commands that work without a server: documents from a file or standard input, and what is
 * available from files and directories of modulemd YAML or JSON.
 */
import * as DependencyLines from "@orch/core/modulemd/DependencyLines"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import type * as ModulemdDocument from "@orch/core/modulemd/ModulemdDocument"
import type { Problem } from "@orch/core/modulemd/Problem"
import * as AvailableModule from "@orch/core/resolution/AvailableModule"
import type * as AvailableModules from "@orch/core/resolution/AvailableModules"
import * as RepositoryModules from "@orch/core/resolution/RepositoryModules"
import * as StreamDocument from "@orch/core/resolution/StreamDocument"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import { gunzipSync } from "node:zlib"

/** What is wrong with a file, ready to be shown. */
export class UnreadableModules extends Schema.TaggedError<UnreadableModules>()("UnreadableModules", {
  file: Schema.String,
  message: Schema.String
}) {}

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

/** `no such file`, instead of which function of which module found out. */
const reasonOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause)
  const { reason } = cause as { readonly reason?: { readonly _tag?: string } }
  return reason?._tag === "NotFound" ? "no such file or directory" : cause.message
}

/** More than any real index; a decompressed bomb ends here. */
const sizeLimit = 256 * 1024 * 1024

/** The text of a file, `-` for standard input; `.gz` is unpacked. */
export const readText = Effect.fn("ModuleFiles.readText")(function*(file: string) {
  const refuse = (cause: unknown) => new UnreadableModules({ file, message: reasonOf(cause) })
  if (file === "-") {
    const stdio = yield* Stdio.Stdio
    const chunks = yield* Stream.runCollect(stdio.stdin).pipe(Effect.mapError(refuse))
    return Buffer.concat(Array.from(chunks)).toString("utf8")
  }
  const fileSystem = yield* FileSystem.FileSystem
  const bytes = yield* fileSystem.readFile(file).pipe(Effect.mapError(refuse))
  return yield* Effect.try({
    try: () => Buffer.from(isGzip(bytes) ? gunzipSync(bytes, { maxOutputLength: sizeLimit }) : bytes).toString("utf8"),
    catch: refuse
  })
})

/** `file:line:column: message`. */
export const describeProblem = (file: string, problem: Problem): string =>
  `${file}:${problem.line}:${problem.column}: ${problem.message}${
    problem.hint === undefined ? "" : ` (${problem.hint})`
  }`

/** What a file holds, and where in it the dependencies of each document are (see `DependencyLines`). */
export interface Source {
  readonly documents: ReadonlyArray<ModulemdDocument.ModulemdDocument>
  readonly lines: ReadonlyArray<ReadonlyArray<DependencyLines.DependencyLines>>
}

/** The documents of a file with the lines of what they depend on; fails with all its errors when it has any. */
export const readSource = Effect.fn("ModuleFiles.readSource")(function*(file: string, profile: Modulemd.Profile) {
  const text = yield* readText(file)
  const { documents, problems } = Modulemd.read(text, { profile })
  const errors = problems.filter(({ severity }) => severity === "error")
  if (errors.length > 0) {
    return yield* new UnreadableModules({
      file,
      message: errors.map((problem) => describeProblem(file, problem)).join("\n")
    })
  }
  return { documents, lines: DependencyLines.read(text) } satisfies Source
})

/** The documents of a file; fails with all its errors when it has any. */
export const readDocuments = (file: string, profile: Modulemd.Profile) =>
  Effect.map(readSource(file, profile), ({ documents }) => documents)

const isMetadata = (file: string): boolean => /\.(?:ya?ml|json)(?:\.gz)?$/.test(file)

/** All files of metadata below the paths; a path that is a file is taken whatever its name. */
const filesIn = Effect.fn("ModuleFiles.filesIn")(function*(paths: ReadonlyArray<string>) {
  const fileSystem = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const files: Array<string> = []
  for (const one of paths) {
    const refuse = (cause: unknown) => new UnreadableModules({ file: one, message: reasonOf(cause) })
    const info = yield* fileSystem.stat(one).pipe(Effect.mapError(refuse))
    if (info.type !== "Directory") files.push(one)
    else {
      const names = yield* fileSystem.readDirectory(one, { recursive: true }).pipe(Effect.mapError(refuse))
      files.push(...names.filter(isMetadata).sort().map((name) => path.join(one, name)))
    }
  }
  return files
})

const fromJson = (file: string, text: string) =>
  Effect.gen(function*() {
    const refuse = (message: string) => new UnreadableModules({ file, message })
    const json = yield* Effect.try({ try: (): unknown => JSON.parse(text), catch: (cause) => refuse(String(cause)) })
    return yield* Effect.forEach(Array.isArray(json) ? json : [json], (one, index) =>
      Effect.fromResult(
        Result.mapError(AvailableModule.parse(one), ({ message }) => refuse(`module ${index}: ${message}`))
      ))
  })

const fromYaml = (text: string): ReadonlyArray<AvailableModule.AvailableModule> =>
  // An index as real repositories have it: what libmodulemd accepts counts, broken documents cost only themselves.
  Modulemd.read(text, { profile: "compat" }).documents.flatMap((document: ModulemdDocument.ModulemdDocument) =>
    document._tag === "ModuleStreamV2" ? StreamDocument.availableModule(document) ?? [] : []
  )

/** What can be built against: everything in these files and directories, on one platform unless base modules are in it. */
export const readAvailable = Effect.fn("ModuleFiles.readAvailable")(function*(
  paths: ReadonlyArray<string>,
  platform: string | undefined
): Effect.fn.Return<
  AvailableModules.AvailableModules,
  UnreadableModules,
  FileSystem.FileSystem | Path.Path | Stdio.Stdio
> {
  const files = yield* filesIn(paths)
  const modules: Array<AvailableModule.AvailableModule> = []
  for (const file of files) {
    const text = yield* readText(file)
    modules.push(...(/\.json(?:\.gz)?$/.test(file) ? yield* fromJson(file, text) : fromYaml(text)))
  }
  return RepositoryModules.onPlatform(modules, platform)
})
