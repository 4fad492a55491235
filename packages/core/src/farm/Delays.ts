/**
 * What the commands of a process wait for outside: a hub, a git server, a gate, a storage that is away. The process stays in its
 * state and says so in its reason; what it said before it says again when nothing keeps it waiting any more.
 */
import * as Schema from "effect/Schema"
import * as Waiting from "./Waiting.ts"

/** One command that waits, or one question about what is under way. */
export const Delay = Schema.Struct({
  ...Waiting.Waiting.fields,
  /** Tag of the command, or one of the `questions`. */
  command: Schema.String,
  /** When this was told, in milliseconds since the epoch. */
  at: Schema.Number
})
export interface Delay extends Schema.Schema.Type<typeof Delay> {}

/** What keeps a build waiting, and what it said before. */
export const Delays = Schema.Struct({
  /** In the order in which they began; never empty. */
  waits: Schema.Array(Delay),
  reason: Schema.String,
  remark: Schema.optionalKey(Schema.String)
})
export interface Delays extends Schema.Schema.Type<typeof Delays> {}

/** What stands for a command where none waits: what is asked about things under way, and whether the farm can be used at all. */
const questions: ReadonlySet<string> = new Set(["ObserveTasks", "ObserveRepositories", "UseFarm"])

/** Whether nobody asks any more when the build has ended. */
export const isQuestion = (command: string): boolean => questions.has(command)

/** What can be kept waiting. */
export interface Delayed {
  readonly reason: string
  readonly remark?: string
  readonly delays?: Delays
}

/** What a command waits for; undefined where it does not wait. */
export const of = ({ delays }: Delayed, command: string): Delay | undefined =>
  delays?.waits.find((one) => one.command === command)

/** The build as it would be if nothing kept it waiting. */
export const without = <B extends Delayed>(build: B): Omit<B, "delays" | "remark"> & Omit<Delayed, "delays"> => {
  const { delays, remark, ...rest } = build
  if (delays === undefined) return remark === undefined ? rest : { ...rest, remark }
  return {
    ...rest,
    // What was said meanwhile about something else stands.
    reason: delays.waits.some((one) => Waiting.describe(one) === build.reason) ? delays.reason : build.reason,
    ...(delays.remark === undefined ? {} : { remark: delays.remark })
  }
}

/** What is told of a command that waits, or, without `waiting`, goes on. */
export const CommandDelayed = Schema.TaggedStruct("CommandDelayed", {
  /** Milliseconds since the epoch. */
  at: Schema.Number,
  command: Schema.String,
  waiting: Schema.optionalKey(Waiting.Waiting)
})
export interface CommandDelayed extends Schema.Schema.Type<typeof CommandDelayed> {}

/** The event for a command of any life that keeps its delays. */
export const event = (command: string, waiting: Waiting.Waiting | undefined, at: number): CommandDelayed => ({
  _tag: "CommandDelayed",
  at,
  command,
  ...(waiting === undefined ? {} : { waiting })
})

/** Another reason of the same system is told after so many milliseconds: some say something else each time. */
const settled = 60_000

/** What keeps a process waiting after an event, and the delay in it whose system nobody waited for before. */
export interface After {
  readonly waits: ReadonlyArray<Delay>
  readonly told: Delay | undefined
}

/** What follows from the event for what is known; undefined where nothing is new. */
export const after = (
  known: ReadonlyArray<Delay>,
  { at, command, waiting }: Omit<CommandDelayed, "_tag">
): After | undefined => {
  const before = known.find((one) => one.command === command)
  const others = known.filter((one) => one !== before)
  if (waiting === undefined) return before === undefined ? undefined : { waits: others, told: undefined }
  const isSame = before?.on === waiting.on
  if (isSame && (before.reason === waiting.reason || at - before.at < settled)) return undefined
  const delay: Delay = {
    command,
    ...waiting,
    since: isSame ? Math.min(before.since, waiting.since) : waiting.since,
    at
  }
  // Everybody hears once of a system that is away.
  return { waits: [...others, delay], told: known.every(({ on }) => on !== waiting.on) ? delay : undefined }
}

/**
 * A process that has no remarks of its own after the event; undefined where nothing is new. Its reason says what it waits for, unless
 * it has ended: then that says how.
 */
export const tell = <S extends { readonly reason: string; readonly delays?: Delays }>(
  state: S,
  event: CommandDelayed,
  hasEnded: boolean
): { readonly state: S; readonly told: Delay | undefined } | undefined => {
  const next = after(state.delays?.waits ?? [], event)
  if (next === undefined) return undefined
  const { delays, ...rest } = state
  const reason = delays?.waits.some((one) => Waiting.describe(one) === state.reason) === true
    ? delays.reason
    : state.reason
  const [first] = next.waits
  const changed = first === undefined
    ? { ...rest, reason }
    : { ...rest, delays: { waits: next.waits, reason }, reason: hasEnded ? reason : Waiting.describe(first) }
  // The rest of the state with its own two fields is the state again.
  return { state: changed as unknown as S, told: next.told }
}

/** What a process waits for, a sentence each. */
export const sentences = ({ delays }: { readonly delays?: Delays }): ReadonlyArray<string> => [
  ...new Set((delays?.waits ?? []).map((one) => `It is ${Waiting.describe(one)}.`))
]
