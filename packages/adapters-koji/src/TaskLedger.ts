/**
 * Our own build tasks at a hub, by key: what a submission looks at before it submits.
 *
 * Koji has no idempotency key. Ours travels in `custom_user_metadata`, and `listTasks` of our user shows it again, whatever
 * became of the answer and of the process that sent it. The first look takes the past weeks, later ones what came since,
 * with an overlap for transactions that were still open then. Tasks that run longer are asked about by their ids: what is known
 * of them decides whether a component is built again.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { decode, Task } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiError } from "./KojiError.ts"
import type { KojiHub } from "./KojiHub.ts"
import type { Plain, Struct } from "./XmlRpc.ts"

/** The member of `custom_user_metadata` that carries the key. */
export const keyMember = "orch"

/** One of our build tasks. `key` is undefined for tasks that carry none. */
export interface OwnTask {
  readonly id: number
  readonly key: string | undefined
  readonly source: string
  readonly target: string
  readonly state: number
}

/** What is known of our tasks at one hub. */
export interface TaskLedger {
  /** The call that shows what came since the last look, to go along with other reads. */
  readonly look: Effect.Effect<KojiCall.KojiCall>
  /** Takes the answer of `look`; asks on when there was more than one page. Our tasks as they are now, oldest first. */
  readonly absorb: (answer: Plain) => Effect.Effect<ReadonlyArray<OwnTask>, KojiError>
  /** Tasks just made, which the next look need not find first. */
  readonly remember: (tasks: ReadonlyArray<OwnTask>) => void
  /** Tasks that nobody is to take for the component whose key they carry. */
  readonly forget: (tasks: ReadonlyArray<number>) => void
}

/** Longer than a module build is kept going. */
const firstLook = 21 * 24 * 3600
/** Seconds by which looks overlap: more than a request lasts and clocks differ. */
const overlap = 3600
const page = 1000
/** Tasks kept in memory; older ones are long finished. */
const remembered = 50_000

const isUnfinished = (state: number): boolean => state === 0 || state === 1 || state === 4

const isStruct = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === "object"

/**
 * The key in a struct that has `custom_user_metadata`: a task's options, or what a build keeps of them in `extra`.
 * Undefined where there is none.
 */
export const keyIn = (struct: unknown): string | undefined => {
  const metadata = isStruct(struct) ? struct["custom_user_metadata"] : undefined
  const key = isStruct(metadata) ? metadata[keyMember] : undefined
  return typeof key === "string" ? key : undefined
}

/** `NAME` of a key `BUILD/NAME/ATTEMPT`; undefined where the key has no such part. */
export const componentOf = (key: string): string | undefined => key.split("/").at(-2)

const ownTask = (task: Task): OwnTask | undefined => {
  const [source, target, opts] = task.request ?? []
  if (typeof source !== "string" || typeof target !== "string") return undefined
  return { id: task.id, key: keyIn(opts), source, target, state: task.state }
}

/** A ledger that has not looked yet, of the tasks of this user. */
export const make = (hub: KojiHub, userId: number): TaskLedger => {
  const known = new Map<number, OwnTask>()
  let since: number | undefined

  const ask = (createdAfter: number, offset: number): KojiCall.KojiCall => {
    const opts: Struct = { owner: userId, method: "build", createdAfter, decode: true }
    return KojiCall.make("listTasks", [opts, { order: "-id", limit: page, offset }])
  }
  const start = Effect.map(Clock.currentTimeMillis, (now) => Math.floor(since ?? now / 1000 - firstLook))

  /** Those that began before the time that is listed, and had not ended when they were last seen. */
  const refresh = Effect.fnUntraced(function*(tasks: ReadonlyArray<OwnTask>) {
    if (tasks.length === 0) return
    const answer = yield* hub.read(KojiCall.make("getTaskInfo", [tasks.map(({ id }) => id)]))
    const rows = yield* decode(Schema.Array(Schema.NullOr(Task)), "getTaskInfo", answer)
    for (const [index, task] of tasks.entries()) {
      const row = rows[index]
      // A hub that was restored from a backup has lost what came after it.
      if (row === null || row === undefined) known.delete(task.id)
      else known.set(task.id, { ...task, state: row.state })
    }
  })

  const absorb = Effect.fnUntraced(function*(first: Plain) {
    const createdAfter = yield* start
    let newest = since ?? 0
    let answer = first
    const listed = new Set<number>()
    for (let offset = 0;;) {
      const rows = yield* decode(Schema.Array(Task), "listTasks", answer)
      for (const row of rows) {
        newest = Math.max(newest, (row.create_ts ?? 0) - overlap)
        listed.add(row.id)
        const own = ownTask(row)
        if (own !== undefined) known.set(own.id, own)
      }
      if (rows.length < page) break
      offset += page
      answer = yield* hub.read(ask(createdAfter, offset))
    }
    yield* refresh([...known.values()].filter(({ id, state }) => isUnfinished(state) && !listed.has(id)))
    // The hub's own clock counts, as far as a task has told it.
    if (newest > 0) since = newest
    for (const id of [...known.keys()].slice(0, Math.max(0, known.size - remembered))) known.delete(id)
    return [...known.values()].sort((a, b) => a.id - b.id)
  })
  return {
    look: Effect.map(start, (createdAfter) => ask(createdAfter, 0)),
    absorb,
    remember: (tasks) => tasks.forEach((task) => known.set(task.id, task)),
    forget: (tasks) => tasks.forEach((task) => known.delete(task))
  }
}
