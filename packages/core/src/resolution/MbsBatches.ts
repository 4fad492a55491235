/**
 * Batch numbers as the Module Build Service gives them, included modules among them.
 *
 * Batch 1 is reserved for the macros package. Components are taken in buildorder; whenever it changes the next batch
 * begins. A module component contributes its own components from the current batch on, and the components after it go on
 * where it ended. (How `buildafter` orders builds is `buildorder/BuildOrder`'s matter: the original refuses it.)
 */
import * as Result from "effect/Result"
import * as BarrierGroups from "../buildorder/BarrierGroups.ts"
import type { Orderable } from "../buildorder/Orderable.ts"
import * as PythonJson from "./PythonJson.ts"
import * as ResolutionError from "./ResolutionError.ts"

/** A package; a `buildorder` that is absent is 0. */
export interface Rpm {
  readonly name: string
  readonly buildorder?: bigint | number | undefined
}

/** A module that is built as part of this one. */
export interface Included {
  readonly name: string
  readonly buildorder?: bigint | number | undefined
  /** What the included module consists of. */
  readonly module: Components
}

/** What a module consists of. */
export interface Components {
  readonly name?: string | undefined
  readonly rpms?: ReadonlyArray<Rpm> | undefined
  readonly modules?: ReadonlyArray<Included> | undefined
}

/** One component and the batch it is built in, from 2. */
export interface Batched {
  readonly name: string
  readonly batch: number
  /** Names of the included modules it comes from, outermost first; empty for a component of the module itself. */
  readonly includedBy: ReadonlyArray<string>
}

/** The batch of the macros package, which is built before everything. */
export const macrosBatch = 1

/** The original lists components by name before it sorts them by buildorder. */
const listed = (components: Components): ReadonlyArray<Orderable> => {
  const byName = (one: Orderable, two: Orderable) => PythonJson.compareText(one.name, two.name)
  return [
    ...(components.rpms ?? []).map((rpm): Orderable => ({ ...rpm, kind: "rpm" })).sort(byName),
    ...(components.modules ?? []).map(({ module, ...included }): Orderable => ({
      ...included,
      kind: "module",
      included: listed(module)
    })).sort(byName)
  ]
}

/** The first included module, in build order, that brings what is there already. */
const findDuplicate = (main: Components): ResolutionError.ResolutionError | undefined => {
  const known = new Set<string>()
  const visit = (name: string, current: Components): ResolutionError.ResolutionError | undefined => {
    const names = (current.rpms ?? []).map((rpm) => rpm.name)
    const twice = names.filter((rpm) => known.has(rpm))
    if (twice.length > 0) return conflicting(name, main.name ?? "", twice.sort(PythonJson.compareText))
    for (const rpm of names) known.add(rpm)
    const included = new Map((current.modules ?? []).map(({ module, name }) => [name, module]))
    for (const { kind, name } of BarrierGroups.inOrder(listed(current))) {
      const module = kind === "module" ? included.get(name) : undefined
      const found = module === undefined ? undefined : visit(module.name ?? name, module)
      if (found !== undefined) return found
    }
    return undefined
  }
  return visit(main.name ?? "", main)
}

/**
 * All components with their batch, in build order.
 *
 * Fails with the reason `DuplicateComponent` when an included module brings a component that is there already.
 */
export const plan = (
  components: Components
): Result.Result<ReadonlyArray<Batched>, ResolutionError.ResolutionError> => {
  const all = listed(components)
  const duplicate = findDuplicate(components)
  if (duplicate !== undefined) return Result.fail(duplicate)
  return Result.succeed(
    BarrierGroups.make(all).members.map(({ component, group, within }) => ({
      name: component.name,
      batch: macrosBatch + 1 + group,
      includedBy: within
    }))
  )
}

const conflicting = (included: string, main: string, names: ReadonlyArray<string>): ResolutionError.ResolutionError =>
  ResolutionError.make(
    "DuplicateComponent",
    `The included module "${included}" in "${main}" have the following conflicting components: ${names.join(", ")}`,
    names
  )
