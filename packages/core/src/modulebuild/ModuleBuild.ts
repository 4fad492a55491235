/**
 * The life of one module build: states, what they mean, and what is known in each.
 *
 * How a build gets from one state to the next is `Transition.decide` and nowhere else.
 */
import * as Schema from "effect/Schema"
import { Buildroot, RepositoryRequest } from "../farm/Buildroot.ts"
import { Delays } from "../farm/Delays.ts"
import { type BuiltComponent, type Result } from "../farm/Task.ts"
import * as LifeParts from "../life/LifeParts.ts"
import * as AvailableModule from "../resolution/AvailableModule.ts"
import * as DistTag from "../resolution/DistTag.ts"
import * as ComponentBuild from "./ComponentBuild.ts"
import type { ComponentPlan, ModulePlan } from "./ModulePlan.ts"

/**
 * - `init`: submitted; component references are being resolved.
 * - `wait`: the buildroot is being prepared.
 * - `build`: components are being built.
 * - `done`: built and published; the gate has not let it pass yet. Scratch builds end here.
 * - `failed`: ended without a result; can be resumed.
 * - `ready`: usable by others.
 * - `garbage`: retired.
 */
export const ModuleBuildState = Schema.Literals(AvailableModule.states)
export type ModuleBuildState = typeof ModuleBuildState.Type

/** The numbers of the Module Build Service's API, by state: `init` is 0, `garbage` 6. */
export const stateNumber = Object.fromEntries(
  AvailableModule.states.map((state, number) => [state, number])
) as Readonly<Record<ModuleBuildState, number>>

/** A repository generation under way, and what it will make available; in `wait`, what the buildroot's preparation awaits. */
export const PendingRepository = Schema.Struct({
  /** Absent while only the command to ask for it is out. */
  request: Schema.optionalKey(RepositoryRequest),
  components: Schema.Array(Schema.String),
  /** How many generations for these components have failed. */
  failures: Schema.Number
})
export interface PendingRepository extends Schema.Schema.Type<typeof PendingRepository> {}

/** How far a build is that a farm owns. */
export const Handover = Schema.Struct({
  /** How often it was to be handed over, from 1; a resumption is another time. */
  attempt: Schema.Number,
  /** The revision of what the farm had of it before this attempt, null for nothing; absent until that was looked up. */
  before: Schema.optionalKey(Schema.NullOr(Schema.String)),
  /** The farm's build; absent until it was accepted. */
  id: Schema.optionalKey(Schema.String),
  url: Schema.optionalKey(Schema.String),
  /** What the farm calls what came out; absent until it is ready. */
  nsvc: Schema.optionalKey(Schema.String)
})
export interface Handover extends Schema.Schema.Type<typeof Handover> {}

/** The part that changes and does not grow with the number of components. */
export const Progress = Schema.Struct({
  state: ModuleBuildState,
  /** Why it is in this state, for people. */
  reason: Schema.String,
  /** The last reason that says more than that the build went on: why it failed, who resubmitted it, what holds it back. */
  remark: Schema.optionalKey(Schema.String),
  /** What its commands wait for outside; absent while none does. */
  delays: Schema.optionalKey(Delays),
  buildroot: Schema.optionalKey(Buildroot),
  repository: Schema.optionalKey(PendingRepository),
  /** Present from the beginning where a farm owns the build, and only there. */
  handover: Schema.optionalKey(Handover),
  /** How urgent it is among builds that wait for the farm, where somebody said; see `urgency`. */
  priority: Schema.optionalKey(Schema.Int),
  /** Whether the command to publish is out. */
  publishing: Schema.Boolean,
  published: Schema.optionalKey(Schema.Struct({ url: Schema.String, path: Schema.optionalKey(Schema.String) })),
  /** When an unfinished build is given up; set anew when it is resumed. */
  deadlineAt: Schema.optionalKey(Schema.Number),
  createdAt: Schema.Number,
  modifiedAt: Schema.Number,
  completedAt: Schema.optionalKey(Schema.Number)
})
export interface Progress extends Schema.Schema.Type<typeof Progress> {}

/** A module build with everything that is known of it. Times are milliseconds since the epoch. */
export interface ModuleBuild extends Progress {
  readonly id: number
  readonly plan: ModulePlan
  /** By name, in the order of the plan. */
  readonly components: ReadonlyMap<string, ComponentBuild.ComponentBuild>
}

/** How urgent a build is: what somebody said, else 0, and less for scratch builds, which nobody waits for to install. */
export const urgency = ({ plan, priority }: ModuleBuild): number => priority ?? (plan.scratch ? scratchUrgency : 0)

/** How urgent scratch builds are where nobody said. */
export const scratchUrgency = -10

/** A build before its first event: in `init`, with times of 0 and no component started. */
export const unborn = (id: number, plan: ModulePlan): ModuleBuild =>
  assemble(id, plan, { state: "init", reason: "", publishing: false, createdAt: 0, modifiedAt: 0 }, [])

/** Puts a build together from its stored parts. Components that were never stored are as they were at the beginning. */
export const assemble = (
  id: number,
  plan: ModulePlan,
  progress: Progress,
  components: ReadonlyArray<ComponentBuild.ComponentBuild>
): ModuleBuild => ({
  ...progress,
  id,
  plan,
  components: LifeParts.byName(plan.components.map(ComponentBuild.initial), components)
})

/** Whether a build in this state has ended: nothing more happens to it unless somebody asks for it. */
export const isTerminal = (state: ModuleBuildState): boolean =>
  state === "failed" || state === "ready" || state === "garbage"

/** Whether a build keeps others of its name, stream, version and context out. */
export const holdsPlace = ({ plan, state }: ModuleBuild): boolean =>
  !plan.scratch && state !== "failed" && state !== "garbage"

/** The key by which build systems and repository hosts know this build. */
export const key = (id: number): string => `module-build-${id}`

/** The results of all components that have one, in plan order. */
export const results = (self: ModuleBuild): ReadonlyArray<BuiltComponent> =>
  [...self.components.values()].flatMap((component) => ComponentBuild.result(component) ?? [])

/** Those of these components that are built and of which nobody knew what they left behind, with what they left behind. */
export const read = (
  { components }: ModuleBuild,
  all: ReadonlyArray<Result & { readonly component: string }>
): ReadonlyArray<ComponentBuild.ComponentBuild> =>
  all.flatMap(({ artifacts, component: name, log }) => {
    const component = components.get(name)
    return component === undefined || !ComponentBuild.isBuilt(component) || component.artifacts.length > 0
        || artifacts.length === 0
      ? []
      : [{ ...component, artifacts, ...(log === undefined ? {} : { log }) }]
  })

const plans = new WeakMap<ModulePlan, ReadonlyMap<string, ComponentPlan>>()

/** The components of a plan by name, found once for each plan. */
const byName = (plan: ModulePlan): ReadonlyMap<string, ComponentPlan> => {
  const known = plans.get(plan)
  if (known !== undefined) return known
  const made = new Map(plan.components.map((component) => [component.name, component]))
  plans.set(plan, made)
  return made
}

/** The plan of one component; undefined where the build has none of that name. */
export const planOf = (self: ModuleBuild, name: string): ComponentPlan | undefined => byName(self.plan).get(name)

/** The dist tag of the build's packages, without the dot before it: `module+el9+12+1a2b3c4d`. */
export const distTag = (self: ModuleBuild): string =>
  DistTag.format(
    self.plan,
    DistTag.index(self.id, self.plan.sibling === undefined ? [] : [self.plan.sibling]),
    self.plan.marking
  )
