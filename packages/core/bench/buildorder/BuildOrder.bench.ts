/** Planning the order of many components: time per component at two sizes, whose ratio shows whether it is linear. */
import * as BuildOrder from "../../src/buildorder/BuildOrder.ts"
import type { Orderable } from "../../src/buildorder/Orderable.ts"
import * as Readiness from "../../src/buildorder/Readiness.ts"

const shapes: Readonly<Record<string, (i: number) => Orderable>> = {
  "fifty values of buildorder": (i) => ({ kind: "rpm", name: `c${i}`, buildorder: i % 50 }),
  "two buildafter each": (i) => ({
    kind: "rpm",
    name: `c${i}`,
    buildafter: i < 10 ? [] : [`c${i - 1 - i * 7 % 9}`, `c${i - 1 - i * 3 % 9}`]
  }),
  "one chain": (i) => ({ kind: "rpm", name: `c${i}`, buildafter: i === 0 ? [] : [`c${i - 1}`] })
}

/** The best of several runs, in microseconds per component. */
const measure = (components: ReadonlyArray<Orderable>, run: (components: ReadonlyArray<Orderable>) => void): number => {
  let best = Infinity
  for (let round = 0; round < 7; round++) {
    const start = performance.now()
    run(components)
    best = Math.min(best, (performance.now() - start) * 1000 / components.length)
  }
  return best
}

const sizes = [1_000, 10_000, 50_000]
for (const [name, shape] of Object.entries(shapes)) {
  const times = sizes.map((size) =>
    measure(Array.from({ length: size }, (_, i) => shape(i)), (components) => BuildOrder.planUnsafe(components))
  )
  const row = times.map((time, i) => `${sizes[i]}: ${time.toFixed(2)} µs`).join(", ")
  console.log(`plan, ${name}: per component ${row}; largest/smallest ${((times[2] ?? 0) / (times[0] ?? 1)).toFixed(2)}`)
}
const order = BuildOrder.planUnsafe(Array.from({ length: 10_000 }, (_, i) => shapes["two buildafter each"]!(i)))
const start = performance.now()
for (let i = 0; i < 100; i++) Readiness.ready(order, () => false, () => false)
console.log(`ready, 10000 components: ${((performance.now() - start) / 100).toFixed(2)} ms a call`)
