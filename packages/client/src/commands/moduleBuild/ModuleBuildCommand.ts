/** `orch module-build …`: submit, look at and steer module builds. */
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as ActionsCommand from "../ActionsCommand.ts"
import { print } from "../Answer.ts"
import * as Connection from "../Connection.ts"
import * as ForecastCommand from "../ForecastCommand.ts"
import * as CompareCommand from "./CompareCommand.ts"
import * as FeedCommand from "./FeedCommand.ts"
import * as LookCommands from "./LookCommands.ts"
import { line, watch } from "./ModuleBuildArguments.ts"
import * as PreviewCommand from "./PreviewCommand.ts"
import * as RetireCommand from "./RetireCommand.ts"
import * as SteerCommands from "./SteerCommands.ts"
import * as SubmitOptions from "./SubmitOptions.ts"
import * as Watching from "./Watching.ts"

const submit = Command.make("submit", {
  ...Connection.flags,
  ...SubmitOptions.flags,
  watch
}, ({ json, watch, ...given }) =>
  Connection.run(given, (client, connection) =>
    Effect.gen(function*() {
      const builds = yield* client.moduleBuilds.submit({ payload: yield* SubmitOptions.toSubmission(given) })
      if (!json || !watch) yield* print(json, builds, () => builds.map(line).join("\n"))
      if (watch) { for (const build of builds) yield* Watching.watch(client, build.id, json, connection.url) }
    }))).pipe(
    Command.withDescription("Submit a module for building"),
    Command.withExamples([
      {
        command: "orch module-build submit 'git://src.example.org/modules/foo.git?#f1d2d2f9' --watch",
        description: "Build a commit and stay until it has ended"
      },
      {
        command:
          "orch module-build submit 'https://src.example.org/modules/foo.git?#f1d2d2f9' --branch 1.2 --buildrequire platform:el9",
        description: "Build a commit of a branch against another platform"
      },
      {
        command: "orch module-build submit --yaml foo.yaml --scratch",
        description: "Try a modulemd file, where the server allows it"
      }
    ])
  )

/**
 * `orch module-build …`: submit, list, show, explain, watch, cancel, resume, retry and the others, all through the
 * server.
 */
export const command = Command.make("module-build").pipe(
  Command.withDescription("Submit, look at and steer module builds"),
  Command.withSubcommands([
    submit,
    PreviewCommand.command,
    LookCommands.list,
    FeedCommand.command,
    LookCommands.show,
    LookCommands.diff,
    CompareCommand.command,
    ActionsCommand.moduleBuild,
    LookCommands.watch,
    LookCommands.explain,
    ForecastCommand.moduleBuild,
    SteerCommands.cancel,
    SteerCommands.resume,
    SteerCommands.retry,
    SteerCommands.prioritize,
    RetireCommand.command,
    LookCommands.logs
  ])
)
