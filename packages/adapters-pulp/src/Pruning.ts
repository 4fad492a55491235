/** Old versions of packages taken out of repositories; the newest of each name and architecture stays. */
import * as Effect from "effect/Effect"
import type { PulpClient } from "./PulpClient.ts"
import { PulpError } from "./PulpError.ts"
import * as PulpTask from "./PulpTask.ts"
import type { PulpTasks } from "./PulpTasks.ts"

/**
 * Takes out what is older than so many days from the repositories at these paths, or only says what it would. Not for repositories with modules:
 * Pulp does not know uploaded packages of modules as such and takes those of older streams.
 */
export const prune = Effect.fnUntraced(function*(
  client: PulpClient,
  tasks: PulpTasks,
  repositories: ReadonlyArray<string>,
  options: { readonly keepDays: number; readonly dryRun?: boolean }
) {
  const path = "rpm/prune/"
  const json = { repo_hrefs: repositories, keep_days: options.keepDays, dry_run: options.dryRun === true }
  const answer = yield* client.send({ method: "POST", path, json })
  const { task_group } = yield* client.decode(PulpTask.DispatchedGroup, `POST ${path}`, answer.json)
  const group = yield* tasks.followGroup(task_group)
  if (group.failed + group.canceled === 0) return group
  const message = `${group.failed + group.canceled} of Pulp's tasks ${task_group} did not complete`
  return yield* new PulpError({ reason: "failed", request: `POST ${path}`, message })
})
