/**
 * Submits components that nobody has tried to submit, in one request: the look for tasks of theirs goes along instead of before.
 *
 * Where the look finds some after all, made by another server that is gone, those are adopted, and what was made beside them is
 * canceled before a builder takes it.
 */
import { type Submission, TaskId } from "@orch/core/ports/BuildSystem"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as BuildrootRelease from "./BuildrootRelease.ts"
import type { KojiError, ResultLost } from "./KojiError.ts"
import { type KojiFarm, ownTasks } from "./KojiFarm.ts"
import * as Wish from "./SubmissionWish.ts"

/** A target that was there so long ago (milliseconds) is looked for before anything is submitted to it. */
const stillThere = 30_000

/** Keys of submissions that are remembered. */
const remembered = 50_000

/** Notes that these are about to be submitted by this process, so that another try looks first. */
export const trying = ({ tried }: KojiFarm, wishes: ReadonlyArray<Wish.Wish>): void => {
  for (const { request } of wishes) tried.add(request.key)
  for (const key of [...tried].slice(0, Math.max(0, tried.size - remembered))) tried.delete(key)
}

/** Whether these can be submitted without a look before: as far as this process knows, nobody has tried, and their target is there. */
export const isPossible = (
  { targets, tried }: KojiFarm,
  target: string,
  wishes: ReadonlyArray<Wish.Wish>
): Effect.Effect<boolean> =>
  Effect.map(
    Clock.currentTimeMillis,
    (now) =>
      now - (targets.get(target) ?? -Infinity) < stillThere &&
      wishes.every(({ file, request }) => file === undefined && !tried.has(request.key))
  )

/** Answers each of them. */
export const submit = (
  farm: KojiFarm,
  target: string,
  wishes: ReadonlyArray<Wish.Wish>
): Effect.Effect<ReadonlyArray<Submission>, KojiError | ResultLost> =>
  Effect.gen(function*() {
    const [own, ...answers] = yield* farm.hub.writeAll([
      yield* farm.ledger.look,
      ...wishes.map((one) => Wish.buildCall(farm, target, [], one))
    ])
    // The look came first, so that it shows nothing of what was made here.
    const before = (yield* ownTasks(farm, own)).filter((task) => task.target === target)
    const submissions = yield* Wish.answered(farm, target, wishes, answers)
    const twice: Array<number> = []
    const settled = submissions.map((submission, index) => {
      const task = Wish.taskOf(wishes[index]!, before)
      if (task === undefined) return submission
      if (submission._tag === "Accepted") twice.push(Number(submission.task))
      return Wish.accepted(wishes[index]!.request, TaskId.make(String(task.id)), true)
    })
    yield* BuildrootRelease.cancelTasks(farm, twice)
    farm.ledger.forget(twice)
    return settled
  })
