/** Default streams that were asked for on the command line. */
import * as AvailableModules from "@orch/core/resolution/AvailableModules"
import type * as ResolutionPlan from "@orch/core/resolution/ResolutionPlan"
import * as Effect from "effect/Effect"
import { CommandFailed } from "../CommandFailed.ts"
import * as StreamPairs from "../StreamPairs.ts"

/** `name:stream` parts as one stream by name; fails for two streams of one module. */
export const read = (
  parts: ReadonlyArray<string>
): Effect.Effect<Readonly<Record<string, string>>, CommandFailed> =>
  Effect.flatMap(StreamPairs.read(parts, "default-stream"), (found) => {
    const twice = Object.entries(found).find(([, streams]) => new Set(streams).size > 1)
    return twice === undefined
      ? Effect.succeed(Object.fromEntries(Object.entries(found).map(([name, [stream]]) => [name, stream!])))
      : Effect.fail(
        new CommandFailed({
          exitCode: 2,
          message: `--default-stream names ${
            twice[1].map((stream) => `${twice[0]}:${stream}`).join(" and ")
          }: one is needed`
        })
      )
  })

/** Those of the asked-for defaults that have a ready build. */
export const there = (
  asked: Readonly<Record<string, string>>,
  available: AvailableModules.AvailableModules
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(asked).filter(([name, stream]) => AvailableModules.readyStreams(available, name).includes(stream))
  )

/** What stands in the way of the defaults: streams that are not available. */
export const missing = (
  asked: Readonly<Record<string, string>>,
  available: AvailableModules.AvailableModules
): ResolutionPlan.ResolutionPlan["problems"] =>
  Object.entries(asked).flatMap(([name, stream]) => {
    const streams = AvailableModules.readyStreams(available, name)
    if (streams.includes(stream)) return []
    const there = streams.length === 0
      ? `no module ${name} is`
      : `${streams.join(", ")} ${streams.length === 1 ? "is" : "are"}`
    return [{ message: `--default-stream ${name}:${stream}: there is no such stream, ${there} available` }]
  })
