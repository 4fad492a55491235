/**
 * Reads module metadata for commands that work without a server, in every form that `orch modulemd` reads: a source, and
 * what is available in files and directories. Nothing is left out without a word.
 */
import * as DependencyLines from "@orch/core/modulemd/DependencyLines"
import * as ModuleIndex from "@orch/core/modulemd/ModuleIndex"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import type * as ModulemdDocument from "@orch/core/modulemd/ModulemdDocument"
import { kind, nsvca } from "@orch/core/modulemd/ModulemdDocument"
import * as Problem from "@orch/core/modulemd/ModulemdProblem"
import * as Upgrade from "@orch/core/modulemd/ModulemdUpgrade"
import * as AvailableModule from "@orch/core/resolution/AvailableModule"
import * as StreamDocument from "@orch/core/resolution/StreamDocument"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as InputFile from "../modulemd/InputFile.ts"
import * as MetadataFolder from "./MetadataFolder.ts"

/** What is wrong with a file, ready to be shown. */
export class UnreadableModules extends Schema.TaggedError<UnreadableModules>()("UnreadableModules", {
  file: Schema.String,
  message: Schema.String
}) {
  /** One line or more, each with the file at its beginning. */
  get inFull(): string {
    return this.message.startsWith(`${this.file}:`) ? this.message : `${this.file}: ${this.message}`
  }
}

const isInputProblem = (cause: unknown): cause is InputFile.InputProblem => cause instanceof InputFile.InputProblem

const readBytes = (file: string) =>
  Effect.tryPromise({
    try: () => InputFile.read(file),
    catch: (cause) => new UnreadableModules({ file, message: isInputProblem(cause) ? cause.message : String(cause) })
  })

/** `file:line:column: message (hint)`. */
const describeProblem = (file: string, problem: Problem.Problem): string => {
  const advice = Problem.advice(problem)
  return `${file}:${problem.line}:${problem.column}: ${problem.message}${advice === undefined ? "" : ` (${advice})`}`
}

/** What a file holds, and where in it the dependencies of each document are (see `DependencyLines`). */
export interface Source {
  readonly documents: ReadonlyArray<ModulemdDocument.ModulemdDocument>
  readonly lines: ReadonlyArray<ReadonlyArray<DependencyLines.DependencyLines>>
}

/** The documents of a file with the lines of what they depend on; fails with all its errors when it has any. */
export const readSource = Effect.fn("ModuleFiles.readSource")(function*(file: string, profile: Modulemd.Profile) {
  const bytes = yield* readBytes(file)
  const { documents, problems } = Modulemd.readBytes(bytes, { profile })
  const errors = problems.filter(Problem.isError)
  if (errors.length > 0) {
    return yield* new UnreadableModules({
      file,
      message: errors.map((problem) => describeProblem(file, problem)).join("\n")
    })
  }
  return { documents, lines: DependencyLines.read(bytes) } satisfies Source
})

/** The documents of a file; fails with all its errors when it has any. */
export const readDocuments = (file: string, profile: Modulemd.Profile) =>
  Effect.map(readSource(file, profile), ({ documents }) => documents)

/** What can be built against, and what of the files does not count for it. */
export interface Available {
  readonly modules: ReadonlyArray<AvailableModule.AvailableModule>
  /** Default stream by module, as the defaults among the documents say. */
  readonly defaultStreams: Readonly<Record<string, string>>
  /** Files of directories that cannot be read, each line with its file. */
  readonly unreadable: ReadonlyArray<string>
  /** Documents that are not right, each line with its file. */
  readonly damage: ReadonlyArray<string>
  /** What can be read and does not count. */
  readonly notes: ReadonlyArray<string>
}

/**
 * Everything in these files and directories. What is damaged is told of in the result, and the rest still counts. Fails for
 * a path that is not there or is a file that cannot be read at all.
 */
export const readAvailable = Effect.fn("ModuleFiles.readAvailable")(function*(paths: ReadonlyArray<string>) {
  const modules: Array<AvailableModule.AvailableModule> = []
  const documents: Array<ModulemdDocument.ModulemdDocument> = []
  const unreadable: Array<string> = []
  const damage: Array<string> = []
  const notes: Array<string> = []
  for (const path of paths) {
    const found = yield* Effect.tryPromise({
      try: () => MetadataFolder.filesIn(path),
      catch: (cause) => new UnreadableModules({ file: path, message: InputFile.reasonOf(cause) })
    })
    unreadable.push(...found.unread)
    for (const file of found.files) {
      const bytes = yield* Effect.result(readBytes(file))
      if (Result.isFailure(bytes)) {
        if (file === path) return yield* bytes.failure
        unreadable.push(bytes.failure.inFull)
        continue
      }
      const read = isJson(file, bytes.success) ? fromJson(file, bytes.success) : fromYaml(file, bytes.success)
      modules.push(...read.modules)
      documents.push(...read.documents)
      damage.push(...read.damage)
      notes.push(...read.notes)
    }
  }
  const { index } = ModuleIndex.fromDocuments(documents.filter(({ _tag }) => _tag === "ModuleDefaults"))
  const contradictions = ModuleIndex.conflicts(index).filter(({ kind }) => kind === "default-stream")
  notes.push(...contradictions.map(({ message }) => message))
  return {
    modules,
    defaultStreams: Object.fromEntries(ModuleIndex.defaultStreams(index)),
    unreadable,
    damage,
    notes
  } satisfies Available
})

type Read = Omit<Available, "defaultStreams" | "unreadable"> & Pick<Source, "documents">

/** Modules as JSON, by the name of the file or by what it begins with; a modulemd document may be written as JSON, too. */
const isJson = (file: string, bytes: Uint8Array): boolean => {
  const isNamed = /\.json(?:\.\w+)?$/i.test(file)
  if (!isNamed && !/^\s*[[{]/.test(new TextDecoder().decode(bytes.subarray(0, 200)))) return false
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof json === "object" && json !== null && !("document" in json)
  } catch {
    return isNamed
  }
}

const fromJson = (file: string, bytes: Uint8Array): Read => {
  const read = (found: Partial<Read>): Read => ({ modules: [], documents: [], damage: [], notes: [], ...found })
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
  } catch (error) {
    return read({ damage: [`${file}: ${error instanceof Error ? error.message : String(error)}`] })
  }
  const parsed = (Array.isArray(json) ? json : [json]).map((one, index) =>
    Result.mapError(AvailableModule.parse(one), ({ message }) => `${file}: module ${index}: ${message}`)
  )
  return read({
    modules: parsed.flatMap((one) => Result.isSuccess(one) ? [one.success] : []),
    damage: parsed.flatMap((one) => Result.isFailure(one) ? [one.failure] : [])
  })
}

/** An index as real repositories have it: what libmodulemd accepts counts, broken documents cost only themselves. */
const fromYaml = (file: string, bytes: Uint8Array): Read => {
  const { documents, problems } = Modulemd.readBytes(bytes, { profile: "compat" })
  const modules: Array<AvailableModule.AvailableModule> = []
  const notes: Array<string> = []
  for (const document of documents) {
    const stream = document._tag === "ModuleStreamV1" ? Upgrade.streamV1(document) : document
    if (stream._tag === "ModuleStreamV2") {
      const module = StreamDocument.availableModule(stream)
      if (module !== undefined) modules.push(module)
      else {notes.push(
          `${file}: ${nsvca(stream) || "a module"} was never built: it has no ${lacking(stream).join(", no ")}`
        )}
    } else if (stream._tag === "ModulePackagerV2" || stream._tag === "ModulePackagerV3") {
      notes.push(`${file}: ${nsvca(stream) || "a module"} was never built: it is a ${kind(stream)} document`)
    }
  }
  const damage = problems.filter(Problem.isError).map((problem) => describeProblem(file, problem))
  if (problems.some(({ code }) => code === "empty-file")) damage.push(`${file}: there is no document in this file`)
  return { modules, documents, damage, notes }
}

const lacking = (stream: { readonly name?: unknown; readonly stream?: unknown; readonly version?: unknown }) =>
  (["name", "stream", "version"] as const).filter((key) => stream[key] === undefined)
