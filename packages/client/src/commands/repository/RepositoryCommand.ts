/** `orch repository …`: production repositories, from where they are synced, and how they differ from that. */
import type { ProductionRepository, RepositoryComparison } from "@orch/api/orch/ProductionApi"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import { print } from "../Answer.ts"
import { CommandFailed } from "../CommandFailed.ts"
import * as Connection from "../Connection.ts"
import { given } from "../GivenOptions.ts"
import * as Table from "../Table.ts"

const name = Argument.String("name").pipe(
  Argument.withDescription("Name of the repository, such as production/almalinux-9-baseos/x86_64/os")
)

const sync = ({ sync }: ProductionRepository): string => sync === null ? "never" : `${sync.state}: ${sync.reason}`

const table = (all: ReadonlyArray<ProductionRepository>): string =>
  Table.format(
    ["NAME", "FAMILY", "SYNCED", "FROM"],
    all.map((one) => [
      one.name,
      one.family,
      sync(one),
      one.sync?.url ?? "-"
    ])
  )

const list = Command.make(
  "list",
  { ...Connection.flags },
  ({ json, ...said }) =>
    Connection.run(
      said,
      (client) =>
        Effect.flatMap(client.production.list(), (all) =>
          print(json, all, () => all.length === 0 ? "There are no production repositories." : table(all)))
    )
).pipe(Command.withDescription("List production repositories"))

const line = ({ expected, kind, nevra }: RepositoryComparison["differences"][number]): string =>
  kind === "missing"
    ? `- ${nevra}`
    : kind === "added"
    ? `+ ${nevra}`
    : kind === "other"
    ? `! ${nevra} is another file`
    : `~ ${nevra} is ${kind} than ${expected ?? "it should be"}`

const diff = Command.make(
  "diff",
  {
    ...Connection.flags,
    name,
    against: Argument.String("against").pipe(
      Argument.withDescription("Name of another one; without it, the repository it is synced from"),
      Argument.optional
    )
  },
  ({ against, json, name, ...said }) =>
    Connection.run(said, (client) =>
      Effect.gen(function*() {
        const found = yield* client.production.compare({
          query: { name, ...given({ against }) }
        })
        yield* print(json, found, () =>
          found.differences.length === 0
            ? `${name} has the packages of ${found.against}.`
            : found.differences.map(line).join("\n"))
        if (found.differences.length > 0) yield* Effect.sync(() => void (process.exitCode = 1))
      }))
).pipe(
  Command.withDescription(
    "Say how the newest packages of a repository differ from those of another: - missing, + added; exit code 1 if they do"
  )
)

const syncing = Command.make(
  "sync",
  {
    ...Connection.flags,
    name,
    from: Flag.String("from").pipe(
      Flag.withDescription("Address of the repository elsewhere; that of last time without it"),
      Flag.optional
    ),
    mirror: Flag.Boolean("mirror").pipe(
      Flag.withDescription("What is no longer there goes here as well"),
      Flag.withDefault(false)
    ),
    wait: Flag.Boolean("wait").pipe(Flag.withDescription("Stay until it is done"), Flag.withDefault(false))
  },
  ({ from, json, mirror, name, wait, ...said }) =>
    Connection.run(said, (client) =>
      Effect.gen(function*() {
        let now = yield* client.production.sync({
          payload: { name, mirror, ...given({ url: from }) }
        })
        while (wait && (now.sync?.state === "requested" || now.sync?.state === "running")) {
          yield* Effect.sleep("1 second")
          now = (yield* client.production.list()).find((one) => one.name === name) ?? now
        }
        yield* print(json, now, () => `${name}: ${sync(now)}`)
        if (now.sync?.state === "failed") {
          return yield* new CommandFailed({ exitCode: 1, message: `${name} could not be synced: ${now.sync.reason}` })
        }
      }))
).pipe(Command.withDescription("Bring what a repository elsewhere holds, and show it to readers"))

/** `orch repository …`: list, diff and sync. */
export const command = Command.make("repository").pipe(
  Command.withDescription("Look after production repositories"),
  Command.withSubcommands([list, diff, syncing])
)
