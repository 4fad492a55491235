/** Ports for programs that cannot choose one themselves. */
import * as Net from "node:net"

/** One that was free a moment ago, on 127.0.0.1. */
export const find = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = Net.createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })
