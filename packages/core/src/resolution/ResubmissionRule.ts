/**
 * What becomes of a submission for which builds exist already: a new build, an old one continued, or nothing.
 *
 * Only a failed build can be submitted again, and continues where it stopped; scratch builds are always new.
 */
import type * as AvailableModule from "./AvailableModule.ts"
import * as ModuleContext from "./ModuleContext.ts"

/** A build of the same name, stream, version and context. */
export interface Existing {
  readonly state: AvailableModule.State
  readonly rebuildStrategy: string
  /** The states it went through, oldest first. */
  readonly trace: ReadonlyArray<AvailableModule.State>
}

/** What is asked for this time. */
export interface Request {
  readonly scratch: boolean
  readonly rebuildStrategy?: string | undefined
}

/** What is done with the request, told apart by `_tag`. The message of `Refuse` is the original's. */
export type Outcome =
  | { readonly _tag: "Create"; readonly contextSuffix: string }
  /** `resetBatch`: components are looked at from the first batch again. */
  | { readonly _tag: "Resume"; readonly state: "init" | "wait"; readonly resetBatch: boolean }
  | { readonly _tag: "Skip"; readonly state: AvailableModule.State }
  | { readonly _tag: "Refuse"; readonly message: string }

/**
 * Decides for one expanded module. `existing` is the build with the same NSVC, undefined where there is none.
 *
 * @param scratchContexts contexts of all scratch builds of the same name, stream and version.
 */
export const decide = (
  request: Request,
  context: string,
  existing: Existing | undefined,
  scratchContexts: ReadonlyArray<string> = []
): Outcome => {
  if (request.scratch) {
    return { _tag: "Create", contextSuffix: `_${ModuleContext.countScratch(context, scratchContexts) + 1}` }
  }
  if (existing === undefined) return { _tag: "Create", contextSuffix: "" }
  if (existing.state !== "failed") return { _tag: "Skip", state: existing.state }
  if (request.rebuildStrategy !== undefined && request.rebuildStrategy !== existing.rebuildStrategy) {
    return {
      _tag: "Refuse",
      message: "You cannot change the module's \"rebuild_strategy\" when resuming a module build"
    }
  }
  return existing.trace.findLast((state) => state !== "failed") === "init"
    ? { _tag: "Resume", state: "init", resetBatch: false }
    : { _tag: "Resume", state: "wait", resetBatch: true }
}

/** What is said when every module of a submission is skipped; the number is that of the last one's state. */
export const allSkipped = (stateNumber: number): string =>
  `Module (state=${stateNumber}) already exists. Only a new build, resubmission of a failed build or build against new `
  + "buildrequirements is allowed."

/** A component as it was recorded, or is planned now. */
export interface RecordedComponent {
  readonly name: string
  readonly batch: number
  readonly scmurl: string
  readonly ref: string | null
}

/**
 * Names of components that a resubmission would build differently from what was recorded; such a build is refused, as
 * what was built already would not fit. Empty where nothing differs; components that are new do not count.
 */
export const changedComponents = (
  recorded: ReadonlyArray<RecordedComponent>,
  planned: ReadonlyArray<RecordedComponent>
): ReadonlyArray<string> => {
  const known = new Map(recorded.map((component) => [component.name, component]))
  return planned.filter(({ batch, name, ref, scmurl }) => {
    const before = known.get(name)
    return before !== undefined && (before.batch !== batch || before.scmurl !== scmurl || before.ref !== ref)
  }).map(({ name }) => name)
}
