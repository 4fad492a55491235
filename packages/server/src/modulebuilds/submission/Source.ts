/** The module's own document: where it is, what it says, and when it was committed. */
import type { Problem } from "@orch/api/ErrorBody"
import type { IncludedModule } from "@orch/core/modulebuild/ModulePlanning"
import * as DependencyLines from "@orch/core/modulemd/DependencyLines"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import type { ModulemdDocument } from "@orch/core/modulemd/ModulemdDocument"
import * as ModulePackagerV2 from "@orch/core/modulemd/ModulePackagerV2"
import type { ModuleStreamV2 } from "@orch/core/modulemd/ModuleStreamV2"
import type { Problem as ModulemdProblem } from "@orch/core/modulemd/Problem"
import type { Interface as SourceControl } from "@orch/core/ports/SourceControl"
import * as ScmUrl from "@orch/core/ScmUrl"
import * as Effect from "effect/Effect"
import { invalid, malformed, ofSource, type SubmissionRefused, unretrievable } from "./SubmissionRefused.ts"

/** Real module documents have some ten kilobytes. */
const maxBytes = 1024 * 1024

export interface Source {
  /** At the commit. */
  readonly url: ScmUrl.ScmUrl
  /** What was asked for, where that was no commit. */
  readonly branch: string | undefined
  readonly file: string
  readonly commit: string
  /** Unix seconds. */
  readonly time: number
  readonly stream: ModuleStreamV2
  /** Where its dependencies are written. */
  readonly lines: DependencyLines.DependencyLines
  readonly name: string
  readonly streamName: string
}

/** The part of a request that says which document is meant, and as what it is to be built. */
export interface Named {
  readonly scmurl: string
  readonly name?: string
  readonly stream?: string
}

/** Fetches and reads the document that a submission names. */
export const fetch = Effect.fn("Source.fetch")(function*(scm: SourceControl, request: Named) {
  const url = yield* Effect.fromResult(ScmUrl.parse(request.scmurl)).pipe(
    Effect.mapError(({ message }) => malformed(message))
  )
  const repository = ScmUrl.repositoryUrl(url)
  const file = ScmUrl.modulemdPath(url)
  const { bytes, commit, time } = yield* Effect.gen(function*() {
    yield* scm.authorize(repository)
    const [resolution] = yield* scm.resolve([{ repository, ref: url.ref }])
    if (resolution?._tag !== "Resolved") return yield* resolution!.error
    const { commit, time } = yield* scm.commit(repository, resolution.commit)
    const bytes = yield* scm.readFile({ repository, commit, path: file, maxBytes })
    return { bytes, commit, time }
  }).pipe(Effect.mapError(ofSource))
  const { lines, stream } = yield* read(bytes, file)
  const name = request.name ?? stream.name ?? ScmUrl.repositoryName(url)
  const branch = branchOf(url)
  const streamName = request.stream ?? stream.stream ?? branch ?? "master"
  return {
    url: ScmUrl.atRef(url, commit),
    branch,
    file,
    commit,
    time,
    stream,
    lines,
    name,
    streamName
  } satisfies Source
})

/** Modules in modules in modules; nobody needs more, and a circle ends here. */
const maxDepth = 5

/** What is built of each component: what is asked for by name, else what the document says, else `defaultRef`. */
export const withRefs = (
  stream: ModuleStreamV2,
  defaultRef: string | undefined,
  refs: Readonly<Record<string, string>> = {}
): ModuleStreamV2 => {
  const { modules, rpms } = stream.components
  return {
    ...stream,
    components: {
      ...stream.components,
      rpms: new Map(Array.from(rpms, ([name, component]) => [
        name,
        { ...component, ref: Object.hasOwn(refs, name) ? refs[name] : component.ref ?? defaultRef }
      ])),
      modules: new Map(Array.from(modules, ([name, module]) => [name, { ...module, ref: module.ref ?? defaultRef }]))
    }
  }
}

/** The documents of the modules that a module includes (`components.modules`), and of those they include. */
export const fetchIncluded = (
  scm: SourceControl,
  stream: ModuleStreamV2,
  modulesRepository: string,
  defaultRef?: string | undefined,
  depth = 1
): Effect.Effect<ReadonlyMap<string, IncludedModule>, SubmissionRefused> =>
  Effect.gen(function*() {
    if (stream.components.modules.size > 0 && depth > maxDepth) {
      return yield* invalid(
        `Modules include each other more than ${maxDepth} deep: ${[...stream.components.modules.keys()].join(", ")}`
      )
    }
    const included = new Map<string, IncludedModule>()
    for (const [name, { ref, repository = `${modulesRepository}${name}` }] of stream.components.modules) {
      const file = `${name}.yaml`
      const bytes = yield* Effect.gen(function*() {
        yield* scm.authorize(repository)
        const [resolution] = yield* scm.resolve([{ repository, ref }])
        if (resolution?._tag !== "Resolved") return yield* resolution!.error
        return yield* scm.readFile({ repository, commit: resolution.commit, path: file, maxBytes })
      }).pipe(Effect.mapError((error) => unretrievable([{ component: name, error }])))
      const document = withRefs((yield* read(bytes, file)).stream, defaultRef)
      included.set(name, {
        stream: document,
        included: yield* fetchIncluded(scm, document, modulesRepository, defaultRef, depth + 1)
      })
    }
    return included
  })

/** By the field's convention the branch names the stream; a commit names none. */
const branchOf = (url: ScmUrl.ScmUrl): string | undefined =>
  url.ref === undefined || ScmUrl.isCommit(url.ref) ? undefined : url.ref.replace(/^refs\/heads\//, "")

const read = Effect.fnUntraced(function*(bytes: Uint8Array, file: string) {
  const text = yield* Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    catch: () => invalid(`${file} is not UTF-8 text`, [{ code: "encoding", message: "not UTF-8 text", where: file }])
  })
  const { documents, problems } = Modulemd.read(text, { profile: "source" })
  const errors = problems.filter(({ severity }) => severity === "error")
  if (errors.length > 0) {
    return yield* invalid(
      `${file} is not a valid modulemd document: ${errors.map((one) => `line ${one.line}: ${one.message}`).join("; ")}`,
      errors.map((one) => problem(one, file))
    )
  }
  const [document, second] = documents
  if (document === undefined) return yield* invalid(`${file} holds no modulemd document`)
  if (second !== undefined) return yield* invalid(`${file} holds more than one document; a module is one`)
  return { stream: yield* streamOf(document, file), lines: DependencyLines.read(text)[0]?.[0] ?? {} }
})

const streamOf = (document: ModulemdDocument, file: string) => {
  switch (document._tag) {
    case "ModuleStreamV2":
      return Effect.succeed(document)
    case "ModulePackagerV2":
      return Effect.succeed(ModulePackagerV2.toStream(document))
    default:
      return Effect.fail(
        invalid(
          `${file} is a ${document._tag} document; a module is built from a stream or packager document, version 2`
        )
      )
  }
}

const problem = ({ code, column, hint, line, message, path }: ModulemdProblem, file: string): Problem => ({
  code,
  message: path === "" ? message : `${path}: ${message}`,
  where: file,
  line,
  column,
  ...(hint === undefined ? {} : { hint })
})
