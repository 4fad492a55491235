/**
 * What is asked for when a module is submitted, in one form for every face.
 *
 * A face reads its own wire into this and turns a `SubmissionRefused` into its own words; what the faces differ in is a
 * field here, so that the same document is the same submission whichever way it came.
 */
import type { ModulePlan } from "@orch/core/modulebuild/ModulePlan"

/** A document in git. */
export interface FromGit {
  readonly _tag: "Git"
  readonly scmurl: string
  /**
   * Who names the branch submits by the rules of dist-git: the commit must be on it, the module is called like its repository
   * and the stream like the branch, where the installation allows nothing else. Without it the document names itself.
   */
  readonly branch?: string | undefined
  /** Called so whatever the document and its repository say. */
  readonly name?: string | undefined
  readonly stream?: string | undefined
}

/** A document that comes with the request. */
export interface FromText {
  readonly _tag: "Text"
  readonly text: string
  /** Taken as if the document came from it; nothing is looked up. */
  readonly branch?: string | undefined
  /** The name of a document that says none. */
  readonly name?: string | undefined
  /** Goes before what the document says. */
  readonly stream?: string | undefined
}

/** Streams by module name. */
export type Streams = Readonly<Record<string, ReadonlyArray<string>>>

export interface SubmissionRequest {
  readonly source: FromGit | FromText
  readonly owner: string
  readonly scratch: boolean
  /**
   * Builds the module anew although its document is the same: its version is then this time, in milliseconds since the epoch, where that is
   * the later one. The same time is the same build.
   */
  readonly rebuildAt: number | undefined
  /** Uploaded source packages that are built instead of what git has; scratch builds only. */
  readonly srpms: ReadonlyArray<string>
  /** `undefined`: the installation's. */
  readonly rebuildStrategy: string | undefined
  /** Id or `name:stream:version:context` of the build to take components from. */
  readonly reuseComponentsFrom: number | string | undefined
  readonly buildrequireOverrides: Streams
  readonly requireOverrides: Streams
  /** Git references of components, by name. */
  readonly refOverrides: Readonly<Record<string, string>>
  /** Side tag of the build system whose base modules are built against. */
  readonly sideTag: string | undefined
  /** Static contexts in place of those of the document: `{ CONTEXT: { buildrequires: { MODULE: STREAM }, requires: … } }`. */
  readonly contexts: unknown
  /** Git reference of components that name none; `undefined`: the default branch of each repository. */
  readonly defaultRef: string | undefined
  /** Whether the commits of components are looked up before the answer, so that what is missing refuses the submission. */
  readonly resolvesAtOnce: boolean
  /** Ids of scratch builds that may be built with as if they were ready, before all others; scratch builds only. */
  readonly builtWith: ReadonlyArray<number>
  /** The rebuild that it is part of, and how many seconds of work wait for it there; `undefined` for what people submit. */
  readonly rebuild: ModulePlan["rebuild"]
  /**
   * What becomes of builds that exist: `answer` with those that have not failed and begin the others anew, or `resume` those
   * that failed and refuse a submission of which nothing is new.
   */
  readonly existing: "answer" | "resume"
}

/** A request with nothing but a document and its owner. */
export const make = (
  fields: Pick<SubmissionRequest, "source" | "owner"> & Partial<SubmissionRequest>
): SubmissionRequest => ({
  scratch: false,
  rebuildAt: undefined,
  srpms: [],
  rebuildStrategy: undefined,
  reuseComponentsFrom: undefined,
  buildrequireOverrides: {},
  requireOverrides: {},
  refOverrides: {},
  sideTag: undefined,
  contexts: undefined,
  defaultRef: undefined,
  resolvesAtOnce: true,
  builtWith: [],
  rebuild: undefined,
  existing: "answer",
  ...fields
})
