/** How many requests a hub gets for a large module, from the first look until it is published, in modules of all shapes. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type Load, summary, told } from "./hubLoad.ts"

/** Between 0 and 1, another for each name, the same each time. */
const share = (name: string): number => (Number(name.replace(/\D/g, "")) * 2_654_435_761 % 1000) / 1000

const isComponent = (name: string): boolean => name.startsWith("component-")

const batches = (count: number): ReadonlyArray<number> => Array.from({ length: count }, () => 300 / count)

const instant = { stepMillis: 5, repositoryMillis: 5 }

/** A step is a quarter of what a build takes. */
const slow = (component: (name: string) => number) => ({
  stepMillis: (name: string) => isComponent(name) ? component(name) / 4 : 2000,
  repositoryMillis: 45_000
})

const loads: ReadonlyArray<readonly [what: string, atMost: number, load: Load]> = [
  ["one batch at an instant hub", 25, { batches: batches(1), pace: 4, hub: instant }],
  ["four batches at an instant hub", 40, { batches: batches(4), pace: 4, hub: instant }],
  ["ten batches at an instant hub", 60, { batches: batches(10), pace: 8, hub: instant }],
  ["ten batches at an instant hub, with release and import", 60, {
    batches: batches(10),
    pace: 8,
    hub: instant,
    isImported: true
  }],
  ["four batches of two minutes each", 60, { batches: batches(4), pace: 60, hub: slow(() => 120_000) }],
  ["three batches of anything up to three minutes", 60, {
    batches: batches(3),
    pace: 60,
    hub: slow((name) => 20_000 + 160_000 * share(name))
  }],
  ["one batch of which two take half an hour", 60, {
    batches: batches(1),
    pace: 120,
    hub: slow((name) => share(name) > 0.99 ? 1_800_000 : 60_000 + 60_000 * share(name))
  }]
]

describe("a module of 300 components", () => {
  it.live.each(loads.map(([what, atMost, load]) => ({ what, atMost, load })))(
    "takes at most $atMost requests to a hub in $what",
    ({ atMost, load }) =>
      Effect.gen(function*() {
        const { reason, requests, state } = yield* told(load)
        assert.strictEqual(state, load.isImported === true ? "ready" : "done", reason)
        assert.isAtMost(requests.length, atMost, summary(requests))
      }),
    300_000
  )
})
