/**
 * `orch plan FILE`: what a server would build for a module document, without one.
 *
 * Prints every build with its contexts, what it is built with and why, what is left out and why, and the batches. Exit
 * code 0 when everything can be built, 1 when something stands in the way, 2 when a file cannot be read. Without FILE it
 * writes the document of a platform.
 */
import * as ModuleVersion from "@orch/core/resolution/ModuleVersion"
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
import { CommandFailed } from "../CommandFailed.ts"
import * as StreamPairs from "../StreamPairs.ts"
import * as WrittenPath from "../WrittenPath.ts"
import * as DefaultStreams from "./DefaultStreams.ts"
import * as ModuleFiles from "./ModuleFiles.ts"
import * as PlanPlatform from "./PlanPlatform.ts"
import * as PlanText from "./PlanText.ts"

/** The exit code is the highest of all reasons to end with one. */
const exit = (code: number) =>
  Effect.sync(() => void (process.exitCode = Math.max(code, Number(process.exitCode ?? 0))))

const pairs = (flag: string, described: string) =>
  Flag.String(flag).pipe(Flag.atLeast(0), Flag.withDescription(described))

const flags = {
  file: WrittenPath.argument("file").pipe(
    Argument.withDescription(
      "Module document, - for standard input; without it --platform writes a platform's document"
    ),
    Argument.optional
  ),
  available: WrittenPath.flag("available").pipe(
    Flag.withAlias("a"),
    Flag.withDescription(
      "File or directory of modules that can be built against: modulemd YAML or JSON, also compressed (gz, xz, zst, bz2). "
        + "Their defaults decide where builds need different streams"
    ),
    Flag.atLeast(0)
  ),
  platform: Flag.String("platform").pipe(
    Flag.withDescription(
      "Platform stream the available modules are for (default: that of a platform document among them, or the one most of "
        + "them require, or the one to be built on)"
    ),
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
}

interface Given {
  readonly available: ReadonlyArray<string>
  readonly platform: Option.Option<string>
  readonly version: Option.Option<string>
  readonly stream: Option.Option<string>
  readonly defaults: ReadonlyArray<string>
  readonly buildrequires: ReadonlyArray<string>
  readonly requires: ReadonlyArray<string>
  readonly json: boolean
}

/** Fails where a flag that names a stream names none: N:S:V:C has a colon behind it, and it is one word. */
const checkStream = (flag: string, stream: Option.Option<string>): Effect.Effect<void, CommandFailed> =>
  Option.isNone(stream) || /^[^\s:]+$/.test(stream.value)
    ? Effect.void
    : Effect.fail(
      new CommandFailed({ exitCode: 2, message: `--${flag}: "${stream.value}" cannot be the name of a stream` })
    )

const planFile = Effect.fn("PlanCommand.planFile")(function*(file: string, given: Given) {
  const path = yield* Path.Path
  yield* checkStream("platform", given.platform)
  yield* checkStream("stream", given.stream)
  const overrides = {
    buildrequires: yield* StreamPairs.read(given.buildrequires, "buildrequire"),
    requires: yield* StreamPairs.read(given.requires, "require")
  }
  const asked = yield* DefaultStreams.read(given.defaults)
  if (file === "-" && given.available.includes("-")) {
    return yield* new CommandFailed({ exitCode: 2, message: "standard input (-) can be read for one thing only" })
  }
  const { documents, lines } = yield* ModuleFiles.readSource(file, "source")
  const available = yield* ModuleFiles.readAvailable(given.available)
  const toBuild: Array<
    { readonly one: StreamDocument.ToBuild; readonly lines: Source["lines"][number][number] | undefined }
  > = []
  for (const [index, document] of documents.entries()) {
    const streams = yield* Effect.fromResult(StreamDocument.toBuild(document))
    for (const [variant, one] of streams.entries()) toBuild.push({ one, lines: lines[index]?.[variant] })
  }
  const built = toBuild.map(({ one }) => one)
  const { modules, platform } = PlanPlatform.assume(available.modules, given.platform, built, overrides.buildrequires)
  const now = ModuleVersion.fromTimestamp((yield* Clock.currentTimeMillis) / 1000)
  const version = Option.isSome(given.version)
    ? yield* Effect.mapError(
      Effect.fromResult(ModuleVersion.parse(given.version.value)),
      ({ message }) => new CommandFailed({ exitCode: 2, message: `--module-version: ${message}` })
    )
    : undefined
  const missing = available.modules.length === 0 ? [] : DefaultStreams.missing(asked, modules)
  const defaultStreams = DefaultStreams.there(asked, modules)
  const plans = toBuild.map(({ lines, one }) => {
    const plan = ResolutionPlan.make(one, modules, {
      stream: Option.getOrUndefined(given.stream),
      defaultStreams,
      repositoryDefaults: available.defaultStreams,
      name: one.stream.name ?? path.basename(file).replace(/\.ya?ml.*$/, ""),
      version: version ?? one.stream.version ?? now,
      ...overrides,
      lines
    })
    return { platform, ...plan, problems: [...plan.problems, ...missing] }
  })
  yield* Console.log(
    given.json ? JSON.stringify(plans, null, 2) : plans.map((plan) => PlanText.format(plan, plan.platform)).join("\n")
  )
  const { damage, notes, unreadable } = available
  for (const line of [...unreadable, ...damage, ...notes]) yield* Console.error(line)
  if (damage.length > 0) yield* exit(1)
  if (unreadable.length > 0) yield* exit(2)
  if (plans.length === 0) {
    yield* Console.error(`${file}: there is no module stream in this file`)
    yield* exit(1)
  } else if (plans.some(({ problems }) => problems.length > 0)) {
    const advice = PlanPlatform.advice(plans)
    if (advice !== undefined) yield* Console.error(advice)
    if (given.available.length === 0) {
      yield* Console.error("nothing to build with: --available names files or directories of modules")
    }
    yield* exit(1)
  }
})

type Source = ModuleFiles.Source

const writePlatform = (given: Given) =>
  Effect.gen(function*() {
    const { available, buildrequires, defaults, requires } = given
    if (Option.isNone(given.platform) || [available, buildrequires, defaults, requires].some((one) => one.length > 0)) {
      return yield* new CommandFailed({ exitCode: 2, message: "orch plan: a FILE is needed (- reads standard input)" })
    }
    yield* checkStream("platform", given.platform)
    yield* Console.log(PlanPlatform.document(given.platform.value, given.json).trimEnd())
  })

/** The command `orch plan`. */
export const command = Command.make(
  "plan",
  flags,
  Effect.fn("PlanCommand")(
    function*({ file, ...given }) {
      if (Option.isSome(file)) yield* planFile(file.value, given)
      else yield* writePlatform(given)
    },
    (effect) =>
      effect.pipe(
        Effect.catchTag("UnreadableModules", ({ inFull }) => Console.error(inFull).pipe(Effect.andThen(exit(2)))),
        Effect.catchTag("ResolutionError", ({ inFull }) => Console.error(inFull).pipe(Effect.andThen(exit(1))))
      )
  )
).pipe(
  Command.withDescription("Show what would be built for a module, and why, without a server"),
  Command.withExamples([
    { command: "orch plan perl.yaml --available modules.yaml", description: "Plan against a repository's index" },
    {
      command: "orch plan perl.yaml -a modules/ --buildrequire platform:el8.4.0 --json",
      description: "Against a directory, for another platform, as JSON"
    },
    {
      command: "orch plan --platform el9 > platform.yaml",
      description: "Write the document of a platform, to plan against or to import into a server"
    }
  ])
)
