/**
 * How a module build hears of what its commands wait for outside, see `Delays`: told once, shown for as long as it lasts, and
 * nothing of it left afterwards.
 */
import * as Waiting from "../farm/Waiting.ts"
import * as Announcing from "./Announcing.ts"
import type { Change } from "./Change.ts"
import * as Delays from "./Delays.ts"
import type { ModuleBuild } from "./ModuleBuild.ts"
import type { ModuleBuildEvent } from "./ModuleBuildEvent.ts"

/** Another reason of the same system is told after so many milliseconds: some say something else each time. */
const settled = 60_000

/**
 * A command waits for a system, or goes on. Nothing is new where the build knows that already; where it has ended its reason stays,
 * since that says how.
 */
export const decide = (
  start: Change,
  event: Extract<ModuleBuildEvent, { readonly _tag: "CommandDelayed" }>
): Change => {
  const { build } = start
  const { at, command, waiting } = event
  const known = Delays.of(build, command)
  if (waiting === undefined) {
    return known === undefined ? start : changed(start, build.delays!.waits.filter((one) => one !== known), at)
  }
  const isSame = known?.on === waiting.on
  if (isSame && (known.reason === waiting.reason || at - known.at < settled)) return start
  const delay: Delays.Delay = {
    command,
    ...waiting,
    since: isSame ? Math.min(known.since, waiting.since) : waiting.since,
    at
  }
  const others = build.delays?.waits.filter((one) => one !== known) ?? []
  // Everybody hears of a system that is away once for a build.
  const isNew = build.delays?.waits.every(({ on }) => on !== waiting.on) ?? true
  const change = changed(start, [...others, delay], at)
  return isNew
    ? {
      ...change,
      announcements: [...change.announcements, Announcing.remark(build, { text: Waiting.describe(delay) })]
    }
    : change
}

const changed = (start: Change, waits: ReadonlyArray<Delays.Delay>, at: number): Change => {
  const before = Delays.without(start.build)
  const [first] = waits
  if (first === undefined) return { ...start, changed: true, build: { ...before, ...modified(before, at) } }
  const delays: Delays.Delays = {
    waits,
    reason: before.reason,
    ...(before.remark === undefined ? {} : { remark: before.remark })
  }
  const said = isShown(before, first) ? { reason: Waiting.describe(first), remark: Waiting.describe(first) } : {}
  return { ...start, changed: true, build: { ...before, delays, ...said, ...modified(before, at) } }
}

const isUnderWay = ({ state }: ModuleBuild): boolean => state === "init" || state === "wait" || state === "build"

const isShown = (build: ModuleBuild, { command }: Delays.Delay): boolean =>
  isUnderWay(build) || (build.state === "done" && command === "AskGate")

/** How long ago something ended does not depend on who is away since. */
const modified = (build: ModuleBuild, at: number): { readonly modifiedAt?: number } =>
  isUnderWay(build) || build.state === "done" ? { modifiedAt: at } : {}
