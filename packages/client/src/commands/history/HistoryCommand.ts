/** `orch history …`: what branches pointed to at any instant, and what was built from an outdated commit. */
import type { RefInterval } from "@orch/api/orch/HistoryApi"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import { print } from "../Answer.ts"
import { CommandFailed } from "../CommandFailed.ts"
import * as Connection from "../Connection.ts"
import { given } from "../GivenOptions.ts"
import * as Table from "../Table.ts"

const repository = Argument.String("repository").pipe(
  Argument.withDescription("Address of the repository, or namespace and name: rpms/zlib")
)
const ref = Argument.String("ref").pipe(Argument.withDescription("Branch, or full name such as refs/tags/v1"))
const limit = Flag.Int("limit").pipe(Flag.withDescription("How many to show, at most 1000"), Flag.withDefault(100))

const marks = ({ forced, gap, source }: RefInterval): string =>
  [source, ...(forced === true ? ["forced"] : []), ...(gap ? ["pushes before it were missed"] : [])].join(", ")

const table = (all: ReadonlyArray<RefInterval>): string =>
  Table.format(
    ["FROM", "TO", "COMMIT", "WHO", "HOW"],
    all.map((one) => [one.from, one.to ?? "now", one.commit ?? "deleted", one.actor ?? "-", marks(one)])
  )

const show = Command.make(
  "show",
  { ...Connection.flags, repository, ref, limit },
  ({ json, limit, ref, repository, ...said }) =>
    Connection.run(said, (client) =>
      Effect.flatMap(
        client.history.intervals({ query: { repository, ref, limit: `${limit}` } }),
        (all) => print(json, all, () => all.length === 0 ? `Nothing is known of ${ref}.` : table(all))
      ))
).pipe(
  Command.withDescription("List what a branch pointed to, the newest first"),
  Command.withExamples([{
    command: "orch history show rpms/zlib main",
    description: "Each commit, since when, and who pushed it"
  }])
)

const at = Command.make(
  "at",
  {
    ...Connection.flags,
    repository,
    ref,
    at: Argument.String("time").pipe(
      Argument.withDescription("Such as 2026-11-29T05:00:00Z; now without it"),
      Argument.optional
    )
  },
  ({ at, json, ref, repository, ...said }) =>
    Connection.run(said, (client) =>
      Effect.flatMap(
        client.history.at({ query: { repository, ref, ...given({ at }) } }),
        (one) => print(json, one, () => one.commit ?? "deleted")
      ))
).pipe(
  Command.withDescription("Print the commit that a branch pointed to at a time"),
  Command.withExamples([{
    command: "orch history at rpms/zlib main 2026-11-29T05:00:00Z",
    description: "What a build of that moment took"
  }])
)

const stale = Command.make(
  "stale",
  {
    ...Connection.flags,
    repository: Flag.String("repository").pipe(Flag.withDescription("Only of this repository"), Flag.optional),
    ref: Flag.String("ref").pipe(Flag.withDescription("Only of this branch"), Flag.optional),
    limit
  },
  ({ json, limit, ref, repository, ...said }) =>
    Connection.run(said, (client) =>
      Effect.flatMap(
        client.history.stale({
          query: { ...given({ repository, ref }), limit: `${limit}` }
        }),
        (all) =>
          print(json, all, () =>
            all.length === 0
              ? "Nothing was built from an outdated commit."
              : Table.format(
                ["BUILD", "MODULE", "COMPONENT", "BUILT FROM", "NOW AT", "SINCE"],
                all.map((one) => [
                  `${one.build}`,
                  one.module,
                  one.component,
                  one.built.slice(0, 12),
                  one.tip?.slice(0, 12) ?? "deleted",
                  one.moved
                ])
              ))
      ))
).pipe(
  Command.withDescription("List components that were built from a commit their branch no longer points to"),
  Command.withExamples([{
    command: "orch history stale --repository rpms/zlib",
    description: "What was built from an outdated zlib"
  }])
)

const log = (directory: string, ref: string) =>
  Effect.callback<ReadonlyArray<readonly [commit: string, seconds: number]>, CommandFailed>((resume) => {
    execFile(
      "git",
      ["-C", directory, "log", "--first-parent", "--reverse", "--format=%H %ct", "--end-of-options", ref, "--"],
      { maxBuffer: 256 * 1024 * 1024 },
      (error, stdout, stderr) =>
        resume(
          error === null
            ? Effect.succeed(
              stdout.split("\n").filter((line) => line !== "").map((line) => {
                const [commit = "", seconds = "0"] = line.split(" ")
                return [commit, Number(seconds)] as const
              })
            )
            : Effect.fail(new CommandFailed({ exitCode: 1, message: `git: ${stderr.trim() || error.message}` }))
        )
    )
  })

const perRequest = 1000

const backfill = Command.make(
  "backfill",
  {
    ...Connection.flags,
    repository,
    ref,
    clone: Flag.String("clone").pipe(Flag.withDescription("Directory of a clone of it"), Flag.withDefault("."))
  },
  ({ clone, json, ref, repository, ...said }) =>
    Connection.run(said, (client) =>
      Effect.gen(function*() {
        const commits = yield* log(clone, ref)
        let latest = 0
        const changes = commits.map(([after, seconds], index) => {
          // Dates of commits need not be in order; what pointed to them was.
          latest = Math.max(latest, seconds)
          return { before: commits[index - 1]?.[0] ?? null, after, at: new Date(latest * 1000).toISOString() }
        })
        let recorded = 0
        for (let from = 0; from < changes.length; from += perRequest) {
          const part = changes.slice(from, from + perRequest)
          const answer = yield* client.history.observe({
            payload: { repository, ref, source: "backfill", changes: part }
          })
          recorded += answer.recorded
        }
        yield* print(json, { recorded }, () => `${recorded} of ${changes.length} commits were new.`)
      }))
).pipe(
  Command.withDescription(
    "Fill in what a branch pointed to before it was recorded, from the dates of the commits of a clone"
  ),
  Command.withExamples([{
    command: "orch history backfill rpms/zlib main --clone ~/src/zlib",
    description: "From a clone that has the branch"
  }])
)

/** `orch history …`: show, at, stale and backfill. */
export const command = Command.make("history").pipe(
  Command.withDescription("What branches pointed to, and what was built from outdated commits"),
  Command.withSubcommands([show, at, stale, backfill])
)
