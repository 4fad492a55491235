/** `orch module-build cancel`, `resume`, `retry`, `prioritize`: change what becomes of a module build. */
import type { ModuleBuildSummary } from "@orch/api/orch/ModuleBuildsApi"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import type { OrchClient } from "../../OrchClient.ts"
import { print } from "../Answer.ts"
import * as Connection from "../Connection.ts"
import { component, id, line, watch } from "./ModuleBuildArguments.ts"
import * as Watching from "./Watching.ts"

type Client = OrchClient["Service"]

/** Says where the build is after the change, and with `--watch` stays until it has ended. */
const change = <E>(
  { json, watch = false, ...said }: Connection.Said & { readonly json: boolean; readonly watch?: boolean },
  call: (client: Client) => Effect.Effect<ModuleBuildSummary, E>
) =>
  Connection.run(said, (client, { url }) =>
    Effect.gen(function*() {
      const build = yield* call(client)
      if (!json || !watch) yield* print(json, build, () => line(build))
      if (watch) yield* Watching.watch(client, build.id, json, url)
    }))

/** Ends a build and its tasks. */
export const cancel = Command.make(
  "cancel",
  { ...Connection.flags, id },
  ({ id, ...given }) => change(given, (client) => client.moduleBuilds.cancel({ params: { id: `${id}` }, query: {} }))
).pipe(Command.withDescription("Cancel a module build and its tasks"))

/** Goes on with a failed build. */
export const resume = Command.make(
  "resume",
  { ...Connection.flags, id, watch },
  ({ id, ...given }) => change(given, (client) => client.moduleBuilds.resume({ params: { id: `${id}` }, query: {} }))
).pipe(
  Command.withDescription(
    "Continue a failed module build where it stopped, with the commits it was submitted with; after a change in git submit anew"
  ),
  Command.withExamples([{ command: "orch module-build resume 42 --watch", description: "And stay until it has ended" }])
)

/** Builds one failed component again. */
export const retry = Command.make(
  "retry",
  { ...Connection.flags, id, component, watch },
  ({ component, id, ...given }) =>
    change(given, (client) => client.moduleBuilds.retry({ params: { id: `${id}`, component }, query: {} }))
).pipe(
  Command.withDescription("Build one failed component again, from the same commit"),
  Command.withExamples([{
    command: "orch module-build retry 42 bash --watch",
    description: "Perhaps the network was away"
  }])
)

/** Gives a build another place among those that wait for the farm. */
export const prioritize = Command.make(
  "prioritize",
  {
    ...Connection.flags,
    id,
    priority: Argument.Int("priority").pipe(
      Argument.withDescription("-100 to 100; 0 is what builds begin with, -10 what scratch builds do"),
      Argument.filter((priority) => priority >= -100 && priority <= 100, () => "a whole number from -100 to 100")
    )
  },
  ({ id, priority, ...given }) =>
    change(
      given,
      (client) => client.moduleBuilds.prioritize({ params: { id: `${id}` }, query: {}, payload: { priority } })
    )
).pipe(
  Command.withDescription("Have a module build come before others, or after them, where components wait for the farm"),
  Command.withExamples([{ command: "orch module-build prioritize 42 50", description: "A fix that cannot wait" }])
)
