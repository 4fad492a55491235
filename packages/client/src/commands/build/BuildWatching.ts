/** Follows a package build to its end: a line for each change of a task. */
import type { PackageBuildDetail } from "@orch/api/orch/PackageBuildsApi"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type { OrchClient } from "../../OrchClient.ts"
import { CommandFailed } from "../CommandFailed.ts"
import * as BuildText from "./BuildText.ts"

/** Lines for the tasks that differ from before. */
export const changes = (before: PackageBuildDetail | undefined, now: PackageBuildDetail): ReadonlyArray<string> => {
  const known = new Map(before?.task_list.map((task) => [task.name, BuildText.taskLine(task)]))
  return now.task_list.map((task) => [task.name, BuildText.taskLine(task)] as const)
    .flatMap(([name, text]) => known.get(name) === text ? [] : [text])
}

/** Asks every two seconds until the build has ended. Fails with `CommandFailed` (1) when not everything was built. */
export const watch = Effect.fnUntraced(function*(client: OrchClient["Service"], id: number, json: boolean) {
  let before: PackageBuildDetail | undefined
  for (;;) {
    const now = yield* client.packageBuilds.get({ params: { id: `${id}` } })
    const lines = changes(before, now)
    if (lines.length > 0) yield* Console.log(json ? JSON.stringify(now) : lines.join("\n"))
    before = now
    if (now.state === "finished" || now.state === "removed") break
    yield* Effect.sleep("2 seconds")
  }
  if (!json) yield* Console.log(BuildText.line(before))
  const lost = before.task_list.filter(({ state }) => state !== "completed" && state !== "excluded")
  if (lost.length > 0) {
    return yield* new CommandFailed({
      exitCode: 1,
      message: `${lost.length} of ${before.task_list.length} tasks were not built`
    })
  }
})
