/**
 * Everything that a component's packages follow from, as one hash for each: components with the same are built the same, in whichever
 * version and context of the module stream.
 *
 * The hash covers sources, macros, architectures, the content of every module in the buildroot, and what the component is built after. Specs may
 * ask for the name and the stream of their module, so these belong to it. The farm's platform counts by its identity. Where a part is not
 * known, there is no hash.
 */
import { isBase } from "../farm/Buildroot.ts"
import * as BuildInput from "../rebuild/BuildInput.ts"
import { type ComponentPlan, type ModulePlan, nsvc } from "./ModulePlan.ts"

/** What the plan alone does not say. */
export interface Known {
  /** A mark of a component's files, the same for the same files; `undefined` where nobody knows. */
  readonly sourcesOf: (component: string) => string | undefined
  /** A mark of what a module of the buildroot holds, by `name:stream:version:context`; `undefined` where nobody knows. */
  readonly contentOf: (module: string) => string | undefined
}

/** The modules of the buildroot as ingredients; `undefined` where the content of one is not known. */
const buildroot = (plan: ModulePlan, { contentOf }: Known): ReadonlyArray<BuildInput.Ingredient> | undefined => {
  const found: Array<BuildInput.Ingredient> = []
  for (const module of plan.modules) {
    const identity = nsvc(module)
    const hash = isBase(module) ? `base ${identity} ${module.location ?? ""}` : contentOf(identity)
    if (hash === undefined) return undefined
    found.push({
      name: `module ${module.name}:${module.stream}`,
      hash: BuildInput.hashOf([hash, ...(module.filter ?? []), "kept", ...(module.kept ?? [])])
    })
  }
  return found
}

/** The hashes by component, 64 hexadecimal digits; those that cannot be known are left out. Each batch is walked as often as its longest chain has links. */
export const of = (plan: ModulePlan, known: Known): ReadonlyMap<string, string> => {
  const keys = new Map<string, string>()
  const modules = buildroot(plan, known)
  if (modules === undefined) return keys
  const options = JSON.stringify([
    plan.name,
    plan.stream,
    plan.macros,
    plan.groups,
    plan.blocked,
    plan.includeAll,
    plan.dynamicBuildrequires
  ])
  const batches = [...Map.groupBy(plan.components, ({ batch }) => batch)].sort(([one], [two]) => one - two)
  /** For each batch a hash of it and all before it; absent from the first on that is not known. */
  const until = new Map<number, string>([[0, ""]])

  const keyOf = (component: ComponentPlan): string | undefined => {
    const sources = component.srpm === undefined && component.pass === undefined
      ? known.sourcesOf(component.name)
      : undefined
    const before = until.get(component.afterBatch)
    const after = component.after.map((name) => ({ name: `component ${name}`, hash: keys.get(name) }))
    if (sources === undefined || before === undefined || after.some(({ hash }) => hash === undefined)) {
      return undefined
    }
    return BuildInput.hash({
      arch: [...component.arches].sort().join(","),
      sources: BuildInput.hashOf(["component", component.name, sources, options]),
      ingredients: [...modules, ...after as ReadonlyArray<BuildInput.Ingredient>, { name: "before", hash: before }]
    })
  }

  let last: string | undefined = ""
  for (const [batch, components] of batches) {
    let left: ReadonlyArray<ComponentPlan> = components
    // Within a batch some may come after others.
    while (left.length > 0) {
      const open = left.filter((component) => {
        const key = keyOf(component)
        if (key !== undefined) keys.set(component.name, key)
        return key === undefined
      })
      if (open.length === left.length) break
      left = open
    }
    last = last === undefined || left.length > 0
      ? undefined
      : BuildInput.hashOf([last, ...components.map(({ name }) => `${name} ${keys.get(name)}`).sort()])
    if (last !== undefined) until.set(batch, last)
  }
  return keys
}
