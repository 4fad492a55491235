/** Whom a reverse proxy says it has authenticated, by Kerberos for example; taken from the proxies that are named and from nobody else. */
import { timingSafeEqual } from "node:crypto"
import type { Asking, Caller } from "./Caller.ts"

/** Which proxies, and which headers. */
export interface Settings {
  readonly trustedProxies: ReadonlyArray<string>
  readonly remoteUserHeader: string | undefined
  readonly remoteGroupsHeader: string | undefined
}

const bare = (address: string): string => address.replace(/^::ffff:/i, "")

const same = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(bare(one)), Buffer.from(bare(other))]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Whether the request comes from a proxy whose word is taken. */
export const isTrusted = ({ trustedProxies }: Settings, { remoteAddress }: Asking): boolean =>
  remoteAddress._tag === "Some" && trustedProxies.some((proxy) => same(proxy, remoteAddress.value))

/**
 * The caller that a trusted proxy names; `undefined` where it names none. The realm of a Kerberos principal is left out.
 *
 * Several headers arrive as one, with commas between: a proxy that adds its own to what a caller sent names nobody, since the first
 * of them is the caller's word.
 */
export const caller = (settings: Settings, request: Asking): Caller | undefined => {
  if (settings.remoteUserHeader === undefined || !isTrusted(settings, request)) return undefined
  const said = request.headers[settings.remoteUserHeader.toLowerCase()]?.trim()
  if (said === undefined || said.includes(",")) return undefined
  const name = said.replace(/@.*$/, "")
  if (name === "" || name === "(null)") return undefined
  const groups = settings.remoteGroupsHeader === undefined
    ? []
    : (request.headers[settings.remoteGroupsHeader.toLowerCase()] ?? "").split(",")
  return { name, groups: new Set(groups.map((group) => group.trim()).filter((group) => group !== "")) }
}
