/**
 * Batch numbers as the Module Build Service gives them, included modules among them.
 *
 * Batch 1 is reserved for the macros package. Components are taken in buildorder; whenever it changes the next batch
 * begins. A module component contributes its own components from the current batch on, and the components after it go on
 * where it ended. (How `buildafter` orders builds is `buildorder/BuildOrder`'s matter: the original refuses it.)
 */
import * as Result from "effect/Result"
import * as PythonJson from "./PythonJson.ts"
import * as ResolutionError from "./ResolutionError.ts"

export interface Rpm {
  readonly name: string
  readonly buildorder?: bigint | number | undefined
}

export interface Included {
  readonly name: string
  readonly buildorder?: bigint | number | undefined
  /** What the included module consists of. */
  readonly module: Components
}

export interface Components {
  readonly name?: string | undefined
  readonly rpms?: ReadonlyArray<Rpm> | undefined
  readonly modules?: ReadonlyArray<Included> | undefined
}

export interface Batched {
  readonly name: string
  readonly batch: number
  /** Names of the included modules it comes from, outermost first; empty for a component of the module itself. */
  readonly includedBy: ReadonlyArray<string>
}

/** The batch of the macros package, which is built before everything. */
export const macrosBatch = 1

const inOrder = (components: Components): ReadonlyArray<Rpm | Included> => {
  const byName = (one: { name: string }, two: { name: string }) => PythonJson.compareText(one.name, two.name)
  const all: ReadonlyArray<Rpm | Included> = [
    ...(components.rpms ?? []).toSorted(byName),
    ...(components.modules ?? []).toSorted(byName)
  ]
  return all.toSorted((one, two) => Number(orderOf(one) - orderOf(two) > 0n) - Number(orderOf(one) - orderOf(two) < 0n))
}

const orderOf = (component: Rpm | Included): bigint => BigInt(component.buildorder ?? 0)

/**
 * All components with their batch, in build order.
 *
 * Fails when an included module brings a component that is there already.
 */
export const plan = (
  components: Components
): Result.Result<ReadonlyArray<Batched>, ResolutionError.ResolutionError> => {
  const batched: Array<Batched> = []
  const known = new Map<string, string>()
  let duplicate: ResolutionError.ResolutionError | undefined

  const place = (
    current: Components,
    initial: number,
    previous: bigint | undefined,
    includedBy: ReadonlyArray<string>
  ): number => {
    const owner = includedBy.at(-1) ?? current.name ?? ""
    const twice = (current.rpms ?? []).map(({ name }) => name).filter((name) => known.has(name))
    if (twice.length > 0) duplicate ??= conflicting(owner, components.name ?? "", twice.sort(PythonJson.compareText))
    for (const { name } of current.rpms ?? []) known.set(name, owner)
    let batch = initial
    let order = previous
    for (const component of inOrder(current)) {
      if (order !== orderOf(component)) {
        order = orderOf(component)
        batch += 1
      }
      if ("module" in component) batch = place(component.module, batch, order, [...includedBy, component.name])
      else batched.push({ name: component.name, batch, includedBy })
    }
    return batch
  }

  place(components, macrosBatch, undefined, [])
  return duplicate === undefined ? Result.succeed(batched) : Result.fail(duplicate)
}

const conflicting = (included: string, main: string, names: ReadonlyArray<string>): ResolutionError.ResolutionError =>
  ResolutionError.make(
    "DuplicateComponent",
    `The included module "${included}" in "${main}" have the following conflicting components: ${names.join(", ")}`,
    names
  )
