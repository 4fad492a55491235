/**
 * Which addresses the server may talk to: a table of ranges, asked about an address that a name has become, never about a name.
 *
 * The ranges follow the registries of special addresses (RFC 6890, IANA IPv4 and IPv6 special-purpose) and the places where clouds
 * hand out a machine's secrets. An IPv4 address has other spellings inside IPv6 (mapped, compatible, NAT64, 6to4); each range stands
 * for all of them.
 */
import * as Result from "effect/Result"
import { BlockList, isIP } from "node:net"

/** `never`: nobody may be asked there. `inside`: this machine or its own networks. `outside`: the rest. */
export type Place = "never" | "inside" | "outside"

const neverIpv4 = [
  "169.254.0.0/16", // link-local; AWS, Google, Azure and OpenStack serve metadata here
  "100.100.100.200/32", // Alibaba Cloud metadata
  "168.63.129.16/32", // Azure's agent
  "192.0.0.192/32", // Oracle Cloud metadata
  "224.0.0.0/4", // multicast
  "255.255.255.255/32"
]

const neverIpv6 = [
  "fe80::/10", // link-local
  "fd00:ec2::/32", // AWS metadata
  "fd20:ce::254/128", // Google metadata
  "fd00:42::42/128", // Scaleway metadata
  "ff00::/8" // multicast
]

const insideIpv4 = [
  "0.0.0.0/8", // this host
  "10.0.0.0/8",
  "100.64.0.0/10", // shared by carriers
  "127.0.0.0/8", // loopback
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24", // examples
  "192.168.0.0/16",
  "198.18.0.0/15", // benchmarks
  "198.51.100.0/24", // examples
  "203.0.113.0/24", // examples
  "240.0.0.0/4" // reserved
]

const insideIpv6 = [
  "::/128",
  "::1/128", // loopback
  "64:ff9b:1::/48", // NAT64 of one's own
  "100::/64", // discard
  "2001::/23", // Teredo and other protocols
  "2001:db8::/32", // examples
  "5f00::/16", // segment routing
  "fc00::/7", // unique local
  "fec0::/10" // site-local
]

const split = (range: string): readonly [string, number] => {
  const slash = range.indexOf("/")
  return [range.slice(0, slash), Number(range.slice(slash + 1))]
}

const hex = (address: string): string => {
  const [a = 0, b = 0, c = 0, d = 0] = address.split(".").map(Number)
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
}

/** IPv4 ranges, in every spelling that IPv6 has for them (a BlockList knows mapped addresses by itself), and IPv6 ranges. */
const ranges = (ipv4: ReadonlyArray<string>, ipv6: ReadonlyArray<string>): BlockList => {
  const list = new BlockList()
  for (const [address, prefix] of ipv4.map(split)) {
    list.addSubnet(address, prefix, "ipv4")
    list.addSubnet(`::${hex(address)}`, 96 + prefix, "ipv6")
    list.addSubnet(`64:ff9b::${hex(address)}`, 96 + prefix, "ipv6")
    list.addSubnet(`2002:${hex(address)}::`, 16 + prefix, "ipv6")
  }
  for (const [address, prefix] of ipv6.map(split)) list.addSubnet(address, prefix, "ipv6")
  return list
}

const never = ranges(neverIpv4, neverIpv6)
const inside = ranges(insideIpv4, insideIpv6)

const holds = (list: BlockList, address: string, family: number): boolean =>
  list.check(address, family === 4 ? "ipv4" : "ipv6")

/** An address without brackets and without the interface it is reached by. */
const plain = (address: string): string => address.replace(/^\[(.*)\]$/, "$1").replace(/%.*$/, "")

/** Where an IP address lies; what is no IP address is `never`. */
export const placeOf = (address: string): Place => {
  const bare = plain(address)
  const family = isIP(bare)
  if (family === 0 || holds(never, bare, family)) return "never"
  return holds(inside, bare, family) ? "inside" : "outside"
}

/** What an operator allows beyond the rules: names in lower case, and ranges. */
export interface Allowed {
  readonly names: ReadonlySet<string>
  readonly ranges: BlockList
}

/** Nothing beyond the rules. */
export const nothing: Allowed = { names: new Set(), ranges: new BlockList() }

/** A part of ORCH_OUTGOING_ALLOW that is no range, no address and no name. */
export interface InvalidAllowed {
  readonly message: string
}

const namePattern = /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.?$/

const alike = (name: string): string => name.toLowerCase().replace(/\.$/, "")

/** Reads `10.1.0.0/16, fd12::/48, 192.168.7.4, store.internal`. Fails for the first part that is none of these. */
export const parseAllowed = (text: string): Result.Result<Allowed, InvalidAllowed> => {
  const names = new Set<string>()
  const list = new BlockList()
  for (const part of text.split(",").map((each) => each.trim()).filter((each) => each !== "")) {
    const [, address = "", prefix] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(part) ?? []
    const family = isIP(plain(address))
    const bits = family === 4 ? 32 : 128
    if (family !== 0 && Number(prefix ?? bits) <= bits) {
      list.addSubnet(plain(address), Number(prefix ?? bits), family === 4 ? "ipv4" : "ipv6")
    } else if (family === 0 && prefix === undefined && namePattern.test(part.toLowerCase()) && !/^[\d.]+$/.test(part)) {
      names.add(alike(part))
    } else return Result.fail({ message: `"${part}" is no range such as 10.1.0.0/16, no address and no host name` })
  }
  return Result.succeed({ names, ranges: list })
}

/** Who named the host that is to be asked: the operator's own configuration, or somebody who talks to the server. */
export type NamedBy = "operator" | { readonly stranger: Allowed }

/** Whether a host may be asked at an address that its name has become. A host that is written as an address becomes itself. */
export const permits = (namedBy: NamedBy, host: string, address: string): boolean => {
  switch (placeOf(address)) {
    case "never":
      return false
    case "outside":
      return true
    case "inside": {
      if (namedBy === "operator") return true
      const { names, ranges } = namedBy.stranger
      const bare = plain(address)
      return names.has(alike(host)) || holds(ranges, bare, isIP(bare))
    }
  }
}
