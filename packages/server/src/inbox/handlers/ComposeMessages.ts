/** Pungi's composes: one that is finished is read from where its message says that it lies, and what it is made of feeds the graph. */
import * as Effect from "effect/Effect"
import { GraphFeeds } from "../../graph/GraphFeeds.ts"
import { HandlingFailed, type KeptHandler, textAt } from "../InboxHandler.ts"

const topic = /(?:^|\.)pungi\.compose\.status\.change$/

/** Composes of these states are there as a whole. */
const finished = new Set(["FINISHED", "FINISHED_INCOMPLETE"])

/** The handler. */
export const make = Effect.map(GraphFeeds, ({ importCompose, readCompose }): KeptHandler => ({
  _tag: "Kept",
  name: "compose",
  kind: "compose",
  accepts: (name) => topic.test(name),
  subject: ({ body }) => textAt(body, "compose_id") ?? "",
  handle: Effect.fnUntraced(function*({ body }) {
    const status = textAt(body, "status") ?? ""
    if (!finished.has(status)) return `Nothing is read of a compose that is ${status === "" ? "in no state" : status}`
    const location = textAt(body, "location")
    if (location === undefined) {
      return yield* new HandlingFailed({ message: "It does not say where the compose lies", isRetryable: false })
    }
    const { compose, documents } = yield* readCompose(location).pipe(
      Effect.mapError(({ isRetryable, message }) => new HandlingFailed({ isRetryable, message }))
    )
    const told = textAt(body, "compose_id")
    if (told !== undefined && told !== compose.id) {
      return yield* new HandlingFailed({
        message: `At ${location} lies ${compose.id}, not ${told}`,
        isRetryable: false
      })
    }
    const { edges, modules, packages } = yield* importCompose(compose, documents, "message")
    return `${compose.id}: ${packages} packages, ${modules} modules, ${edges} edges`
  })
}))
