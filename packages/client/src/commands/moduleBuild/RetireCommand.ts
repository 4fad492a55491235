/** `orch module-build retire …`: takes builds out of use, by number or by name and stream. */
import type { ModuleBuildSummary } from "@orch/api/orch/ModuleBuildsApi"
import * as Nsvc from "@orch/core/Nsvc"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { OrchClient } from "../../OrchClient.ts"
import { CommandFailed } from "../CommandFailed.ts"
import * as Connection from "../Connection.ts"

/** Builds fetched in one request. */
const pageSize = 100

const nsvcOf = ({ context, name, stream, version }: ModuleBuildSummary): Nsvc.Nsvc => ({
  name,
  stream,
  version: BigInt(version),
  context
})

const describe = (build: ModuleBuildSummary): string => `${build.id} ${Nsvc.format(nsvcOf(build))}`

/** The ready builds that a name begins. */
const named = Effect.fnUntraced(function*(client: OrchClient["Service"], which: string) {
  const parsed = Nsvc.parsePrefix(which)
  if (Result.isFailure(parsed) || parsed.success.stream === undefined) {
    return yield* new CommandFailed({
      exitCode: 2,
      message: `"${which}" is neither the number of a module build nor NAME:STREAM[:VERSION[:CONTEXT]]`
    })
  }
  const prefix = parsed.success
  const found: Array<ModuleBuildSummary> = []
  for (let offset = 0;; offset += pageSize) {
    const { items } = yield* client.moduleBuilds.list({
      query: {
        name: prefix.name,
        stream: parsed.success.stream,
        state: "ready",
        limit: `${pageSize}`,
        offset: `${offset}`
      }
    })
    found.push(...items.filter((one) => !one.scratch && Nsvc.startsWith(nsvcOf(one), prefix)))
    if (items.length < pageSize) return found
  }
})

const retire = Effect.fnUntraced(function*(client: OrchClient["Service"], which: string, yes: boolean) {
  if (/^\d+$/.test(which)) {
    return [yield* client.moduleBuilds.retire({ params: { id: which }, query: {} })]
  }
  const builds = yield* named(client, which)
  if (builds.length === 0) {
    return yield* new CommandFailed({ exitCode: 1, message: `There is no ready module build of ${which}` })
  }
  if (builds.length > 1 && !yes) {
    return yield* new CommandFailed({
      exitCode: 2,
      message: [
        `${which} names ${builds.length} module builds; say --yes to retire them all:`,
        ...builds.map((build) => `  ${describe(build)}`)
      ].join("\n")
    })
  }
  return yield* Effect.forEach(
    builds,
    ({ id }) => client.moduleBuilds.retire({ params: { id: `${id}` }, query: {} })
  )
})

/**
 * `orch module-build retire WHICH`: takes builds, by number or NSVC, from those that others are built against. Takes
 * several only with `--yes`, and names them otherwise (exit code 2).
 */
export const command = Command.make(
  "retire",
  {
    ...Connection.flags,
    which: Argument.String("which").pipe(
      Argument.withDescription("Number of the module build, or NAME:STREAM[:VERSION[:CONTEXT]] of ready ones")
    ),
    yes: Flag.Boolean("yes").pipe(
      Flag.withAlias("y"),
      Flag.withDescription("Retire all of them where several have that name"),
      Flag.withDefault(false)
    )
  },
  ({ json, which, yes, ...given }) =>
    Connection.run(given, (client) =>
      Effect.flatMap(retire(client, which, yes), (builds) =>
        Console.log(
          json ? JSON.stringify(builds, null, 2) : builds.map((build) => `retired ${describe(build)}`).join("\n")
        )))
).pipe(
  Command.withDescription("Take module builds out of use: nothing is built against them any more, none is resumed"),
  Command.withExamples([
    { command: "orch module-build retire 42", description: "One build, ready or failed" },
    { command: "orch module-build retire httpd:2.4 --yes", description: "Every ready build of a stream" }
  ])
)
