/** `orch graph …`: what depends on what, why, and whether the graph is what the builds say. */
import type { GraphEdge, ReachedNode } from "@orch/api/orch/GraphApi"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import { print } from "../Answer.ts"
import * as Connection from "../Connection.ts"
import { given, optional } from "../GivenOptions.ts"
import * as Table from "../Table.ts"

const argument = (name: string, about: string) => Argument.String(name).pipe(Argument.withDescription(about))
const node = argument("node", "modules/NAME:STREAM, rpms/NAME or composes/PRODUCT")

const following = {
  depth: Flag.Int("depth").pipe(Flag.withDescription("How far to go, at most 64"), Flag.withDefault(64)),
  types: optional("types", "Only these, separated by commas: component, build, buildroot, runtime"),
  at: optional("at", "As it was then, such as 2026-11-29T05:00:00Z")
}
const limit = Flag.Int("limit").pipe(Flag.withDescription("How many to show, at most 1000"), Flag.withDefault(100))

const query = (
  { at, depth, types }: {
    readonly depth: number
    readonly types: Option.Option<string>
    readonly at: Option.Option<string>
  }
) => ({ depth: `${depth}`, ...given({ types, at }) })

const table = (all: ReadonlyArray<ReachedNode>): string =>
  Table.format(["DEPTH", "NODE", "BY", "OF"], all.map((one) => [`${one.depth}`, one.node, one.type, one.via]))

const list = (side: "dependants" | "dependencies", about: string) =>
  Command.make(
    side,
    { ...Connection.flags, node, ...following, limit },
    ({ at, depth, json, limit, node, types, ...said }) =>
      Connection.run(said, (client) =>
        Effect.flatMap(
          client.graph[side]({ query: { node, ...query({ at, depth, types }), limit: `${limit}` } }),
          (found) => print(json, found, () => `${table(found.items)}\n${found.items.length} of ${found.total}`)
        ))
  ).pipe(
    Command.withDescription(about),
    Command.withExamples([{
      command: `orch graph ${side} rpms/zlib --depth 3`,
      description: "At most three steps away"
    }])
  )

const show = Command.make(
  "show",
  { ...Connection.flags, node },
  ({ json, node, ...said }) =>
    Connection.run(said, (client) =>
      Effect.gen(function*() {
        const near = { query: { node, depth: "1", limit: "1000" } }
        const dependencies = yield* client.graph.dependencies(near)
        const dependants = yield* client.graph.dependants(near)
        yield* print(json, { dependencies, dependants }, () =>
          [
            `${node} depends on ${dependencies.total}:`,
            table(dependencies.items),
            `${dependants.total} depend on it:`,
            table(dependants.items)
          ].join("\n"))
      }))
).pipe(
  Command.withDescription("Show what is next to a node"),
  Command.withExamples([{ command: "orch graph show rpms/zlib", description: "What it needs, and what needs it" }])
)

const path = Command.make(
  "path",
  {
    ...Connection.flags,
    from: argument("from", "What depends"),
    to: argument("to", "On what"),
    ...following
  },
  ({ at, depth, from, json, to, types, ...said }) =>
    Connection.run(said, (client) =>
      Effect.flatMap(
        client.graph.path({ query: { from, to, ...query({ at, depth, types }) } }),
        (found) => print(json, found, () => table(found))
      ))
).pipe(
  Command.withDescription("Show one of the shortest ways by which one depends on another"),
  Command.withExamples([{
    command: "orch graph path rpms/curl rpms/zlib",
    description: "How a change of zlib reaches curl"
  }])
)

const edge = (sign: string) => ({ source, target, type, unit }: GraphEdge): string =>
  `${sign} ${source} -> ${target} (${type}, of ${unit})`

const audit = Command.make(
  "audit",
  { ...Connection.flags },
  ({ json, ...said }) =>
    Connection.run(said, (client) =>
      Effect.gen(function*() {
        const found = yield* client.graph.audit()
        const lines = [...found.missing.map(edge("-")), ...found.surplus.map(edge("+"))]
        yield* print(json, found, () => lines.length === 0 ? "The graph is what the builds say." : lines.join("\n"))
        if (lines.length > 0) yield* Effect.sync(() => void (process.exitCode = 1))
      }))
).pipe(
  Command.withDescription(
    "Compare the graph with the builds: - missing, + no build says so; exit code 1 if they differ"
  ),
  Command.withExamples([{
    command: "orch graph audit || orch graph repair",
    description: "Repairs it where it has to be"
  }])
)

const repair = Command.make(
  "repair",
  { ...Connection.flags },
  ({ json, ...said }) =>
    Connection.run(said, (client) =>
      Effect.flatMap(
        client.graph.repair(),
        (done) => print(json, done, () => `${done.begun} begun, ${done.ended} ended.`)
      ))
).pipe(
  Command.withDescription("Make the graph what the builds say"),
  Command.withExamples([{ command: "orch graph repair", description: "After orch graph audit has found a difference" }])
)

const composes = Command.make(
  "composes",
  { ...Connection.flags, limit },
  ({ json, limit, ...said }) =>
    Connection.run(
      said,
      (client) =>
        Effect.flatMap(client.graph.composes({ query: { limit: `${limit}` } }), (all) =>
          print(json, all, () =>
            all.length === 0 ? "There are none." : Table.format(
              ["COMPOSE", "PRODUCT", "COUNTS", "BY", "AT"],
              all.map((one) => [one.compose, one.product, one.counts ? "yes" : "no", one.by, one.at])
            )))
    )
).pipe(
  Command.withDescription("List composes that the graph was told of, the newest first"),
  Command.withExamples([{ command: "orch graph composes", description: "Which were read" }])
)

const importing = Command.make(
  "import-compose",
  { ...Connection.flags, location: argument("location", "Where the compose lies, as the server reaches it") },
  ({ json, location, ...said }) =>
    Connection.run(said, (client) =>
      Effect.flatMap(
        client.graph.importCompose({ payload: { url: location } }),
        (done) =>
          print(
            json,
            done,
            () => `${done.compose}: ${done.packages} packages, ${done.modules} modules, ${done.edges} edges.`
          )
      ))
).pipe(
  Command.withDescription("Have the server read a finished compose: what it is made of feeds the graph"),
  Command.withExamples([{
    command: "orch graph import-compose https://kojipkgs.example.org/compose/29/Fedora-29-20180815.n.0",
    description: "Its rpms.json and modules.json, and the documents of its modules"
  }])
)

/** `orch graph …`: show, dependants, dependencies, path, audit, repair, and composes. */
export const command = Command.make("graph").pipe(
  Command.withDescription("What depends on what, and why"),
  Command.withSubcommands([
    show,
    list("dependants", "List what depends on a node, the nearest first"),
    list("dependencies", "List what a node depends on, the nearest first"),
    path,
    audit,
    repair,
    composes,
    importing
  ])
)
