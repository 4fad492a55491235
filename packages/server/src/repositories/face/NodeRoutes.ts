/** `/api/nodes/…`: the pool, registering (which is a node's own health ping), and whose turn it is. */
import * as NodeWire from "@orch/api/shaman/NodeWire"
import * as Effect from "effect/Effect"
import { StorageNodes } from "../StorageNodes.ts"
import * as Answer from "./Answer.ts"
import type * as Call from "./Call.ts"

/** `/api/nodes/`: every node by its host. */
export const list = Effect.fnUntraced(function*(call: Call.Call) {
  const nodes = yield* StorageNodes
  const all = yield* nodes.list
  return Answer.json(call, Object.fromEntries(all.map((node) => [node.host, NodeWire.encode(node)])))
})

export const noneHealthy = "There are no healthy chacra nodes available."

/** `/api/nodes/next/`: the address of the next node, bare, with a slash at its end. Changes the rotation, so it needs a writer. */
export const next = Effect.fnUntraced(function*(call: Call.Call) {
  const node = yield* (yield* StorageNodes).next
  return node === undefined ? Answer.notFound(call, noneHealthy) : Answer.text(`https://${node.host}/`)
})

/** `/api/nodes/(host)/`. The body of a registration is ignored, and a node that does not answer is recorded all the same. */
export const one = Effect.fnUntraced(function*(call: Call.Call, host: string) {
  const nodes = yield* StorageNodes
  switch (call.method) {
    case "GET": {
      const node = yield* nodes.get(host)
      return node === undefined ? Answer.notFound(call) : Answer.json(call, NodeWire.encode(node))
    }
    case "POST": {
      if (!NodeWire.isHost(host)) {
        return Answer.badRequest(call, "a node is named by its host, with a port when it is not 443")
      }
      yield* nodes.register(host)
      return Answer.accepted
    }
    default:
      return Answer.notAllowed(call, "GET", "POST")
  }
})
