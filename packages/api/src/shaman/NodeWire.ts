/** A storage node as shaman shows it, and what may be a node's host. */
import * as Timestamp from "./Timestamp.ts"

/**
 * A storage node in shaman's JSON. Times are as `Timestamp.formatNaive` writes them; `last_check` is null before the
 * first probe.
 */
export interface NodeWire {
  readonly host: string
  readonly last_used: string
  readonly last_check: string | null
  readonly healthy: boolean
  readonly down_count: number
}

/** What shaman shows of a storage node. Times are microseconds since the epoch. */
export interface NodeTimes {
  readonly host: string
  readonly lastUsed: bigint
  readonly lastCheck: bigint | null
  readonly healthy: boolean
  readonly downCount: number
}

/** A storage node in shaman's JSON, its times in UTC without zone. */
export const encode = (node: NodeTimes): NodeWire => ({
  host: node.host,
  last_used: Timestamp.formatNaive(node.lastUsed),
  last_check: node.lastCheck === null ? null : Timestamp.formatNaive(node.lastCheck),
  healthy: node.healthy,
  down_count: node.downCount
})

/** A host name or address with an optional port: what may stand between `https://` and `/health/`. */
export const isHost = (text: string): boolean =>
  text.length <= 253 + 6 &&
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/
    .test(text)
