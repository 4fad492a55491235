/**
 * The document a submission to the Module Build Service's face brings: read from git or from the request itself, named by
 * the rules of that service.
 */
import * as MbsError from "@orch/api/mbs/MbsError"
import type { SubmitRequest } from "@orch/api/mbs/MbsSubmitRequest"
import * as DependencyLines from "@orch/core/modulemd/DependencyLines"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import type { ModulemdDocument } from "@orch/core/modulemd/ModulemdDocument"
import { type Interface as SourceControl, SourceControlError } from "@orch/core/ports/SourceControl"
import * as ModuleVersion from "@orch/core/resolution/ModuleVersion"
import * as ScmUrl from "@orch/core/ScmUrl"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Real module documents have some ten kilobytes. */
const maxBytes = 1024 * 1024

export interface MbsSource {
  readonly document: ModulemdDocument
  /** Where its dependencies are written, for each stream it stands for. */
  readonly lines: ReadonlyArray<DependencyLines.DependencyLines>
  readonly name: string
  readonly stream: string
  /** Without the base module's prefix. */
  readonly version: bigint
  /** With the commit, for submissions from git. */
  readonly scmurl: string | undefined
  readonly commit: string | undefined
}

/** A problem of the source in the words of the API. */
const ofSourceControl = (error: SourceControlError): MbsError.MbsError => {
  switch (error.reason) {
    case "forbidden":
      return MbsError.forbidden(error.message)
    case "unreachable":
      return MbsError.unavailable(error.message)
    case "invalid":
      return MbsError.invalid(error.message)
    case "missing":
      return MbsError.unprocessable(
        error.what === "file"
          ? `The SCM repository doesn't contain a modulemd file: ${error.message}`
          : error.message
      )
    case "unsuitable":
      return MbsError.unprocessable(error.message)
  }
}

const identityOf = (document: ModulemdDocument) =>
  "name" in document && "stream" in document ? { name: document.name, stream: document.stream } : {}

const versionOf = (document: ModulemdDocument): bigint | undefined =>
  document._tag === "ModuleStreamV2" || document._tag === "ModuleStreamV1" ? document.version ?? undefined : undefined

/** The one module document of a text. */
export const readDocument = Effect.fnUntraced(function*(text: string, file: string | undefined) {
  if (text.trim() === "") return yield* MbsError.unprocessable("The input modulemd was empty")
  const { documents, problems } = Modulemd.read(text, { profile: "source" })
  const errors = problems.filter(({ severity }) => severity === "error")
  if (errors.length > 0 || documents.length === 0) {
    const what = errors.length === 0
      ? "there is no module in it"
      : errors.map(({ column, line, message }) => `line ${line}, column ${column}: ${message}`).join("; ")
    return yield* new MbsError.MbsError({
      status: 422,
      message: `The modulemd ${file === undefined ? "" : `${file} `}is invalid. Please verify the syntax is correct. `
        + `The error was: ${what}`,
      problems: errors.map(({ code, column, hint, line, message }) => ({ code, message, line, column, hint }))
    })
  }
  const [document, second] = documents
  return second === undefined
    ? document!
    : yield* MbsError.unprocessable("The modulemd holds more than one document; a module is one")
})

/** The lines of a text of one document. */
const linesOf = (text: string): MbsSource["lines"] => DependencyLines.read(text)[0] ?? []

/** A branch that is not there, or cannot be, has no commits. */
const isOnBranch = (scm: SourceControl, repository: string, commit: string, branch: string) =>
  scm.onBranch(repository, commit, branch).pipe(
    Effect.catchTag(
      "SourceControlError",
      (error) =>
        error.what === "reference" && error.reason !== "unreachable" ? Effect.succeed(false) : Effect.fail(error)
    )
  )

const fromGit = Effect.fnUntraced(function*(scm: SourceControl, scmurl: string, branch: string | undefined) {
  const url = yield* Effect.fromResult(ScmUrl.parse(scmurl)).pipe(
    Effect.mapError(({ message }) => MbsError.invalid(message))
  )
  const repository = ScmUrl.repositoryUrl(url)
  const file = ScmUrl.modulemdPath(url)
  const { bytes, commit, onBranch, time } = yield* Effect.gen(function*() {
    yield* scm.authorize(repository)
    const [resolution] = yield* scm.resolve([{ repository, ref: url.ref }])
    if (resolution?._tag !== "Resolved") return yield* resolution!.error
    const { commit, time } = yield* scm.commit(repository, resolution.commit)
    const onBranch = branch === undefined ? true : yield* isOnBranch(scm, repository, commit, branch)
    return { commit, time, onBranch, bytes: yield* scm.readFile({ repository, commit, path: file, maxBytes }) }
  }).pipe(Effect.mapError(ofSourceControl))
  if (!onBranch) return yield* MbsError.invalid(`Commit ${commit} is not in branch ${branch}.`)
  const text = yield* Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    catch: () => MbsError.unprocessable(`The modulemd ${file} is not UTF-8 text`)
  })
  return {
    document: yield* readDocument(text, file),
    lines: linesOf(text),
    repositoryName: ScmUrl.repositoryName(url),
    scmurl: ScmUrl.format(ScmUrl.atRef(url, commit)),
    commit,
    time
  }
})

/** The document of an import: whatever name, stream and version it says. */
export const fetchImport = (scm: SourceControl, scmurl: string) =>
  Effect.map(fromGit(scm, scmurl, undefined), ({ commit, document }) => ({ document, commit }))

/** Whether a document in git may call itself otherwise than its repository and branch do. */
export interface Naming {
  readonly allowNameOverride: boolean
  readonly allowStreamOverride: boolean
  /** Dashes in streams; without them those of a branch become underscores. */
  readonly allowDashes: boolean
}

/** The document of a submission, and what it is to be called. */
export const fetch = Effect.fn("MbsSource.fetch")(function*(
  scm: SourceControl,
  { source }: SubmitRequest,
  { allowDashes, allowNameOverride, allowStreamOverride }: Naming
): Effect.fn.Return<MbsSource, MbsError.MbsError> {
  if (source._tag === "Yaml") {
    const document = yield* readDocument(source.text, undefined)
    const own = identityOf(document)
    const name = own.name ?? source.name
    if (name === undefined) {
      return yield* MbsError.invalid(
        "The module's name was not present in the modulemd file. Please use the \"module_name\" parameter"
      )
    }
    const now = ModuleVersion.fromTimestamp((yield* Clock.currentTimeMillis) / 1000)
    const stream = source.stream ?? own.stream ?? "master"
    return {
      document,
      lines: linesOf(source.text),
      name,
      stream,
      version: versionOf(document) ?? now,
      scmurl: undefined,
      commit: undefined
    }
  }
  const { commit, document, lines, repositoryName, scmurl, time } = yield* fromGit(
    scm,
    source.scmurl,
    source.branch
  )
  const own = identityOf(document)
  if (own.name !== undefined && own.name !== repositoryName && !allowNameOverride) {
    return yield* MbsError.invalid(`The name "${own.name}" that is stored in the modulemd is not valid`)
  }
  if (own.stream?.includes("-") === true && !allowDashes) {
    return yield* MbsError.invalid("Dashes are not allowed in the stream value")
  }
  const branchStream = allowDashes ? source.branch : source.branch.replaceAll("-", "_")
  if (own.stream !== undefined && own.stream !== branchStream && !allowStreamOverride) {
    return yield* MbsError.invalid(
      `The stream "${own.stream}" that is stored in the modulemd does not match the branch "${branchStream}"`
    )
  }
  const version = versionOf(document)
  if (version !== undefined && version !== 0n) {
    return yield* MbsError.invalid(
      `The version "${version}" is already defined in the modulemd but it shouldn't be since the version is generated based `
        + "on the commit time"
    )
  }
  return {
    document,
    lines,
    name: own.name ?? repositoryName,
    stream: own.stream ?? branchStream,
    version: ModuleVersion.fromTimestamp(time),
    scmurl,
    commit
  }
})
