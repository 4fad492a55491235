/**
 * How the systems are that this server depends on: the farm's, as they say themselves, and any other that commands have found
 * away lately, such as git servers, gates and storages.
 */
import { AwaySystems } from "@orch/core/engine/AwaySystems"
import { BuildSystem, concerns, type Condition, type Waiting } from "@orch/core/ports/BuildSystem"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"

/** Milliseconds of silence after which whoever looks wants a system to be asked. */
const silent = 5000
/** A system that nobody uses is not asked more often, however many look. */
const idle = 300_000

const available = Metric.gauge("orch_system_available", {
  description: "1 while a system that this server depends on can be used, 0 while it is away, by system"
})

const within = Effect.fnUntraced(function*(silent: number) {
  const farm = yield* BuildSystem
  const ofFarm = yield* farm.conditions?.(silent) ?? Effect.succeed([])
  const known = (yield* AwaySystems).known(yield* Clock.currentTimeMillis)
  const named = new Set(ofFarm.map(({ system }) => system))
  const others = [...known].flatMap(([system, waiting]): ReadonlyArray<Condition> =>
    named.has(system)
      ? []
      : [{ system, available: waiting === undefined, ...(waiting === undefined ? {} : { waiting }), remarks: [] }]
  )
  return [...ofFarm, ...others].toSorted((a, b) => Number(a.available) - Number(b.available))
})

/** All of them, those that are away first. A system of the farm that is silent is asked, for three seconds at most. */
export const asked: Effect.Effect<ReadonlyArray<Condition>, never, BuildSystem> = within(silent)

/** The same from what was seen by others, who look every few seconds, for those who ask all the time. */
export const known: Effect.Effect<ReadonlyArray<Condition>, never, BuildSystem> = within(idle)

/** What keeps builds for a platform from going on that are at the farm. */
export const away = (platform: string): Effect.Effect<ReadonlyArray<Waiting>, never, BuildSystem> =>
  Effect.gen(function*() {
    const farm = yield* BuildSystem
    const conditions = yield* farm.conditions?.(silent) ?? Effect.succeed([])
    return conditions.flatMap((one) => one.waiting !== undefined && concerns(one, platform) ? [one.waiting] : [])
  })

/** Sets the metric as things are. */
export const measure: Effect.Effect<void, never, BuildSystem> = Effect.flatMap(known, (conditions) =>
  Effect.forEach(
    conditions,
    (one) => Metric.update(Metric.withAttributes(available, { system: one.system }), one.available ? 1 : 0),
    { discard: true }
  ))
