/** The document of a submission: read from git or from the request itself, and what its module is to be called. */
import type { Problem } from "@orch/api/ErrorBody"
import type * as DependencyLines from "@orch/core/modulemd/DependencyLines"
import type { ModulemdDocument } from "@orch/core/modulemd/ModulemdDocument"
import type { Problem as ModulemdProblem } from "@orch/core/modulemd/ModulemdProblem"
import type { Interface as SourceControl } from "@orch/core/ports/SourceControl"
import * as ModuleVersion from "@orch/core/resolution/ModuleVersion"
import * as ScmUrl from "@orch/core/ScmUrl"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as LargeDocuments from "../documents/LargeDocuments.ts"
import { impossible, invalid, malformed, ofSource, SubmissionRefused } from "./SubmissionRefused.ts"
import type { FromGit, FromText } from "./SubmissionRequest.ts"
import { documentBytes } from "./SubmissionSettings.ts"

export interface Source {
  readonly document: ModulemdDocument
  /** What it was read from. */
  readonly text: string
  /** Where its dependencies are written, for each stream it stands for; looked for where something is wrong with them. */
  readonly lines: Effect.Effect<ReadonlyArray<DependencyLines.DependencyLines>>
  /** Its file in git. */
  readonly file: string | undefined
  readonly name: string
  readonly stream: string
  /** Without the base module's prefix. */
  readonly version: bigint
  /** With the commit, for submissions from git. */
  readonly scmurl: string | undefined
  readonly commit: string | undefined
  /** The branch it comes from, as far as anybody says. */
  readonly branch: string | undefined
}

/** How large a document may be, and whether one in git may call itself otherwise than its repository and branch do. */
export interface Rules {
  readonly modulemdKilobytes: number
  readonly allowNameOverride: boolean
  readonly allowStreamOverride: boolean
  /** Dashes in streams; without them those of a branch become underscores. */
  readonly allowDashes: boolean
}

/** The document that a submission names or brings; fails where it cannot be had, read, or called so. */
export const fetch = Effect.fn("Source.fetch")(function*(
  scm: SourceControl,
  source: FromGit | FromText,
  rules: Rules
): Effect.fn.Return<Source, SubmissionRefused> {
  return yield* source._tag === "Text" ? ofText(source, rules) : ofGit(scm, source, rules)
})

/** The same document as a later version of its module: of this time (milliseconds since the epoch), where it is no later one already. */
export const rebuilt = (source: Source, at: number | undefined): Source => {
  if (at === undefined) return source
  const version = ModuleVersion.fromTimestamp(at / 1000)
  return version > source.version ? { ...source, version } : source
}

const ofText = Effect.fnUntraced(function*({ branch, name, stream, text }: FromText, rules: Rules) {
  const most = documentBytes(rules)
  if (Buffer.byteLength(text) > most) {
    return yield* impossible(`The modulemd has ${Buffer.byteLength(text)} bytes; at most ${most} are read`)
  }
  const document = yield* readDocument(text, undefined)
  const own = identityOf(document)
  const called = own.name ?? name
  if (called === undefined) {
    return yield* new SubmissionRefused({
      reason: "malformed",
      message: "The module's name was not present in the modulemd file",
      problems: [],
      missing: "name"
    })
  }
  const now = ModuleVersion.fromTimestamp((yield* Clock.currentTimeMillis) / 1000)
  return {
    document,
    text,
    lines: linesOf(text),
    file: undefined,
    name: called,
    stream: stream ?? own.stream ?? "master",
    version: versionOf(document) ?? now,
    scmurl: undefined,
    commit: undefined,
    branch
  }
})

const ofGit = Effect.fnUntraced(function*(scm: SourceControl, source: FromGit, rules: Rules) {
  const { commit, document, file, lines, repositoryName, text, time, url } = yield* fetchDocument(
    scm,
    source.scmurl,
    rules,
    source.branch
  )
  const own = identityOf(document)
  const branch = source.branch ?? branchOf(url)
  const isClaimed = source.branch !== undefined
  if (isClaimed && own.name !== undefined && own.name !== repositoryName && !rules.allowNameOverride) {
    return yield* invalid(`The name "${own.name}" that is stored in the modulemd is not valid`)
  }
  if (own.stream?.includes("-") === true && !rules.allowDashes) {
    return yield* invalid("Dashes are not allowed in the stream value")
  }
  const branchStream = rules.allowDashes ? branch : branch?.replaceAll("-", "_")
  if (isClaimed && own.stream !== undefined && own.stream !== branchStream && !rules.allowStreamOverride) {
    return yield* invalid(
      `The stream "${own.stream}" that is stored in the modulemd does not match the branch "${branchStream}"`
    )
  }
  const version = versionOf(document)
  if (version !== undefined && version !== 0n) {
    return yield* invalid(
      `The version "${version}" is already defined in the modulemd but it shouldn't be since the version is generated based `
        + "on the commit time"
    )
  }
  return {
    document,
    text,
    lines,
    file,
    name: source.name ?? own.name ?? repositoryName,
    stream: source.stream ?? own.stream ?? branchStream ?? "master",
    version: ModuleVersion.fromTimestamp(time),
    scmurl: ScmUrl.format(ScmUrl.atRef(url, commit)),
    commit,
    branch
  }
})

const identityOf = (document: ModulemdDocument) =>
  "name" in document && "stream" in document ? { name: document.name, stream: document.stream } : {}

const versionOf = (document: ModulemdDocument): bigint | undefined =>
  document._tag === "ModuleStreamV2" || document._tag === "ModuleStreamV1" ? document.version ?? undefined : undefined

/** The lines of a text of one document. */
const linesOf = (text: string): Source["lines"] => Effect.map(LargeDocuments.lines(text), ([lines]) => lines ?? [])

/** By the field's convention the branch names the stream; a commit names none. */
const branchOf = (url: ScmUrl.ScmUrl): string | undefined =>
  url.ref === undefined || ScmUrl.isCommit(url.ref) ? undefined : url.ref.replace(/^refs\/heads\//, "")

/** The one module document at a URL, with its commit; on the branch, where one is named. */
export const fetchDocument = Effect.fn("Source.fetchDocument")(function*(
  scm: SourceControl,
  scmurl: string,
  rules: Pick<Rules, "modulemdKilobytes">,
  branch?: string | undefined
) {
  const url = yield* Effect.fromResult(ScmUrl.parse(scmurl)).pipe(Effect.mapError(({ message }) => malformed(message)))
  const repository = ScmUrl.repositoryUrl(url)
  const file = ScmUrl.modulemdPath(url)
  const { bytes, commit, onBranch, time } = yield* Effect.gen(function*() {
    yield* scm.authorize(repository)
    const [resolution] = yield* scm.resolve([{ repository, ref: url.ref }])
    if (resolution?._tag !== "Resolved") return yield* resolution!.error
    const { commit, time } = yield* scm.commit(repository, resolution.commit)
    const onBranch = branch === undefined ? true : yield* isOnBranch(scm, repository, commit, branch)
    const maxBytes = documentBytes(rules)
    return { commit, time, onBranch, bytes: yield* scm.readFile({ repository, commit, path: file, maxBytes }) }
  }).pipe(Effect.mapError(ofSource))
  if (!onBranch) return yield* invalid(`Commit ${url.ref} is not in branch ${branch}.`)
  const text = yield* decodeText(bytes, file)
  return {
    document: yield* readDocument(text, file),
    text,
    lines: linesOf(text),
    url,
    file,
    repositoryName: ScmUrl.repositoryName(url),
    commit,
    time
  }
})

/** A branch that is not there, or cannot be, has no commits. */
const isOnBranch = (scm: SourceControl, repository: string, commit: string, branch: string) =>
  scm.onBranch(repository, commit, branch).pipe(
    Effect.catchTag(
      "SourceControlError",
      (error) =>
        error.what === "reference" && error.reason !== "unreachable" ? Effect.succeed(false) : Effect.fail(error)
    )
  )

/** The bytes of a file as text. */
export const decodeText = (bytes: Uint8Array, file: string): Effect.Effect<string, SubmissionRefused> =>
  Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    catch: () =>
      impossible(`The modulemd ${file} is not UTF-8 text`, [{
        code: "encoding",
        message: "not UTF-8 text",
        where: file
      }])
  })

/** Errors in the sentence that says what is wrong; more are among the problems. */
const toldInWords = 50

const inWords = ({ column, line, message }: ModulemdProblem): string => `line ${line}, column ${column}: ${message}`

/** The one module document of a text. */
export const readDocument = Effect.fnUntraced(function*(
  text: string,
  file: string | undefined
): Effect.fn.Return<ModulemdDocument, SubmissionRefused> {
  if (text.trim() === "") return yield* impossible("The input modulemd was empty")
  const { count, documents, errors } = yield* LargeDocuments.read(text).pipe(
    Effect.mapError(({ message }) => impossible(message))
  )
  if (errors.length > 0 || documents.length === 0) {
    const what = errors.length === 0
      ? "there is no module in it"
      : `${errors.slice(0, toldInWords).map(inWords).join("; ")}${
        count > toldInWords ? ` and ${count - toldInWords} more` : ""
      }`
    return yield* impossible(
      `The modulemd ${file === undefined ? "" : `${file} `}is invalid. Please verify the syntax is correct. `
        + `The error was: ${what}`,
      errors.map((one) => problem(one, file))
    )
  }
  const [document, second] = documents
  return second === undefined
    ? document!
    : yield* impossible("The modulemd holds more than one document; a module is one")
})

const problem = (
  { code, column, hint, line, message, path }: ModulemdProblem,
  file: string | undefined
): Problem => ({
  code,
  message: path === "" ? message : `${path}: ${message}`,
  ...(file === undefined ? {} : { where: file }),
  line,
  column,
  ...(hint === undefined ? {} : { hint })
})
