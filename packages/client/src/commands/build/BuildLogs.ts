/** Prints the logs of a package build's tasks. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type { OrchClient } from "../../OrchClient.ts"
import { CommandFailed } from "../CommandFailed.ts"

const fetchText = (url: string) =>
  Effect.tryPromise({
    try: async () => {
      const response = await fetch(url)
      if (!response.ok) throw new Error(`status ${response.status}`)
      return await response.text()
    },
    catch: (cause) => new CommandFailed({ exitCode: 1, message: `${url}: ${String(cause)}` })
  })

/** Logs of one task, or of all that failed. Fails with `CommandFailed` where there is no such task, or no log. */
export const print = Effect.fnUntraced(function*(
  client: OrchClient["Service"],
  server: string,
  id: number,
  task: string | undefined
) {
  const build = yield* client.packageBuilds.get({ params: { id: `${id}` } })
  const wanted = build.task_list.filter(({ name, state }) => task === undefined ? state === "failed" : name === task)
  if (wanted.length === 0) {
    const message = task === undefined
      ? "No task has failed; name the task whose log is wanted"
      : `There is no task ${task}; there are ${build.task_list.map(({ name }) => name).join(", ")}`
    return yield* new CommandFailed({ exitCode: 1, message })
  }
  const logs = wanted.flatMap(({ artifacts, name }) =>
    artifacts.flatMap((one) =>
      one.type === "build_log" && one.url !== null ? [{ ...one, task: name, url: one.url }] : []
    )
  )
  if (logs.length === 0) return yield* new CommandFailed({ exitCode: 1, message: "There is no log yet" })
  for (const { name, task: of, url } of logs) {
    yield* Console.log(`== ${of} ${name}`)
    yield* Console.log(yield* fetchText(new URL(url, server).href))
  }
})
