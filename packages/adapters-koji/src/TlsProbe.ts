/** Finds out whether a port speaks TLS: who writes `http://` to one that does sees a connection that breaks without a word. */
import * as Effect from "effect/Effect"
import { connect } from "node:tls"

/** Milliseconds a handshake may take. */
const patience = 3000

/** Whether a handshake succeeds at the host and port of the URL, whatever the certificate says. Never fails. */
export const speaksTls = (url: URL): Effect.Effect<boolean> =>
  Effect.callback((resume) => {
    const socket = connect({
      host: url.hostname,
      port: Number(url.port || 80),
      rejectUnauthorized: false,
      timeout: patience
    })
    const answer = (speaks: boolean) => {
      socket.destroy()
      resume(Effect.succeed(speaks))
    }
    socket.on("secureConnect", () => answer(true))
    socket.on("error", () => answer(false))
    socket.on("timeout", () => answer(false))
    return Effect.sync(() => void socket.destroy())
  })
