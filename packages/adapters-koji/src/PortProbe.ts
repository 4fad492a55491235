/**
 * Finds out whether anybody listens at a hub's port, without asking the hub anything: while work there takes its time, nothing else
 * tells that it is gone.
 */
import * as Effect from "effect/Effect"
import { connect } from "node:net"

/** Milliseconds a connection may take. */
const patience = 3000

/** Whether a connection can be made to the host and port of the URL. Never fails. */
export const listens = (url: URL): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    const socket = connect({
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: Number(url.port || (url.protocol === "https:" ? 443 : 80)),
      timeout: patience
    })
    const answer = (is: boolean) => {
      socket.destroy()
      resume(Effect.succeed(is))
    }
    socket.on("connect", () => answer(true))
    socket.on("error", () => answer(false))
    socket.on("timeout", () => answer(false))
    return Effect.sync(() => void socket.destroy())
  })
