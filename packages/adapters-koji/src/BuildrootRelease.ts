/**
 * Ends what a module build holds at a hub: tasks that still run for its targets, then the targets.
 *
 * Tags stay: the destination tag is where the module's packages are found by the modules built on it, and a failed build is
 * continued from its build tag. `HubCleanup` removes the tags of builds nobody wants any more.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { listTagged, repositoryTasks, untagged } from "./BuildAdmission.ts"
import type { BuildrootNames } from "./BuildrootNames.ts"
import { element, elementOr, Target, Task } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import { type KojiError, type KojiFault } from "./KojiError.ts"
import { firstFault, type KojiFarm, ownTasks } from "./KojiFarm.ts"
import * as KojiHub from "./KojiHub.ts"

const unfinished = new Set([0, 1, 4])

const noSuchTask = 1000

const cancelCalls = (tasks: ReadonlyArray<number>): ReadonlyArray<KojiCall.KojiCall> =>
  [...new Set(tasks)].map((id) => KojiCall.make("cancelTask", [id]))

/** The first refusal to cancel a task that the hub knows. */
const notCanceled = (answers: ReadonlyArray<KojiHub.Answer>): KojiFault | undefined =>
  answers.find((answer): answer is Result.Failure<never, KojiFault> =>
    Result.isFailure(answer) && answer.failure.code !== noSuchTask
  )?.failure

/** Cancels tasks; those that ended, or that the hub does not know, are left alone. */
export const cancelTasks = (farm: KojiFarm, tasks: ReadonlyArray<number>): Effect.Effect<void, KojiError> =>
  tasks.length === 0
    ? Effect.void
    : KojiHub.converge(
      "cancel",
      Effect.flatMap(farm.hub.writeAll(cancelCalls(tasks)), (answers) => {
        const refused = notCanceled(answers)
        return refused === undefined ? Effect.void : Effect.fail(refused)
      })
    )

/** Builds that have to be in the module's tags, whatever happened before. */
export interface Kept {
  readonly into: ReadonlyArray<string>
  readonly nvrs: ReadonlyArray<string>
}

const step = Effect.fnUntraced(function*(
  farm: KojiFarm,
  all: ReadonlyArray<BuildrootNames>,
  { into, nvrs }: Kept,
  round: number
) {
  const [own, making, ...more] = yield* farm.hub.readAll([
    yield* farm.ledger.look,
    repositoryTasks(farm.user.id),
    ...all.map(({ target }) => KojiCall.make("getBuildTarget", [target])),
    ...into.map(listTagged)
  ])
  const targets = new Set(all.map(({ target }) => target))
  const buildTags = new Set<unknown>(all.map(({ buildTag }) => buildTag))
  const tasks = yield* ownTasks(farm, own)
  const running = tasks.filter((task) => targets.has(task.target) && unfinished.has(task.state))
  const repositories = (yield* elementOr(Schema.Array(Task), "listTasks", making, [])).filter(({ request }) =>
    buildTags.has(request?.[0])
  )
  const there: Array<string> = []
  for (const answer of more.slice(0, all.length)) {
    const target = yield* element(Schema.NullOr(Target), "getBuildTarget", answer)
    if (target !== null) there.push(target.name)
  }
  const tagging = yield* untagged(into, nvrs, more.slice(all.length))
  const canceling = cancelCalls([...running, ...repositories].map(({ id }) => id))
  const calls = [...tagging, ...canceling, ...there.map((name) => KojiCall.make("deleteBuildTarget", [name]))]
  if (calls.length === 0) return true
  const answers = yield* farm.hub.writeAll(calls)
  const refused = notCanceled(answers.slice(tagging.length, tagging.length + canceling.length))
  if (refused !== undefined) return yield* Effect.fail(refused)
  const fault = firstFault(answers.slice(0, tagging.length)) ??
    firstFault(answers.slice(tagging.length + canceling.length))
  if (fault === undefined) return true
  // Somebody else was quicker, or we are not allowed: another look tells which.
  return round === 0 ? yield* Effect.fail(fault) : false
})

/**
 * Tags what has to be kept, cancels what still runs for the targets, and removes them; safe to repeat. The last batch is tagged
 * only here, since nobody was to be built with it; those who require the module need it.
 */
export const release = (
  farm: KojiFarm,
  all: ReadonlyArray<BuildrootNames>,
  kept: Kept
): Effect.Effect<void, KojiError> =>
  Effect.gen(function*() {
    for (let round = 2; !(yield* step(farm, all, kept, round)); round--);
  }).pipe((steps) => KojiHub.converge("finish", steps))
