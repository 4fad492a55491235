/**
 * `orch plan FILE`: what a server would build for a module document, without one.
 *
 * Prints every build with its contexts, what it is built with and why, what is left out and why, and the batches. Exit
 * code 0 when everything can be built, 1 when something stands in the way, 2 when a file cannot be read.
 */
import * as ModuleVersion from "@orch/core/resolution/ModuleVersion"
import type { ResolutionError } from "@orch/core/resolution/ResolutionError"
import * as ResolutionPlan from "@orch/core/resolution/ResolutionPlan"
import * as StreamDocument from "@orch/core/resolution/StreamDocument"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as StreamPairs from "../StreamPairs.ts"
import * as WrittenPath from "../WrittenPath.ts"
import * as ModuleFiles from "./ModuleFiles.ts"
import * as PlanText from "./PlanText.ts"

const exit = (code: number) => Effect.sync(() => void (process.exitCode = code))

const pairs = (flag: string, described: string) =>
  Flag.String(flag).pipe(Flag.atLeast(0), Flag.withDescription(described))

/**
 * `orch plan FILE --available …`: what would be built for a module document. Needs no server. Exit code 1 where
 * something stands in the way or there is nothing to plan, 2 for a file that cannot be read.
 */
export const command = Command.make(
  "plan",
  {
    file: WrittenPath.argument("file").pipe(Argument.withDescription("Module document, - for standard input")),
    available: WrittenPath.flag("available").pipe(
      Flag.withAlias("a"),
      Flag.withDescription("File or directory of modules that can be built against: modulemd YAML or JSON"),
      Flag.atLeast(0)
    ),
    platform: Flag.String("platform").pipe(
      Flag.withDescription("Platform stream the available modules are for (default: the one most of them require)"),
      Flag.optional
    ),
    version: Flag.String("module-version").pipe(
      Flag.withDescription("Version without prefix (default: the document's, or the time now)"),
      Flag.optional
    ),
    stream: Flag.String("stream").pipe(
      Flag.withDescription("Stream of the module (default: the document's, or master)"),
      Flag.optional
    ),
    defaults: pairs("default-stream", "NAME:STREAM to take where several streams are possible"),
    buildrequires: pairs("buildrequire", "NAME:STREAM to build with instead of what is written"),
    requires: pairs("require", "NAME:STREAM to require instead of what is written"),
    json: Flag.Boolean("json").pipe(Flag.withDescription("Print JSON"), Flag.withDefault(false))
  },
  Effect.fn("PlanCommand")(
    function*({ available, buildrequires, defaults, file, json, platform, requires, stream, version }) {
      const path = yield* Path.Path
      const overrides = {
        buildrequires: yield* StreamPairs.read(buildrequires),
        requires: yield* StreamPairs.read(requires)
      }
      const defaultStreams = yield* StreamPairs.read(defaults)
      const { documents, lines } = yield* ModuleFiles.readSource(file, "source")
      const modules = yield* ModuleFiles.readAvailable(available, Option.getOrUndefined(platform))
      const now = ModuleVersion.fromTimestamp((yield* Clock.currentTimeMillis) / 1000)
      const given = Option.map(version, ModuleVersion.parse)
      const plans: Array<ResolutionPlan.ResolutionPlan> = []
      for (const [index, document] of documents.entries()) {
        const streams = yield* Effect.fromResult(StreamDocument.toBuild(document))
        for (const [variant, toBuild] of streams.entries()) {
          plans.push(ResolutionPlan.make(toBuild, modules, {
            stream: Option.getOrUndefined(stream),
            defaultStreams: Object.fromEntries(
              Object.entries(defaultStreams).flatMap(([name, streams]) => streams.slice(-1).map((one) => [name, one]))
            ),
            name: toBuild.stream.name ?? path.basename(file).replace(/\.ya?ml.*$/, ""),
            version: Option.isSome(given) ? yield* Effect.fromResult(given.value) : toBuild.stream.version ?? now,
            ...overrides,
            lines: lines[index]?.[variant]
          }))
        }
      }
      yield* Console.log(json ? JSON.stringify(plans, null, 2) : plans.map(PlanText.format).join("\n"))
      if (plans.length === 0) {
        yield* Console.error(`${file}: there is no module stream in this file`)
        yield* exit(1)
      } else if (available.length === 0) {
        yield* Console.error("nothing to build with: --available names files or directories of modules")
        yield* exit(1)
      } else if (plans.some(({ problems }) => problems.length > 0)) yield* exit(1)
    },
    (effect) =>
      effect.pipe(
        Effect.catchTag(
          "UnreadableModules",
          ({ file, message }) =>
            Console.error(message.startsWith(`${file}:`) ? message : `${file}: ${message}`).pipe(
              Effect.andThen(exit(2))
            )
        ),
        Effect.catchTag(
          ["ResolutionError", "InvalidModuleVersion"],
          (error: ResolutionError | { message: string }) =>
            Console.error("inFull" in error ? error.inFull : error.message).pipe(Effect.andThen(exit(1)))
        )
      )
  )
).pipe(
  Command.withDescription("Show what would be built for a module, and why, without a server"),
  Command.withExamples([
    { command: "orch plan perl.yaml --available modules.yaml", description: "Plan against a repository's index" },
    {
      command: "orch plan perl.yaml -a modules/ --buildrequire platform:el8.4.0 --json",
      description: "Against a directory, for another platform, as JSON"
    }
  ])
)
