/**
 * What a module build's commands wait for outside: a hub, a git server, a gate that is away. The build stays in its state and
 * says so in its reason; what it said before it says again when nothing keeps it waiting any more.
 */
import * as Schema from "effect/Schema"
import * as Waiting from "../farm/Waiting.ts"

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
