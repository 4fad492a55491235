/** Shows a build until it has ended: redrawn on a terminal, line by line elsewhere, as JSON lines on demand. */
import type { ModuleBuildDetail } from "@orch/api/orch/ModuleBuildsApi"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { OrchClient } from "../../OrchClient.ts"
import * as WatchModuleBuild from "../../WatchModuleBuild.ts"
import * as Colours from "../Colours.ts"
import { CommandFailed } from "../CommandFailed.ts"
import * as Progress from "./Progress.ts"

type Show = (build: ModuleBuildDetail) => Effect.Effect<void>

const redrawing = (colours: Colours.Colours): Show => {
  let drawn = 0
  return (build) =>
    Effect.sync(() => {
      const all = [Progress.title(build, colours), ...Progress.batches(build, colours)]
      // What has left the screen cannot be drawn again.
      const lines = all.slice(0, Math.max(2, (process.stdout.rows ?? 24) - 2))
      // Up to the first line drawn last time, and clear to the end of the screen. Lines are cut, not wrapped, meanwhile.
      const back = drawn === 0 ? "" : `\u001B[${drawn}A\u001B[J`
      process.stdout.write(`${back}\u001B[?7l${lines.join("\n")}\n\u001B[?7h`)
      drawn = lines.length
    })
}

const appending = (colours: Colours.Colours): Show => {
  let before: ModuleBuildDetail | undefined
  return (build) => {
    const lines = Progress.changes(before, build, colours)
    before = build
    return lines.length === 0 ? Effect.void : Console.log(lines.join("\n"))
  }
}

const jsonLines: Show = ({ modulemd: _, ...build }) => Console.log(JSON.stringify(build))

/**
 * Shows a build until it has ended. Succeeds only for one that ends ready (a scratch build: done), and fails with
 * `CommandFailed` (exit code 1) for any other end. `server` is where it is: addresses that are shown are completed with it.
 */
export const watch = Effect.fnUntraced(function*(
  client: OrchClient["Service"],
  id: number,
  json: boolean,
  server: string
) {
  const colours = Colours.ofOutput()
  const show = json ? jsonLines : process.stdout.isTTY ? redrawing(colours) : appending(colours)
  let last: ModuleBuildDetail | undefined
  yield* WatchModuleBuild.watch(client, id).pipe(Stream.runForEach((build) => {
    last = build
    return show(build)
  }))
  const ended = last!
  if (!json) {
    yield* Console.log([...Progress.ending(ended, server, colours), ...Progress.advice(ended)].join("\n"))
  }
  if (ended.state === "ready" || (ended.state === "done" && ended.scratch)) return
  return yield* new CommandFailed({
    exitCode: 1,
    message: `Module build ${id} did not end ready: it is ${ended.state}.`
  })
})
