/**
 * A change to a module build under construction: what is different, what is to be done, what is to be told.
 *
 * Only changed components are kept, since storage writes exactly those: an event of a module with a thousand components
 * touches a handful of rows.
 */
import type { Buildroot } from "../farm/Buildroot.ts"
import * as Delays from "../farm/Delays.ts"
import type { Draft } from "../life/Draft.ts"
import type { Scheduled } from "../life/LifeChange.ts"
import * as Announcing from "./Announcing.ts"
import * as BuiltDocument from "./BuiltDocument.ts"
import type { ComponentBuild } from "./ComponentBuild.ts"
import { isTerminal, type ModuleBuild, type ModuleBuildState, type Progress } from "./ModuleBuild.ts"
import type { ModuleBuildCommand } from "./ModuleBuildCommand.ts"

/** A module build after something happened, and what follows from that. */
export interface Change {
  readonly build: ModuleBuild
  /** Names of components that differ from before. */
  readonly touched: ReadonlySet<string>
  readonly commands: ReadonlyArray<Scheduled<ModuleBuildCommand>>
  readonly announcements: ReadonlyArray<Draft>
  /** Whether anything at all is different; a change that is not is never stored. */
  readonly changed: boolean
}

/** The change that changes nothing, to begin with. */
export const none = (build: ModuleBuild): Change => ({
  build,
  touched: new Set(),
  commands: [],
  announcements: [],
  changed: false
})

/** Sets fields of the build's own. */
export const progress = (self: Change, fields: Partial<Progress>): Change => ({
  ...self,
  build: { ...self.build, ...fields },
  changed: true
})

/** Has a buildroot in place of the one before; what the farm found beside goes into the plan, and everybody is told of its own package. */
export const buildroot = (self: Change, { keptOut, ...buildroot }: Buildroot): Change => {
  const { macros } = buildroot
  const before = self.build.buildroot?.macros
  const told = macros === undefined || (before?.nvr === macros.nvr && before.built === macros.built)
    ? []
    : [Announcing.macrosState(self.build, macros)]
  const plan = keptOut === undefined ? self.build.plan : BuiltDocument.withKeptOut(self.build.plan, keptOut)
  const changed = progress({ ...self, build: { ...self.build, plan } }, { buildroot })
  return { ...changed, announcements: [...changed.announcements, ...told] }
}

/** The build with no repository generation under way. */
export const withoutRepository = (build: ModuleBuild): ModuleBuild => {
  const { repository: _, ...rest } = build
  return rest
}

/** Moves to a state, which everybody is told of. `at` is in milliseconds since the epoch. */
export const moveTo = (self: Change, state: ModuleBuildState, reason: string, at: number): Change => {
  const { completedAt: _, ...rest } = Delays.without(self.build)
  const ended = state === "done" || isTerminal(state)
  const build: ModuleBuild = {
    ...rest,
    state,
    reason,
    ...(state === "failed" || state === "garbage" ? { remark: reason } : {}),
    modifiedAt: at,
    ...(ended ? { completedAt: self.build.completedAt ?? at } : {})
  }
  return { ...self, build, changed: true, announcements: [...self.announcements, Announcing.moduleState(build)] }
}

/**
 * Whether a component's change is told. Two are not, two fifths of all announcements: that a task was asked for, since the next one says that
 * there is one, and which (both are "building" to clients of the Module Build Service); and that what was built is in the buildroot by
 * now, since to everybody but the build itself it was complete before, and the components that could start by it are told of.
 */
const isNews = (before: ComponentBuild, { attempt, state }: ComponentBuild): boolean =>
  before.attempt !== attempt
  || (before.state !== state && state !== "submitting" && !(before.state === "built" && state === "available"))

/**
 * Replaces components, telling of those whose state or attempt is another. Components that the build does not have, and
 * those that are the very same, are left out; where none is left the change is returned as it is.
 */
export const components = (self: Change, replaced: ReadonlyArray<ComponentBuild>): Change => {
  if (replaced.length === 0) return self
  const all = new Map(self.build.components)
  const touched = new Set(self.touched)
  const told: Array<Draft> = []
  let isChanged = false
  for (const component of replaced) {
    const before = all.get(component.name)
    if (before === undefined || before === component) continue
    isChanged = true
    all.set(component.name, component)
    touched.add(component.name)
    if (isNews(before, component)) {
      told.push(Announcing.componentState(self.build, component))
    }
  }
  if (!isChanged) return self
  return {
    ...self,
    build: { ...self.build, components: all },
    touched,
    changed: true,
    announcements: [...self.announcements, ...told]
  }
}

/** Tells of components that have to be built why none was taken from another build. */
export const refusedReuse = (self: Change, names: ReadonlyArray<string>): Change => ({
  ...self,
  announcements: [
    ...self.announcements,
    ...names.map((name) => Announcing.componentReuse(self.build, self.build.components.get(name)!))
  ]
})

/** Tells of these remarks, which change nothing. */
export const remarks = (self: Change, told: NonNullable<ModuleBuild["plan"]["remarks"]>): Change => ({
  ...self,
  announcements: [...self.announcements, ...told.map((one) => Announcing.remark(self.build, one))]
})

/** Adds a command, to be run in `delay` seconds at the earliest. */
export const command = (self: Change, wanted: ModuleBuildCommand, delay = 0): Change => ({
  ...self,
  commands: [...self.commands, { command: wanted, delay }],
  changed: true
})
