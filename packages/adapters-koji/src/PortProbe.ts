/**
 * Finds out whether anybody listens at a hub's port, without asking the hub anything: while work there takes its time, nothing else
 * tells that it is gone.
 */
import * as Effect from "effect/Effect"
import { connect } from "node:net"

/** Milliseconds a connection may take. */
const patience = 3000

/** `refused`: the machine is there, and nobody listens. `silent`: nothing came back in time, or the machine was not found. */
export type Answer = "listens" | "refused" | "silent"

/** Connects to the host and port of the URL, and to nothing behind them. Never fails. */
export const ask = (url: URL): Effect.Effect<Answer> =>
  Effect.callback((resume) => {
    const socket = connect({
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: Number(url.port || (url.protocol === "https:" ? 443 : 80)),
      timeout: patience
    })
    const answer = (is: Answer) => {
      socket.destroy()
      resume(Effect.succeed(is))
    }
    socket.on("connect", () => answer("listens"))
    socket.on(
      "error",
      (error) => answer("code" in error && error.code === "ECONNREFUSED" ? "refused" : "silent")
    )
    socket.on("timeout", () => answer("silent"))
    return Effect.sync(() => void socket.destroy())
  })
