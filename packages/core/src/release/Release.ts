/** A release: the builds it brings to a platform's production repositories, and how far that is. */
import * as Schema from "effect/Schema"
import { Erratum } from "../farm/Advisory.ts"
import { Delays } from "../farm/Delays.ts"
import { ReleaseEdit } from "./ReleaseEdit.ts"
import { ReleaseProblem } from "./ReleaseProblem.ts"
import type { RepositoryRelease } from "./RepositoryRelease.ts"

export const ReleaseOrder = Schema.Struct({
  platform: Schema.String,
  /** Numbers of the builds. */
  builds: Schema.Array(Schema.Number),
  by: Schema.String,
  /** Numbers of the build tasks whose packages go, with their source packages; those of all tasks without it. */
  tasks: Schema.optionalKey(Schema.Array(Schema.Number)),
  /** Names of platforms whose reference data is asked beside the platform's own. */
  references: Schema.optionalKey(Schema.Array(Schema.String)),
  /** Number of the product whose repositories are the target, in place of the platform's. */
  product: Schema.optionalKey(Schema.Number),
  /** Whether whoever asked for it expects a commit to be answered when it has ended. */
  waits: Schema.optionalKey(Schema.Boolean)
})
/** What a release is about; known when it begins. */
export type ReleaseOrder = typeof ReleaseOrder.Type

/**
 * - `planning`: where things go is found out. `planned`: people look at it, edit it, and commit it.
 * - `waiting`: until no other release writes these repositories. `committing`: on the way to readers.
 * - `released`: readers see all of it. `reverting`: on the way back. `reverted`: all is as before, as people wanted.
 * - `failed`: it could not be planned, or could not be made and has been taken back whole.
 * - `removed`: people do not want it any more; it changed nothing, or was taken back.
 */
export const states = [
  "planning",
  "planned",
  "waiting",
  "committing",
  "released",
  "reverting",
  "reverted",
  "failed",
  "removed"
] as const

export const ReleaseState = Schema.Literals(states)
/** The state a release is in. */
export type ReleaseState = typeof ReleaseState.Type

export const Progress = Schema.Struct({
  state: ReleaseState,
  /** Why it is in this state, for people. */
  reason: Schema.String,
  /** What its commands wait for outside; absent while none does. */
  delays: Schema.optionalKey(Delays),
  /** 0 before the first event; milliseconds since the epoch. */
  createdAt: Schema.Number,
  modifiedAt: Schema.Number,
  edits: Schema.Array(ReleaseEdit),
  problems: Schema.Array(ReleaseProblem),
  /** NEVRAs and module identities that go nowhere: excluded, or there already. */
  leftOut: Schema.Array(Schema.String),
  /** How often it was committed; keys of changes carry it, since a second attempt is another change. */
  attempt: Schema.Number,
  /** Where the release is going while it waits for its repositories. */
  heading: Schema.Literals(["forward", "back"]),
  /** Whether repositories are looked at before they are taken back: others may have changed them since. */
  checks: Schema.Boolean,
  /** What ends a way back: a release that failed, or one that people took back. */
  backTo: Schema.Literals(["failed", "reverted"]),
  /** What readers of the repositories are told of it. */
  erratum: Schema.optionalKey(Erratum),
  /** How often it was said anew which builds it brings; absent where it never was. */
  orders: Schema.optionalKey(Schema.Number)
})
/** What changes about a release and does not grow with its repositories. */
export type Progress = typeof Progress.Type

/** A release with its repositories, by name. */
export interface Release extends Progress {
  readonly id: number
  readonly plan: ReleaseOrder
  readonly repositories: ReadonlyMap<string, RepositoryRelease>
}

/** A release before its first event. */
export const unborn = (id: number, plan: ReleaseOrder): Release => ({
  id,
  plan,
  state: "planning",
  reason: "",
  createdAt: 0,
  modifiedAt: 0,
  edits: [],
  problems: [],
  leftOut: [],
  attempt: 0,
  heading: "forward",
  checks: false,
  backTo: "failed",
  repositories: new Map()
})

/** Repositories by name, in the order of their names. */
export const byName = (repositories: ReadonlyArray<RepositoryRelease>): ReadonlyMap<string, RepositoryRelease> =>
  new Map(repositories.map((one) => [one.name, one] as const).sort(([a], [b]) => a < b ? -1 : 1))

/** A release from its stored pieces. */
export const assemble = (
  id: number,
  plan: ReleaseOrder,
  progress: Progress,
  repositories: ReadonlyArray<RepositoryRelease>
): Release => ({ id, plan, ...progress, repositories: byName(repositories) })

/** The repositories that get something, in the order of their names. Locks are taken in this order, so two releases never wait for each other. */
export const repositoriesOf = ({ repositories }: Release): ReadonlyArray<RepositoryRelease> =>
  [...repositories.values()].filter(({ additions }) => additions.length > 0).sort((a, b) => a.name < b.name ? -1 : 1)

/**
 * Whether the release waits for or holds the lock of this repository. A command to free locks may be done late, when the
 * release was committed again: it frees only what is not wanted, in one transaction with this question.
 */
export const wantsLock = (release: Release, repository: string): boolean =>
  (release.state === "waiting" || release.state === "committing" || release.state === "reverting") &&
  (release.repositories.get(repository)?.additions.length ?? 0) > 0

/** The key of a repository's change or of its way back: the same for every repetition of one attempt. */
export const changeKey = ({ attempt, id }: Pick<Release, "attempt" | "id">, way: "forward" | "back"): string =>
  `release-${id}-${attempt}${way === "back" ? "-back" : ""}`
