/**
 * The steps of a release through its repositories: all take one step before any takes the next.
 *
 * A step that was given is waited for before the way turns, as it may still be under way; so no change comes after its own way back.
 */
import type * as LifeChange from "../life/LifeChange.ts"
import { type Release, repositoriesOf } from "./Release.ts"
import type { ReleaseCommand, ReleaseEvent } from "./ReleaseEvent.ts"
import { back, next, type RepositoryRelease, type Step } from "./RepositoryRelease.ts"

/** What an event changed, what is to be done, and what is to be told. */
export type Change = LifeChange.Change<Release, ReleaseCommand>

type StepFailed = Extract<ReleaseEvent, { readonly _tag: "StepFailed" }>

/** Seconds until a step back is tried again that could not be done. It is tried for ever: people are told, and nothing stays half. */
const backDelay = 60

const told = (release: Release) => ({
  topic: "release.state",
  subject: `release/${release.id}`,
  body: {
    id: release.id,
    platform: release.plan.platform,
    builds: [...release.plan.builds],
    state: release.state,
    state_reason: release.reason
  }
})

/** A release as it is to be, and what comes with that. */
export interface Move {
  readonly release: Release
  /** Names of repositories that differ. */
  readonly touched?: Iterable<string>
  readonly commands?: ReadonlyArray<ReleaseCommand>
  /** Seconds before the commands. */
  readonly delay?: number
}

/** A change of the release; told to others where its state is another one. */
export const changed = (
  before: Release,
  at: number,
  { commands = [], delay = 0, release, touched = [] }: Move
): Change => {
  const state: Release = { ...release, modifiedAt: at, createdAt: release.createdAt === 0 ? at : release.createdAt }
  return {
    state,
    touched: new Set(touched),
    commands: commands.map((command) => ({ command, delay })),
    announcements: before.state !== state.state || before.createdAt === 0 ? [told(state)] : [],
    changed: true
  }
}

const withRepositories = (release: Release, some: ReadonlyArray<RepositoryRelease>): Release => {
  const repositories = new Map(release.repositories)
  for (const one of some) repositories.set(one.name, one)
  return { ...release, repositories }
}

const run = (repository: string, step: Step): ReleaseCommand => ({ _tag: "RunStep", repository, step })

/** The repositories that get something, as locks are taken. */
export const names = (release: Release): ReadonlyArray<string> => repositoriesOf(release).map(({ name }) => name)

/** Lets other releases write the repositories, those of earlier plans as well: a command of before may have locked them. */
export const freeLocks = ({ repositories }: Release): ReadonlyArray<ReleaseCommand> => [
  { _tag: "FreeLocks", repositories: [...repositories.keys()].sort() }
]

const order: ReadonlyArray<Step> = ["look", "change", "prepare", "show"]
const orderBack: ReadonlyArray<Step> = ["check", "cover", "restore"]

/** Gives each repository its next step, where all have done the one before and none is under way. */
export const advance = (release: Release): Move => {
  const all = repositoriesOf(release)
  if (all.some(({ running }) => running !== undefined)) return { release }
  const forward = release.state === "committing"
  const due = all.map((one) => ({ one, step: forward ? next(one) : back(one, release.checks) }))
  const first = (forward ? order : orderBack).find((step) => due.some((entry) => entry.step === step))
  if (first === undefined) {
    const end: Pick<Release, "reason" | "state"> = forward
      ? { state: "released", reason: "Readers see all of it" }
      : { state: release.backTo, reason: release.reason }
    return { release: { ...release, ...end }, commands: freeLocks(release) }
  }
  const given = due.flatMap(({ one, step }) => step === first ? [{ ...one, running: first }] : [])
  return {
    release: withRepositories(release, given),
    touched: given.map(({ name }) => name),
    commands: given.map(({ name }) => run(name, first))
  }
}

/** Turns round, as soon as nothing is under way. */
export const turnBack = (release: Release, backTo: Release["backTo"], reason: string): Move =>
  advance({ ...release, state: "reverting", heading: "back", checks: false, backTo, reason })

/** What a report makes of its repository, where that very step is under way; `undefined` where it is not. */
const reported = (release: Release, event: ReleaseEvent): RepositoryRelease | undefined => {
  const one = "repository" in event ? release.repositories.get(event.repository) : undefined
  if (one === undefined) return undefined
  const { problem: _, running, ...rest } = one
  const done = (step: Step, more: Partial<RepositoryRelease> = {}): RepositoryRelease | undefined =>
    running === step ? { ...rest, ...more, done: step } : undefined
  switch (event._tag) {
    case "Looked":
      return done("look", { before: { revision: event.revision, shown: event.shown } })
    case "Changed":
      return done("change", { after: event.revision })
    case "Prepared":
      return done("prepare", { ready: event.ready })
    case "Shown":
      return done("show")
    case "Checked":
      return running === "check" ? { ...rest, found: event.revision } : undefined
    case "Covered":
      return done("cover")
    case "Restored":
      return done("restore")
    case "StepFailed":
      return running === event.step ? { ...rest, problem: event.reason } : undefined
    default:
      return undefined
  }
}

/** Something came after the release: readers keep what they see, and the release stays as it is. */
const tooLate = (release: Release, one: RepositoryRelease): Move => {
  const repositories = repositoriesOf(release).map(({ found: _, running: __, ...rest }) => rest)
  return {
    release: {
      ...withRepositories(release, repositories),
      state: "released",
      reason:
        `Not taken back: ${one.name} is at revision ${one.found}, and this release made ${one.after}; take back first what came later`
    },
    touched: repositories.map(({ name }) => name),
    commands: freeLocks(release)
  }
}

/**
 * A step that failed on the way forward counts as done where it may have left something, so that it is taken back; one on the way
 * back is tried again.
 */
const failed = (release: Release, { reason: why, repository, step }: StepFailed, one: RepositoryRelease): Move => {
  const reason = `${repository}: ${step} failed: ${why}`
  if (orderBack.includes(step)) {
    return {
      release: { ...withRepositories(release, [{ ...one, running: step }]), reason },
      touched: [repository],
      commands: [run(repository, step)],
      delay: backDelay
    }
  }
  const left = step === "look" ? one : { ...one, done: step }
  const turned = turnBack(
    withRepositories(release, [left]),
    release.state === "reverting" ? release.backTo : "failed",
    release.state === "reverting" ? release.reason : reason
  )
  return { ...turned, touched: [repository, ...turned.touched ?? []] }
}

/** What follows from the report of a step; `undefined` where that step is not under way. */
export const step = (release: Release, event: ReleaseEvent): Move | undefined => {
  const one = reported(release, event)
  if (one === undefined) return undefined
  if (event._tag === "StepFailed") return failed(release, event, one)
  if (event._tag === "Checked" && one.found !== one.after) return tooLate(release, one)
  const advanced = advance(withRepositories(release, [one]))
  return { ...advanced, touched: [one.name, ...advanced.touched ?? []] }
}
