/** The `orch` command. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import packageJson from "../package.json" with { type: "json" }
import { CommandFailed } from "./commands/CommandFailed.ts"
import * as Context from "./commands/context/ContextCommand.ts"
import * as DeadLetters from "./commands/deadLetters/DeadLettersCommand.ts"
import * as Koji from "./commands/koji/KojiCommand.ts"
import * as ModuleBuild from "./commands/moduleBuild/ModuleBuildCommand.ts"
import * as Node from "./commands/node/NodeCommand.ts"
import * as Plan from "./commands/plan/PlanCommand.ts"
import * as Repo from "./commands/repo/RepoCommand.ts"

// Runs before this file is loaded, since it has to start quickly (see bin/orch.js); here it is only named.
const modulemd = Command.make("modulemd").pipe(
  Command.withDescription("Validate, normalize, merge and query module metadata: see orch modulemd --help")
)

const orch = Command.make("orch").pipe(
  Command.withDescription("Orchestrates the builds of interdependent packages"),
  Command.withSubcommands([
    ModuleBuild.command,
    modulemd,
    Plan.command,
    Context.command,
    Repo.command,
    Node.command,
    Koji.command,
    DeadLetters.command
  ])
)

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
  NodeRuntime.runMain
)
