/** Shows a build until it has ended: redrawn on a terminal, line by line elsewhere, as JSON lines on demand. */
import type { ModuleBuildDetail } from "@orch/api/orch/ModuleBuildsApi"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { OrchClient } from "../../OrchClient.ts"
import * as WatchModuleBuild from "../../WatchModuleBuild.ts"
import { CommandFailed } from "../CommandFailed.ts"
import * as Progress from "./Progress.ts"

type Show = (build: ModuleBuildDetail) => Effect.Effect<void>

const redrawing = (): Show => {
  let drawn = 0
  return (build) =>
    Effect.sync(() => {
      const lines = [Progress.title(build), ...Progress.batches(build)]
      // Up to the first line drawn last time, and clear to the end of the screen.
      process.stdout.write(`${drawn === 0 ? "" : `\u001B[${drawn}A\u001B[J`}${lines.join("\n")}\n`)
      drawn = lines.length
    })
}

const appending = (): Show => {
  let before: ModuleBuildDetail | undefined
  return (build) => {
    const lines = Progress.changes(before, build)
    before = build
    return lines.length === 0 ? Effect.void : Console.log(lines.join("\n"))
  }
}

const jsonLines: Show = ({ modulemd: _, ...build }) => Console.log(JSON.stringify(build))

/** Succeeds only for a build that ends ready (a scratch build: done). */
export const watch = Effect.fnUntraced(function*(client: OrchClient["Service"], id: number, json: boolean) {
  const show = json ? jsonLines : process.stdout.isTTY ? redrawing() : appending()
  let last: ModuleBuildDetail | undefined
  yield* WatchModuleBuild.watch(client, id).pipe(Stream.runForEach((build) => {
    last = build
    return show(build)
  }))
  const ended = last!
  if (!json) yield* Console.log(Progress.ending(ended).join("\n"))
  if (ended.state === "ready" || (ended.state === "done" && ended.scratch)) return
  return yield* new CommandFailed({
    exitCode: 1,
    message: `Module build ${id} did not end ready: it is ${ended.state}.`
  })
})
