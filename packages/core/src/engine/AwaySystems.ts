/**
 * Which systems outside commands and questions of this server have found away lately: hubs, git servers, gates, storages.
 *
 * What waits tries again every few seconds, so a system that nobody has told of for a while is not waited for any more.
 */
import * as Context from "effect/Context"
import type { Wait } from "../life/Life.ts"

/** What is known, and how it gets known. Times are milliseconds since the epoch. */
export interface AwaySystems {
  /** Somebody waits for it, as of now. */
  readonly tell: (waiting: Wait, now: number) => void
  /** Every system that was ever told of, and what is waited for where it still is. */
  readonly known: (now: number) => ReadonlyMap<string, Wait | undefined>
}

/** Somebody who waits tells again in less than this. */
const fresh = 30_000
/** Systems that are remembered; names come from settings and from modules. */
const most = 200

/** Nobody waits for anything. */
export const make = (): AwaySystems => {
  const told = new Map<string, { readonly waiting: Wait; readonly at: number }>()
  return {
    tell: (waiting, at) => {
      const before = told.get(waiting.on)
      const since = before !== undefined && at - before.at < fresh ? before.waiting.since : waiting.since
      told.delete(waiting.on)
      told.set(waiting.on, { waiting: { ...waiting, since: Math.min(since, waiting.since) }, at })
      const [oldest] = told.keys()
      if (told.size > most && oldest !== undefined) told.delete(oldest)
    },
    known: (now) => new Map([...told].map(([on, one]) => [on, now - one.at < fresh ? one.waiting : undefined]))
  }
}

/** Those of this process, unless a program provides its own. */
export const AwaySystems: Context.Reference<AwaySystems> = Context.Reference("@orch/core/engine/AwaySystems", {
  defaultValue: make
})
