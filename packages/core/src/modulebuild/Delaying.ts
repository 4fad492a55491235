/**
 * How a module build hears of what its commands wait for outside, see `Delays`: told once, shown for as long as it lasts, and
 * nothing of it left afterwards.
 */
import * as Delays from "../farm/Delays.ts"
import * as Waiting from "../farm/Waiting.ts"
import * as Announcing from "./Announcing.ts"
import type { Change } from "./Change.ts"
import type { ModuleBuild } from "./ModuleBuild.ts"
import type { ModuleBuildEvent } from "./ModuleBuildEvent.ts"

/**
 * A command waits for a system, or goes on. Nothing is new where the build knows that already; where it has ended its reason stays,
 * since that says how.
 */
export const decide = (
  start: Change,
  event: Extract<ModuleBuildEvent, { readonly _tag: "CommandDelayed" }>
): Change => {
  const { build } = start
  const next = Delays.after(build.delays?.waits ?? [], event)
  if (next === undefined) return start
  const change = changed(start, next.waits, event.at)
  return next.told === undefined
    ? change
    : {
      ...change,
      announcements: [...change.announcements, Announcing.remark(build, { text: Waiting.describe(next.told) })]
    }
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
