/** A module build in one sentence, for lists: what it waits for now, or how it ended, from what a list knows of it. */
import * as NameList from "../NameList.ts"
import type { ComponentState } from "./ComponentBuild.ts"
import type { ModuleBuildState } from "./ModuleBuild.ts"

/** How many components are in each state; those that were taken from other builds are counted where they are, too. */
export interface Counts extends Readonly<Record<ComponentState, number>> {
  readonly total: number
  readonly reused: number
}

/** What the sentence is made from. */
export interface Facts {
  readonly state: ModuleBuildState
  readonly reason: string
  readonly scratch: boolean
  readonly counts: Counts
  /** Some of the components that a builder has; all of them are counted. */
  readonly open: ReadonlyArray<string>
  /** How many components a builder has. */
  readonly openCount: number
  /** Some of those that the farm knows and no builder has taken. */
  readonly free: ReadonlyArray<string>
  /** Whether something outside is waited for; the reason says what. */
  readonly isDelayed: boolean
  /** Whether a repository is being made. */
  readonly isRegenerating: boolean
}

/** Names that one sentence shows. */
const shown = 3

/** One sentence that ends with a full stop. */
export const sentence = (facts: Facts): string => {
  const { counts, reason, scratch, state } = facts
  if (facts.isDelayed && (state === "init" || state === "wait" || state === "build")) return ended(capital(reason))
  switch (state) {
    case "init":
      return `The references of its ${components(counts.total)} are being resolved to commits.`
    case "wait":
      return "The build system prepares the buildroot."
    case "build":
      return building(facts)
    case "done":
      return scratch ? "Built, scratch." : ended(`The gate has not let it pass: ${reason}`)
    case "failed":
      return ended(reason)
    case "ready":
      return counts.reused === 0
        ? counts.total === 1 ? "Its 1 component is built." : `All ${components(counts.total)} are built.`
        : counts.total === counts.reused
        ? `All of its ${components(counts.total)} were reused.`
        : `All ${components(counts.total)} are there, ${counts.reused} of them reused.`
    case "garbage":
      return ended(reason)
  }
}

/** How many components have been built or taken from other builds. */
export const finished = ({ available, built }: Counts): number => available + built

const components = (count: number): string => count === 1 ? "1 component" : `${count} components`

const building = ({ counts, free, isRegenerating, open, openCount, reason }: Facts): string => {
  const far = `${finished(counts)} of ${components(counts.total)} ${finished(counts) === 1 ? "is" : "are"} there`
  const waiting = counts.building - openCount
  if (openCount > 0) {
    return `${far}; ${some(open, openCount)} ${openCount === 1 ? "is" : "are"} being built.`
  }
  if (waiting > 0) return `${far}; ${some(free, waiting)} ${waiting === 1 ? "waits" : "wait"} for a builder.`
  if (counts.submitting > 0) {
    return `${far}; the build system has to accept ${counts.submitting === 1 ? "1 more" : `${counts.submitting} more`}.`
  }
  if (isRegenerating) return `${far}; the buildroot's repository is being made.`
  if (counts.total > 0 && counts.available === counts.total) return "The module's repository is being published."
  return ended(`${far}; ${reason}`)
}

/** The first names and how many more there are; where none is known, how many there are. */
const some = (names: ReadonlyArray<string>, count: number): string =>
  names.length === 0
    ? components(count)
    : NameList.shorten(
      [...names.slice(0, shown), ...Array.from({ length: Math.max(0, count - shown) }, () => "")],
      shown
    )

const ended = (text: string): string => /[.!?]$/.test(text) ? text : `${text}.`

const capital = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
