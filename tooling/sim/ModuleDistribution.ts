/**
 * A distribution of modules that never was: each of 3,000 modules is built from some components, some after others, with
 * older modules. Old and popular modules are needed by many, as in real ones; a real document names 9 components on average.
 */
import * as BuildGraph from "./BuildGraph.ts"
import { even } from "./Chance.ts"

export const graph = (modules = 3000): BuildGraph.BuildGraph => {
  const counts = Array.from({ length: modules }, (_, at) => 1 + Math.floor(-Math.log(even(at, 1)) * 8.8))
  const builds = counts.reduce((sum, count) => sum + count, 0)
  const size = builds + modules
  const edges = new Set<number>()
  const relate = (dependent: number, dependency: number) => edges.add(dependent * size + dependency)
  const names: Array<string> = []
  let first = 0
  for (const [module, count] of counts.entries()) {
    const needed = module === 0 ? 0 : Math.floor(even(module, 2) * 5)
    for (let component = first; component < first + count; component++) {
      names.push(`m${module}/c${component - first}`)
      relate(builds + module, component)
      for (let at = 0; at < needed; at++) {
        // Squared: older modules are named more often.
        relate(component, builds + Math.floor(even(module, 3 + at) ** 2 * module))
      }
      if (component > first && even(component, 9) < 0.4) {
        relate(component, first + Math.floor(even(component, 10) * (component - first)))
      }
    }
    first += count
  }
  for (let module = 0; module < modules; module++) names.push(`m${module}`)
  return BuildGraph.make({ name: "3,000 modules", names, builds, bytes: new Float64Array(size), edges })
}
