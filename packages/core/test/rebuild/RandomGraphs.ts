/** Graphs and builds for tests: random, and the same for the same seed. */
import type { Output } from "@orch/core/rebuild/BuildInput"
import * as BuildInput from "@orch/core/rebuild/BuildInput"
import * as DependencyGraph from "@orch/core/rebuild/DependencyGraph"
import type { Build } from "@orch/core/rebuild/RebuildRun"

/** Numbers from 0 up to 1. */
export const random = (seed: number) => {
  let state = seed * 2654435761 >>> 0
  return (): number => {
    state = state + 0x6d2b79f5 | 0
    let mixed = Math.imul(state ^ state >>> 15, 1 | state)
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed
    return ((mixed ^ mixed >>> 14) >>> 0) / 4294967296
  }
}

const kinds = ["build", "buildroot", "link", "link", "runtime", "runtime"] as const

/** Nodes `n0`, `n1`, …; most edges lead to lower numbers, so that circles are there and not everything is one. */
export const graph = (next: () => number, nodes: number, edges: number): DependencyGraph.DependencyGraph =>
  DependencyGraph.make(
    Array.from({ length: nodes }, (_, n) => `n${n}`),
    Array.from({ length: edges }, () => {
      const from = Math.floor(next() * nodes)
      const to = next() < 0.9 ? Math.floor(next() * Math.max(1, from)) : Math.floor(next() * nodes)
      return { from: `n${from}`, to: `n${to}`, kind: kinds[Math.floor(next() * kinds.length)]! }
    })
  )

/**
 * Builds whose results follow from their inputs: the content often, the interface seldom differs when the input does. `stable`: of ten
 * nodes so many come out the same whatever was in their buildroot.
 */
export const build = (stable: number): Build => (name, input): Output => {
  const digit = parseInt(BuildInput.hashOf([name]).slice(0, 8), 16) % 10
  const ingredients = input.ingredients.map(({ hash }) => hash).sort()
  const content = BuildInput.hashOf(["content", name, input.sources, ...digit < stable ? [] : ingredients])
  const version = input.sources.split("@")[1] ?? ""
  return { content, interface: BuildInput.hashOf([name, version.split(".")[0] ?? ""]) }
}
