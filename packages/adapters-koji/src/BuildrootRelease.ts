/**
 * Ends what a module build holds at a hub: tasks that still run for its targets, then the targets.
 *
 * Tags stay: the destination tag is where the module's packages are found by the modules built on it, and a failed build is
 * continued from its build tag. `HubCleanup` removes the tags of builds nobody wants any more.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { repositoryTasks } from "./BuildAdmission.ts"
import type { BuildrootNames } from "./BuildrootNames.ts"
import { element, elementOr, Target, Task } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import { type KojiError, type KojiFault } from "./KojiError.ts"
import { firstFault, type KojiFarm, ownTasks } from "./KojiFarm.ts"
import * as KojiHub from "./KojiHub.ts"

const unfinished = new Set([0, 1, 4])

const noSuchTask = 1000

/** Cancels tasks; those that ended, or that the hub does not know, are left alone. */
export const cancelTasks = (farm: KojiFarm, tasks: ReadonlyArray<number>): Effect.Effect<void, KojiError> =>
  tasks.length === 0
    ? Effect.void
    : KojiHub.converge(
      "cancel",
      Effect.flatMap(
        farm.hub.writeAll([...new Set(tasks)].map((id) => KojiCall.make("cancelTask", [id]))),
        (answers) => {
          const refused = answers.find((answer): answer is Result.Failure<never, KojiFault> =>
            Result.isFailure(answer) && answer.failure.code !== noSuchTask
          )
          return refused === undefined ? Effect.void : Effect.fail(refused.failure)
        }
      )
    )

const step = Effect.fnUntraced(function*(
  farm: KojiFarm,
  all: ReadonlyArray<BuildrootNames>,
  round: number
) {
  const [own, making, ...found] = yield* farm.hub.readAll([
    yield* farm.ledger.look,
    repositoryTasks(farm.user.id),
    ...all.map(({ target }) => KojiCall.make("getBuildTarget", [target]))
  ])
  const targets = new Set(all.map(({ target }) => target))
  const buildTags = new Set<unknown>(all.map(({ buildTag }) => buildTag))
  const tasks = yield* ownTasks(farm, own)
  const running = tasks.filter((task) => targets.has(task.target) && unfinished.has(task.state))
  const repositories = (yield* elementOr(Schema.Array(Task), "listTasks", making, [])).filter(({ request }) =>
    buildTags.has(request?.[0])
  )
  yield* cancelTasks(farm, [...running, ...repositories].map(({ id }) => id))
  const there: Array<string> = []
  for (const answer of found) {
    const target = yield* element(Schema.NullOr(Target), "getBuildTarget", answer)
    if (target !== null) there.push(target.name)
  }
  if (there.length === 0) return true
  const deleted = firstFault(yield* farm.hub.writeAll(there.map((name) => KojiCall.make("deleteBuildTarget", [name]))))
  if (deleted === undefined) return true
  // Somebody else was quicker, or we are not allowed: another look tells which.
  return round === 0 ? yield* Effect.fail(deleted) : false
})

/** Cancels what still runs for the targets and removes them; safe to repeat. */
export const release = (farm: KojiFarm, all: ReadonlyArray<BuildrootNames>): Effect.Effect<void, KojiError> =>
  Effect.gen(function*() {
    for (let round = 2; !(yield* step(farm, all, round)); round--);
  }).pipe((steps) => KojiHub.converge("finish", steps))
