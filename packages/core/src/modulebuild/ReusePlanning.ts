/**
 * Which components of a build are taken from an earlier one, once their commits are known.
 *
 * The rules are those of `resolution/ComponentReuse`; here builds and plans are turned into what these rules compare. Only
 * builds that were submitted with a rebuild strategy take part.
 */
import { isBase } from "../farm/Buildroot.ts"
import * as AvailableModule from "../resolution/AvailableModule.ts"
import * as AvailableModules from "../resolution/AvailableModules.ts"
import * as ComponentReuse from "../resolution/ComponentReuse.ts"
import * as ModuleContext from "../resolution/ModuleContext.ts"
import type { ResolutionSettings } from "../resolution/ResolutionSettings.ts"
import * as ReusableModule from "../resolution/ReusableModule.ts"
import * as TagPlan from "../resolution/TagPlan.ts"
import { isBuilt } from "./ComponentBuild.ts"
import type { ModuleBuild, Progress } from "./ModuleBuild.ts"
import { askedFor, type ComponentPlan, type ModulePlan, type Reused } from "./ModulePlan.ts"

/** A ready build, as stores have it. */
export interface ReadyBuild {
  readonly id: number
  readonly plan: ModulePlan
  readonly progress: Pick<Progress, "completedAt">
}

/** What is taken over, and why. Both are by component. */
export interface Reuse {
  readonly reused: Readonly<Record<string, Reused>>
  /** Why each component was or was not taken over. */
  readonly reasons: Readonly<Record<string, string>>
}

/** The strategy of a build that takes part in reuse; `undefined` for all others. */
export const strategyOf = ({ scratch, submission }: ModulePlan): ComponentReuse.RebuildStrategy | undefined =>
  scratch
    ? undefined
    : ComponentReuse.rebuildStrategies.find((strategy) => strategy === submission?.rebuildStrategy)

const candidate = ({ id, plan, progress }: ReadyBuild, settings: ResolutionSettings): ReusableModule.Candidate => ({
  id,
  name: plan.name,
  stream: plan.stream,
  state: "ready",
  scmurl: plan.scmurl ?? null,
  timeCompleted: progress.completedAt ?? null,
  buildContext: ModuleContext.buildContext(askedFor(plan)),
  buildContextNoBms: ModuleContext.buildContextNoBms(askedFor(plan), settings),
  rebuildStrategy: strategyOf(plan) ?? "all"
})

/** The base modules of the plan itself; others that are known may be compatible with them. */
const basesOf = (
  plan: ModulePlan,
  known: ReadonlyArray<ReadyBuild>
): ReadonlyArray<AvailableModule.AvailableModule> => [
  ...plan.modules.filter(isBase).map((base) => AvailableModule.make(base)),
  ...known.map(({ plan }) =>
    AvailableModule.make({
      name: plan.name,
      stream: plan.stream,
      version: plan.version,
      context: plan.context,
      ...plan.imported
    })
  )
]

/** What a search for the build to take components from knows. */
export interface Known {
  /** The ready builds of the same module. */
  readonly ready: ReadonlyArray<ReadyBuild>
  /** Ready base modules. */
  readonly bases: ReadonlyArray<ReadyBuild>
  readonly settings: ResolutionSettings
  /** The module's builds in the tags that base modules name, as `name-stream-version.context`, by tag; none of a farm without such tags. */
  readonly tagged: ReadonlyMap<string, ReadonlySet<string>>
}

/** Ids of the newest version in the tag that a base module names; undefined where it names none that is known. */
const candidatesIn = ({ ready, tagged }: Known, { stream }: ModulePlan) => (base: AvailableModule.AvailableModule) => {
  const builds = base.kojiTagWithModules === undefined ? undefined : tagged.get(base.kojiTagWithModules)
  if (builds === undefined) return undefined
  const there = ready.filter(({ plan }) => plan.stream === stream && builds.has(TagPlan.cgNvr(plan)))
  const newest = there.reduce((highest, { plan: { version } }) => version > highest ? version : highest, -1n)
  return there.filter(({ plan }) => plan.version === newest).map(({ id }) => id)
}

/** The id of the build to take components from; undefined where there is none, or the strategy wants none. */
export const source = (plan: ModulePlan, known: Known): number | undefined => {
  const strategy = strategyOf(plan)
  if (strategy === undefined || strategy === "all") return undefined
  const explicit = plan.submission?.reuseComponentsFrom
  return ReusableModule.find(
    {
      name: plan.name,
      stream: plan.stream,
      dependencies: [plan.dependencies],
      buildrequires: askedFor(plan),
      rebuildStrategy: strategy,
      ...(explicit === undefined ? {} : { reusedModule: explicit })
    },
    known.ready.map((one) => candidate(one, known.settings)),
    AvailableModules.make(basesOf(plan, known.bases), known.settings),
    { taggedModules: candidatesIn(known, plan) }
  )?.id
}

/**
 * What each component is built after: whole batches, and components by name. All that wait for the same batches share one list,
 * as lists of their own would grow with the product of both.
 */
const afterOf = (plan: ModulePlan): (component: ComponentPlan) => ReadonlyArray<string> => {
  const lists = new Map<number, ReadonlyArray<string>>()
  return ({ after, afterBatch }) => {
    let before = lists.get(afterBatch)
    if (before === undefined) {
      before = plan.components.filter(({ batch }) => batch <= afterBatch).map(({ name }) => name)
      lists.set(afterBatch, before)
    }
    return after.length === 0 ? before : [...before, ...after]
  }
}

const compared = (plan: ModulePlan, commitOf: (name: string) => string | undefined): ComponentReuse.Module => {
  const after = afterOf(plan)
  return {
    macros: plan.macros,
    buildrequires: plan.modules.map(AvailableModule.nsvc),
    components: plan.components.map((component) => ({
      name: component.name,
      // Batch 1 is that of the macros.
      batch: component.batch + 1,
      ref: component.srpm === undefined ? commitOf(component.name) ?? null : null,
      arches: component.arches,
      after: after(component)
    }))
  }
}

/** Decides for every component of a build whose commits are known. Empty for builds that take no part in reuse. */
export const decide = (
  build: ModuleBuild,
  commits: Readonly<Record<string, string>>,
  previous: ModuleBuild | undefined
): Reuse => {
  const strategy = strategyOf(build.plan)
  if (strategy === undefined) return { reused: {}, reasons: {} }
  const decisions = ComponentReuse.decideAll(
    strategy,
    compared(build.plan, (name) => commits[name] ?? build.components.get(name)?.commit),
    previous === undefined
      ? undefined
      : compared(previous.plan, (name) => previous.components.get(name)?.commit)
  )
  const reused: Record<string, Reused> = {}
  for (const decision of decisions) {
    const before = previous?.components.get(decision.name)
    if (!decision.reused || before === undefined || !isBuilt(before)) continue
    if (before.task === undefined || before.nvr === undefined) continue
    reused[decision.name] = { from: previous!.id, task: before.task, nvr: before.nvr, artifacts: before.artifacts }
  }
  const reasonOf = ({ message, name, reused: could }: ComponentReuse.Decision): string =>
    could && !Object.hasOwn(reused, name) ? `Module build ${previous!.id} has no result of it` : message
  return { reused, reasons: Object.fromEntries(decisions.map((one) => [one.name, reasonOf(one)])) }
}

/** The decisions without results that are taken no more, of which the tasks are given. */
export const without = ({ reasons, reused }: Reuse, revoked: ReadonlySet<string>): Reuse => {
  const gone = Object.entries(reused).filter(([, { task }]) => revoked.has(task))
  return gone.length === 0 ? { reasons, reused } : {
    reused: Object.fromEntries(Object.entries(reused).filter(([, { task }]) => !revoked.has(task))),
    reasons: {
      ...reasons,
      ...Object.fromEntries(
        gone.map(([name, { from }]) => [name, `The result that module build ${from} has of it was revoked`])
      )
    }
  }
}
