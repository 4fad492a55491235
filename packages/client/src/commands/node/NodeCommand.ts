/** `orch node …`: the pool of storage nodes that take uploads in turn. */
import type { StorageNode } from "@orch/api/shaman/RepositoriesApi"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Connection from "../Connection.ts"
import * as Table from "../Table.ts"

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
      Effect.flatMap(client.repositories.nodes(), (nodes) =>
        Console.log(
          json ? JSON.stringify(nodes, null, 2) : nodes.length === 0 ? "There are no storage nodes." : table(nodes)
        )))
).pipe(Command.withDescription("List the pool"))

const next = Command.make(
  "next",
  { ...Connection.flags },
  ({ json, ...connection }) =>
    Connection.run(connection, (client) =>
      Effect.flatMap(
        client.repositories.nextNode({ headers: {} }),
        (node) => Console.log(json ? JSON.stringify(node) : node.url)
      ))
).pipe(Command.withDescription("Take the next node's turn and print its address"))

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
        Effect.flatMap(
          client.repositories.adjustNode({ params: { host }, headers: {}, payload: change }),
          (node) => show(json, node)
        ))
  ).pipe(Command.withDescription(about))

const weight = Command.make("weight", {
  ...Connection.flags,
  host,
  weight: Argument.Int("weight").pipe(Argument.withDescription("1 to 100; twice the weight, twice the uploads"))
}, ({ host, json, weight, ...connection }) =>
  Connection.run(connection, (client) =>
    Effect.flatMap(
      client.repositories.adjustNode({ params: { host }, headers: {}, payload: { weight } }),
      (node) => show(json, node)
    ))).pipe(Command.withDescription("Set a node's share of the uploads"))

const remove = Command.make(
  "remove",
  { ...Connection.flags, host },
  ({ host, json, ...connection }) =>
    Connection.run(connection, (client) =>
      Effect.andThen(
        client.repositories.removeNode({ params: { host }, headers: {} }),
        Console.log(json ? JSON.stringify({ removed: host }) : `${host} is no longer in the pool.`)
      ))
).pipe(Command.withDescription("Forget a node"))

/**
 * `orch node …`: list, register, weigh, drain and remove storage nodes, and ask for the next one, which takes its turn.
 */
export const command = Command.make("node").pipe(
  Command.withDescription("The pool of storage nodes"),
  Command.withSubcommands([
    list,
    next,
    register,
    adjusting("drain", "Give a node no more uploads", { draining: true }),
    adjusting("undrain", "Give it uploads again", { draining: false }),
    weight,
    remove
  ])
)
