/**
 * Tells module builds under way when a system of the farm goes away and when it is back, whatever they are doing: a task that
 * runs for hours is asked about now and then only, and a call may be tried for a minute before it is given up.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Delays from "../../farm/Delays.ts"
import { describe } from "../../farm/Waiting.ts"
import { unkeyed } from "../../life/Keyed.ts"
import { BuildSystem, concerns, type Condition } from "../../ports/BuildSystem.ts"
import { ModuleBuildIndex } from "../../ports/modulebuild/ModuleBuildIndex.ts"
import { ModuleBuilds } from "../../ports/modulebuild/ModuleBuilds.ts"
import * as Upkeep from "../Upkeep.ts"

/** Stands for a command in what a build waits for. */
const question = "UseFarm"
/**
 * A system that has been silent for so many milliseconds is asked how it is, so that nobody waits for one that is idle. Whether it is
 * there at all shows without a question.
 */
const silent = 300_000
/** Builds told of one outage, the oldest first; the others hear of it from their own commands. */
const most = 5000

const look = (known: Map<string, boolean>) =>
  Effect.gen(function*() {
    const farm = yield* BuildSystem
    const store = yield* ModuleBuilds
    const index = yield* ModuleBuildIndex

    const tell = Effect.fnUntraced(function*({ platforms, system, waiting }: Condition, id: number) {
      const found = yield* Effect.catchTag(store.get(id, 0), "ProcessNotFound", () => Effect.undefined)
      if (found === undefined || !concerns({ platforms }, found.state.plan.platform)) return
      if (waiting === undefined && Delays.of(found.state, question)?.on !== system) return
      const at = yield* Clock.currentTimeMillis
      const event = {
        _tag: "CommandDelayed",
        at,
        command: question,
        ...(waiting === undefined ? {} : { waiting })
      } as const
      const { changed } = yield* store.apply(id, unkeyed([event])).pipe(
        Effect.catchTag(["IllegalTransition", "ProcessNotFound"], () => Effect.succeed({ changed: false }))
      )
      if (changed && waiting !== undefined) {
        yield* Effect.annotateLogs(Effect.logWarning(describe(waiting)), { life: store.life.name, process: id })
      }
    })

    for (const condition of yield* farm.conditions?.(silent) ?? Effect.succeed([])) {
      if (known.get(condition.system) === condition.available) continue
      const { items } = yield* index.list({ states: ["wait", "build"], order: "oldest", limit: most, offset: 0 })
      // Who was told says so; an earlier server may have told of what is over.
      const concerned = condition.available ? items.filter(({ reason }) => reason.startsWith("waiting for ")) : items
      yield* Effect.forEach(concerned, ({ id }) => tell(condition, id), { concurrency: 8, discard: true })
      known.set(condition.system, condition.available)
    }
  })

/** Looks every `interval` milliseconds for as long as the layer lives. */
export const layer = (
  { interval }: { readonly interval: number }
): Layer.Layer<never, never, BuildSystem | ModuleBuilds | ModuleBuildIndex> =>
  Layer.effectDiscard(
    Effect.suspend(() =>
      Upkeep.repeating({ failed: "Builds could not be told how the farm is", interval }, look(new Map()))
    )
  )
