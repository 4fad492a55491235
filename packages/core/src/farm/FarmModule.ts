/** A module build of a farm that owns module builds: asked for as a whole, then followed until it has ended. */
import * as Schema from "effect/Schema"

/**
 * What such a farm says of a module build.
 *
 * - `waiting`: known, not begun. `building`: packages are built. `checking`: all are built; the farm's own checks have yet to pass.
 * - `ready`: usable by others. `failed`: ended without a result. `gone`: the farm has no record of it.
 */
export const FarmModuleState = Schema.Literals(["waiting", "building", "checking", "ready", "failed", "gone"])
/** What such a farm says of a module build. */
export type FarmModuleState = typeof FarmModuleState.Type

/** One package of it, as far as the farm tells. */
export const FarmModulePart = Schema.Struct({
  /** As the document calls it. */
  component: Schema.String,
  state: Schema.Literals(["building", "built", "failed", "canceled"]),
  /** The farm's task; absent where none was begun. */
  task: Schema.optionalKey(Schema.String),
  /** `name-version-release` of the source package; absent until it is known. */
  nvr: Schema.optionalKey(Schema.String),
  reason: Schema.optionalKey(Schema.String)
})
/** One package of it, as far as the farm tells. */
export interface FarmModulePart extends Schema.Schema.Type<typeof FarmModulePart> {}

/** A module build that the farm has. */
export interface FarmModule {
  /** The farm's name of it. */
  readonly id: string
  /** Where people and programs see it. */
  readonly url: string
}

/** A module build as it was found. */
export interface FarmModuleFound extends FarmModule {
  /**
   * Differs whenever the farm did something with it, and says nothing else: who remembers the revision of a build before asking
   * for it again knows afterwards whether that was heard.
   */
  readonly revision: string
}

/** A module to be built as a whole. */
export interface FarmModuleRequest {
  readonly name: string
  readonly stream: string
  /** As planned, with what the platform puts in front of it. */
  readonly version: bigint
  readonly context: string
  /**
   * The modulemd as a packager would hand it in: its version without what the platform puts in front, its dependencies pinned to the
   * streams that were chosen, and nothing in it of what is computed.
   */
  readonly document: string
  /** Where the document is in git, as an SCM URL; absent of one that came as a text. */
  readonly scmurl?: string
  /** The stream that was chosen of each module it is built with. */
  readonly streams: Readonly<Record<string, string>>
  /** The streams of each module that it needs where it is installed. */
  readonly requires: Readonly<Record<string, ReadonlyArray<string>>>
  readonly scratch: boolean
  readonly owner: string
}

/** What is known of a module build at the time of the question. */
export interface FarmModuleSeen extends FarmModule {
  readonly state: FarmModuleState
  /** In the farm's words, such as why it failed. */
  readonly reason: string
  readonly parts: ReadonlyArray<FarmModulePart>
}

/** What a module build that is ready came to. */
export interface FarmModuleResult {
  /** What the farm calls it, as `name:stream:version:context`. */
  readonly nsvc: string
  /** Where its packages are, in the farm's words, such as a tag; absent where it does not say. */
  readonly place?: string
  /** The modulemd as the farm completed it. */
  readonly document: string
}
