/** `orch node …`: the storage nodes that take uploads in turn, and the build nodes that build packages. */
import type { StorageNode } from "@orch/api/shaman/RepositoriesApi"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type { OrchClient } from "../../OrchClient.ts"
import { CommandFailed } from "../CommandFailed.ts"
import * as Connection from "../Connection.ts"
import * as Table from "../Table.ts"
import * as BuildNodes from "./BuildNodes.ts"

const host = Argument.String("host").pipe(Argument.withDescription("Host of the node, with a port when it is not 443"))

const health = (node: StorageNode): string =>
  !node.healthy ? `down (${node.down_count} failed)` : node.draining ? "draining" : "healthy"

const table = (nodes: ReadonlyArray<StorageNode>): string =>
  Table.format(
    ["HOST", "STATE", "WEIGHT", "LAST USED", "LAST CHECK"],
    nodes.map((node) => [node.host, health(node), `${node.weight}`, node.last_used, node.last_check ?? "never"])
  )

const show = (json: boolean, node: StorageNode) => Console.log(json ? JSON.stringify(node, null, 2) : table([node]))

const list = Command.make(
  "list",
  { ...Connection.flags },
  ({ json, ...connection }) =>
    Connection.run(connection, (client) =>
      Effect.gen(function*() {
        const storage = yield* client.repositories.nodes()
        const builders = yield* client.buildNodes.list()
        if (json) return yield* Console.log(JSON.stringify({ storage, builders }, null, 2))
        yield* Console.log(storage.length === 0 ? "There are no storage nodes." : table(storage))
        yield* Console.log(builders.length === 0 ? "There are no build nodes." : BuildNodes.table(builders))
      }))
).pipe(
  Command.withDescription("List storage nodes and build nodes"),
  Command.withExamples([{ command: "orch node list", description: "Which are there, and what they do" }])
)

/** The build node of this name; `undefined` when it is none. */
const builderOf = (client: OrchClient["Service"], name: string) =>
  Effect.map(client.buildNodes.list(), (nodes) => nodes.find((node) => node.name === name))

/** The storage node of this host, after it is known that no build node is called so. */
const storageOf = (client: OrchClient["Service"], host: string) =>
  Effect.flatMap(client.repositories.nodes(), (nodes) => {
    const found = nodes.find((node) => node.host === host)
    return found === undefined
      ? Effect.fail(
        new CommandFailed({ exitCode: 1, message: `there is no node ${host}; orch node list shows those there are` })
      )
      : Effect.succeed(found)
  })

const shown = Command.make(
  "show",
  { ...Connection.flags, host },
  ({ host, json, ...connection }) =>
    Connection.run(connection, (client) =>
      Effect.gen(function*() {
        const builder = yield* builderOf(client, host)
        if (builder !== undefined) {
          return yield* Console.log(json ? JSON.stringify(builder, null, 2) : BuildNodes.table([builder]))
        }
        yield* show(json, yield* storageOf(client, host))
      }))
).pipe(
  Command.withDescription("Show one node"),
  Command.withExamples([{ command: "orch node show builder01", description: "Its tasks, and when it was last seen" }])
)

const token = Command.make(
  "token",
  { ...Connection.flags, host },
  ({ host, json, ...connection }) =>
    Connection.run(connection, (client) =>
      Effect.flatMap(
        client.buildNodes.token({ params: { name: host } }),
        (made) => Console.log(json ? JSON.stringify(made) : made.token)
      ))
).pipe(
  Command.withDescription("Make a token for a build node, in place of the one it had; it is shown this once"),
  Command.withExamples([{ command: "orch node token builder01", description: "For jwt_token of its configuration" }])
)

const next = Command.make(
  "next",
  { ...Connection.flags },
  ({ json, ...connection }) =>
    Connection.run(connection, (client) =>
      Effect.flatMap(
        client.repositories.nextNode({ headers: {} }),
        (node) => Console.log(json ? JSON.stringify(node) : node.url)
      ))
).pipe(
  Command.withDescription("Take the next node's turn and print its address"),
  Command.withExamples([{ command: "orch node next", description: "Where the next packages go" }])
)

const register = Command.make(
  "register",
  { ...Connection.flags, host },
  ({ host, json, ...connection }) =>
    Connection.run(connection, (client) =>
      Effect.flatMap(
        client.repositories.registerNode({ params: { host }, headers: {} }),
        (node) => show(json, node)
      ))
).pipe(
  Command.withDescription("Add a node to the pool; it is probed at once"),
  Command.withExamples([{
    command: "orch node register chacra01.example",
    description: "Probes https://chacra01.example/health/"
  }])
)

const adjusting = (name: string, about: string, change: { readonly draining: boolean }) =>
  Command.make(
    name,
    { ...Connection.flags, host },
    ({ host, json, ...connection }) =>
      Connection.run(connection, (client) =>
        Effect.gen(function*() {
          if ((yield* builderOf(client, host)) !== undefined) {
            const builder = yield* client.buildNodes.adjust({ params: { name: host }, payload: change })
            return yield* Console.log(json ? JSON.stringify(builder, null, 2) : BuildNodes.table([builder]))
          }
          yield* storageOf(client, host)
          yield* show(json, yield* client.repositories.adjustNode({ params: { host }, headers: {}, payload: change }))
        }))
  ).pipe(
    Command.withDescription(about),
    Command.withExamples([{
      command: `orch node ${name} builder01`,
      description: change.draining ? "What it builds it may finish" : "It gets tasks again"
    }])
  )

const slots = Command.make("slots", {
  ...Connection.flags,
  host,
  slots: Argument.Int("slots").pipe(Argument.withDescription("1 to 1000: how many tasks it builds at the same time"))
}, ({ host, json, slots, ...connection }) =>
  Connection.run(connection, (client) =>
    Effect.flatMap(
      client.buildNodes.adjust({ params: { name: host }, payload: { slots } }),
      (builder) => Console.log(json ? JSON.stringify(builder, null, 2) : BuildNodes.table([builder]))
    ))).pipe(
    Command.withDescription("Say how many tasks a build node builds at the same time"),
    Command.withExamples([{ command: "orch node slots builder01 4", description: "Four at the same time" }])
  )

const weight = Command.make("weight", {
  ...Connection.flags,
  host,
  weight: Argument.Int("weight").pipe(Argument.withDescription("1 to 100; twice the weight, twice the uploads"))
}, ({ host, json, weight, ...connection }) =>
  Connection.run(connection, (client) =>
    Effect.flatMap(
      client.repositories.adjustNode({ params: { host }, headers: {}, payload: { weight } }),
      (node) => show(json, node)
    ))).pipe(
    Command.withDescription("Set a node's share of the uploads"),
    Command.withExamples([{
      command: "orch node weight store01.example.org 50",
      description: "Half as many as with 100"
    }])
  )

const remove = Command.make(
  "remove",
  { ...Connection.flags, host },
  ({ host, json, ...connection }) =>
    Connection.run(connection, (client) =>
      Effect.andThen(
        client.repositories.removeNode({ params: { host }, headers: {} }),
        Console.log(json ? JSON.stringify({ removed: host }) : `${host} is no longer in the pool.`)
      ))
).pipe(
  Command.withDescription("Forget a node"),
  Command.withExamples([{
    command: "orch node remove store01.example.org",
    description: "Nothing is uploaded there any more"
  }])
)

/**
 * `orch node …`: list, show and drain nodes, make tokens for build nodes and say how many tasks they build at once; register, weigh and remove storage nodes, and ask for the
 * next one, which takes its turn.
 */
export const command = Command.make("node").pipe(
  Command.withDescription("Storage nodes and build nodes"),
  Command.withSubcommands([
    list,
    shown,
    token,
    next,
    register,
    adjusting("drain", "Give a node no more uploads, or no more tasks", { draining: true }),
    adjusting("undrain", "Give it uploads or tasks again", { draining: false }),
    slots,
    weight,
    remove
  ])
)
