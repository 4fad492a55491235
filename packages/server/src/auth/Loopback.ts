/** Which addresses only this machine reaches, however they are spelled. What is not surely one of them is none. */
import { BlockList, isIP } from "node:net"

const loopback = new BlockList()
loopback.addSubnet("127.0.0.0", 8, "ipv4")
loopback.addAddress("::1", "ipv6")

const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i

/** Whether an address to listen on, or to be called from, is a loopback address: an IP address or `localhost`. */
export const isLoopback = (host: string): boolean => {
  const bare = host.replace(/^\[(.*)\]$/, "$1")
  if (bare.toLowerCase() === "localhost") return true
  const ipv4 = mapped.exec(bare)?.[1] ?? bare
  const family = isIP(ipv4)
  return family !== 0 && loopback.check(ipv4, family === 4 ? "ipv4" : "ipv6")
}
