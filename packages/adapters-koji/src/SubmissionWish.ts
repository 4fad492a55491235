/** One component that is to be submitted: as a hub knows its source, the call that makes its task, and the task that is it already. */
import { type ComponentRequest, type Submission, TaskId } from "@orch/core/ports/BuildSystem"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { createHash } from "node:crypto"
import { basename } from "node:path"
import * as ComponentSource from "./ComponentSource.ts"
import { reasonOf } from "./HubFailure.ts"
import { element } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiError } from "./KojiError.ts"
import type { KojiFarm } from "./KojiFarm.ts"
import type { Answer } from "./KojiHub.ts"
import * as TaskLedger from "./TaskLedger.ts"

/** A request, and its source. */
export interface Wish {
  readonly request: ComponentRequest
  /** As the hub knows the source; for a file of ours, where it will be uploaded to. */
  readonly source: string
  /** The file to be uploaded. */
  readonly file: string | undefined
}

/** The answer to a request that has a task. */
export const accepted = (request: ComponentRequest, task: TaskId, adopted: boolean): Submission => ({
  _tag: "Accepted",
  key: request.key,
  task,
  adopted
})

/** The answer to a request that no hub will build. */
export const rejected = (request: ComponentRequest, reason: string): Submission => ({
  _tag: "Rejected",
  key: request.key,
  reason
})

/** Fails with the reason where builders could not fetch the source. */
export const make = (request: ComponentRequest): Result.Result<Wish, string> =>
  Result.map(ComponentSource.of(request), (source) => {
    switch (source._tag) {
      case "Scm":
        return { request, source: source.url, file: undefined }
      case "Uploaded":
        return { request, source: source.path, file: undefined }
      case "Local": {
        const place = createHash("sha256").update(request.key).digest("hex").slice(0, 16)
        return { request, source: `cli-build/orch-${place}/${basename(source.path)}`, file: source.path }
      }
    }
  })

/** Koji's priority: lower runs first, two of ours are one of its; below 0 only administrators may go. */
const priorityOf = ({ settings }: KojiFarm, { urgency = 0 }: Wish["request"]): number =>
  Math.max(Math.min(0, settings.priority), settings.priority - Math.round(urgency / 2))

/** The call that makes the task. `needed`: builds that must be in the repository before it begins; none for most. */
export const buildCall = (
  farm: KojiFarm,
  target: string,
  needed: ReadonlyArray<string>,
  { request, source }: Wish
): KojiCall.KojiCall =>
  KojiCall.make("build", [
    source,
    target,
    {
      skip_tag: true,
      custom_user_metadata: { [TaskLedger.keyMember]: request.key },
      // Nobody asks for the repositories of passes: their builds wait for one that has what was admitted.
      ...(needed.length === 0 ? {} : { wait_repo: true, wait_builds: needed })
    }
  ], { priority: priorityOf(farm, request), channel: farm.settings.channel })

const canceled = 3
const adoptable = new Set([0, 1, 2, 4])

/** The task among those for the target that is this component already, by its key or by its source; undefined where none is. */
export const taskOf = (
  { request, source }: Wish,
  forTarget: ReadonlyArray<TaskLedger.OwnTask>
): TaskLedger.OwnTask | undefined =>
  // What was made twice and canceled stands behind the one that was kept.
  forTarget.findLast(({ key, state }) => key === request.key && state !== canceled) ??
    forTarget.findLast(({ key }) => key === request.key) ??
    // Of a package that is built twice, the other pass has the same source; it is another component.
    forTarget.findLast((task) =>
      task.source === source && adoptable.has(task.state) &&
      (task.key === undefined || TaskLedger.componentOf(task.key) === TaskLedger.componentOf(request.key))
    )

/** The answers to `buildCall`, as submissions; fails where the hub did not answer as hubs do. */
export const answered = Effect.fnUntraced(function*(
  farm: KojiFarm,
  target: string,
  wishes: ReadonlyArray<Wish>,
  answers: ReadonlyArray<Answer>
) {
  const submissions: Array<Submission> = []
  for (const [index, { request, source }] of wishes.entries()) {
    const answer: Result.Result<number, KojiError> = yield* Effect.result(
      element(Schema.Number, "build", answers[index])
    )
    if (Result.isSuccess(answer)) {
      farm.ledger.remember([{ id: answer.success, key: request.key, source, target, state: 0 }])
      submissions.push(accepted(request, TaskId.make(String(answer.success)), false))
    } else if (reasonOf(answer.failure) === "rejected") submissions.push(rejected(request, answer.failure.message))
    else return yield* Effect.fail(answer.failure)
  }
  return submissions
})
