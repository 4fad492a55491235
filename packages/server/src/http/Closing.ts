/**
 * How a server ends its connections. Node.js ends those between two requests when it stops listening, and waits for all others: also for
 * those over which nobody has asked anything yet, as browsers keep them in store, and for those whose last request ends meanwhile, which it
 * keeps for a next one. So anybody could hold back a server that is to stop.
 */
import type { Server } from "node:http"
import type { Socket } from "node:net"

/**
 * The same server: once it is to close, it ends at once connections that nothing was sent over, soon those whose request was answered
 * meanwhile, and after so many milliseconds all that are left.
 */
export const prompt = <S extends Server>(server: S, patience: number): S => {
  const sockets = new Set<Socket>()
  server.on("connection", (socket: Socket) => {
    sockets.add(socket)
    socket.once("close", () => sockets.delete(socket))
  })
  const close = server.close.bind(server)
  server.close = (done) => {
    server.keepAliveTimeout = 1
    close(done)
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy()
    setTimeout(() => server.closeAllConnections(), patience).unref()
    return server
  }
  return server
}
