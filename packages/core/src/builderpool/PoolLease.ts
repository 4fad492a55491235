/**
 * Who has a task, for how long, and whose report counts.
 *
 * A task is handed out to one node at a time. A lease that lapsed still holds until another node takes the task, so that a node
 * that was silent for a while loses nothing but its claim. A report counts when it comes from the node of the last hand-out, once.
 */
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import type { PoolTask } from "./PoolTask.ts"

/** For how long and how often a task is handed out. */
export interface LeaseSettings {
  /** Milliseconds without a sign of the node after which others may have its tasks. */
  readonly millis: number
  /** Hand-outs after which a task that nobody finishes is given up. */
  readonly tries: number
}

/** 20 minutes as nodes of today are given, and three tries: a package that kills its builder ends. */
export const defaults: LeaseSettings = { millis: 20 * 60_000, tries: 3 }

/** Why a report does not count. It changes nothing. */
export class LateReport extends Data.TaggedError("LateReport")<{
  readonly reason: "Reported" | "Withdrawn" | "Abandoned" | "OtherNode" | "OtherHandOut" | "NeverHandedOut"
}> {
  override get message(): string {
    return sentences[this.reason]
  }
}

const sentences: Record<LateReport["reason"], string> = {
  Reported: "the task has been reported already",
  Withdrawn: "the task was canceled",
  Abandoned: "the task was given up",
  OtherNode: "another node has the task",
  OtherHandOut: "the task was handed out anew since",
  NeverHandedOut: "the task was not handed out"
}

/**
 * The task handed to a node at `at` (milliseconds since the epoch): leased, with one try more and the number of that
 * try as its token.
 */
export const grant = (task: PoolTask, node: string, at: number, { millis }: LeaseSettings): PoolTask => ({
  ...task,
  state: "leased",
  tries: task.tries + 1,
  lease: { node, token: task.tries + 1, since: at, until: at + millis }
})

/** Whether this node's claim still holds: it has the task, or had it last and nobody else took it since. */
export const holds = (task: PoolTask, node: string): boolean =>
  (task.state === "leased" || task.state === "queued") && task.lease?.node === node

/** The node was heard of: its claim is renewed. A task that it does not hold stays as it is. */
export const extend = (task: PoolTask, node: string, at: number, { millis }: LeaseSettings): PoolTask =>
  holds(task, node)
    ? { ...task, state: "leased", lease: { ...task.lease!, until: Math.max(task.lease!.until, at + millis) } }
    : task

/** What time does to a task: a lapsed lease queues it again, or ends it when it was tried often enough. */
export const expire = (task: PoolTask, at: number, { tries }: LeaseSettings): PoolTask =>
  task.state !== "leased" || task.lease === undefined || task.lease.until > at
    ? task
    : { ...task, state: task.tries >= tries ? "abandoned" : "queued" }

/**
 * Takes a node's report. `token` is that of the hand-out, where the node was told it; nodes that know nothing of it are told
 * apart by who they are. Fails with `LateReport`.
 */
export const settle = (
  task: PoolTask,
  node: string,
  token: number | undefined
): Result.Result<PoolTask, LateReport> => {
  const refuse = (reason: LateReport["reason"]) => Result.fail(new LateReport({ reason }))
  switch (task.state) {
    case "reported":
      return refuse("Reported")
    case "withdrawn":
      return refuse("Withdrawn")
    case "abandoned":
      return refuse("Abandoned")
    default: {
      if (task.lease === undefined) return refuse("NeverHandedOut")
      if (task.lease.node !== node) return refuse("OtherNode")
      if (token !== undefined && token !== task.lease.token) return refuse("OtherHandOut")
      return Result.succeed({ ...task, state: "reported" })
    }
  }
}
