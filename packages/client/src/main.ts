/** The `orch` command. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as References from "effect/References"
import packageJson from "../package.json" with { type: "json" }
import { CommandFailed } from "./commands/CommandFailed.ts"
import * as CommandTree from "./commands/tree/CommandTree.ts"

const orch = await CommandTree.load(process.argv.slice(2))

orch.pipe(
  Command.run({ version: packageJson.version }),
  Effect.catch((error) =>
    Effect.sync(() => {
      if (error instanceof CommandFailed) console.error(`orch: ${error.message}`)
      // What is wrong with the command line has been told already, with the help.
      process.exitCode = error instanceof CommandFailed ? error.exitCode : 2
    })
  ),
  Effect.provide(NodeServices.layer),
  // What a command answers is read by programs.
  Effect.provideService(References.LogToStderr, true),
  NodeRuntime.runMain
)
