/**
 * One repository inside of a release: what it gets, how far it is, and what is needed to take it back. It is a row of its own, so a step
 * of one repository writes nothing of the others.
 */
import * as Schema from "effect/Schema"
import { Placement } from "./Placement.ts"
import { ReleaseModule, ReleasePackage } from "./ReleasePackage.ts"

export const Addition = Schema.Union([
  Schema.TaggedStruct("Package", { package: ReleasePackage, placement: Placement }),
  Schema.TaggedStruct("Module", { module: ReleaseModule, placement: Placement })
])
/** One thing that a repository gets. */
export type Addition = typeof Addition.Type

/** A publication that is ready; `reference` is the repository host's own name for it. */
export const Ready = Schema.Struct({ revision: Schema.Number, reference: Schema.String })
/** A publication that is ready. */
export type Ready = typeof Ready.Type

/**
 * Towards readers: look, change, prepare, show. Back again: check whether anything came later, cover shows what was seen before, restore
 * brings back the content.
 */
export const steps = ["look", "change", "prepare", "show", "check", "cover", "restore"] as const

export const Step = Schema.Literals(steps)
/** One thing to be done with a repository; each may be done again. */
export type Step = typeof Step.Type

export const RepositoryRelease = Schema.Struct({
  name: Schema.String,
  /** Empty where a later plan has nothing for it. */
  additions: Schema.Array(Addition),
  /** The last step that is done. */
  done: Schema.optionalKey(Step),
  /** The step that was given and has not been reported; it may be done or not. */
  running: Schema.optionalKey(Step),
  /** What was there before the first change: revision, and what readers saw, `null` for nothing. */
  before: Schema.optionalKey(Schema.Struct({ revision: Schema.Number, shown: Schema.NullOr(Ready) })),
  /** Revision after the change. */
  after: Schema.optionalKey(Schema.Number),
  ready: Schema.optionalKey(Ready),
  /** Revision that was found when it was to be taken back after all. */
  found: Schema.optionalKey(Schema.Number),
  /** Why the last step could not be done. */
  problem: Schema.optionalKey(Schema.String)
})
/** One repository inside of a release. */
export type RepositoryRelease = typeof RepositoryRelease.Type

const forward: ReadonlyArray<Step> = ["look", "change", "prepare", "show"]

/** The step towards readers that comes next; `undefined` when readers see it all. */
export const next = ({ done }: RepositoryRelease): Step | undefined =>
  done === undefined ? "look" : forward[forward.indexOf(done) + 1]

/**
 * The step back that comes next; `undefined` where nothing is left to take back. Whatever was given is taken back, since what was never
 * reported may have been done. What readers have seen for a while is `checked` before.
 */
export const back = ({ before, done, found }: RepositoryRelease, checked: boolean): Step | undefined => {
  // Without a look nothing else was given.
  if (before === undefined || done === undefined || done === "restore" || done === "look") return undefined
  if (checked && done === "show" && found === undefined) return "check"
  return done === "cover" || done === "change" ? "restore" : "cover"
}
