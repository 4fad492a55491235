/**
 * What CI systems say of artifacts, in the form that Fedora CI's messages have: each becomes a result, once, as if it had been
 * reported to ResultsDB.
 */
import * as GatingTime from "@orch/api/gating/GatingTime"
import type * as ResultWire from "@orch/api/gating/ResultWire"
import * as Nsvc from "@orch/core/Nsvc"
import * as TagPlan from "@orch/core/resolution/TagPlan"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { TestResults } from "../../gating/TestResults.ts"
import { type Handled, HandlingFailed, type KeptHandler, members, textAt } from "../InboxHandler.ts"

const topic = /(?:^|\.)ci\.([a-z0-9_-]+)\.test\.(complete|error|running|queued)$/

/** Outcomes by what a test that ended says. */
const results = new Map([
  ["passed", "PASSED"],
  ["failed", "FAILED"],
  ["info", "INFO"],
  ["not_applicable", "INFO"],
  ["needs_inspection", "NEEDS_INSPECTION"]
])
const stages: Readonly<Record<string, string>> = { error: "ERROR", running: "RUNNING", queued: "QUEUED" }

const rpmBuilds = new Set(["koji-build", "brew-build", "koji_build", "brew_build"])

/** What gates know the artifact as; `undefined` where the message does not say enough. */
const artifactOf = (artifact: unknown): { readonly type: string; readonly item: string } | undefined => {
  const type = textAt(artifact, "type")
  if (type === undefined) return undefined
  if (type.endsWith("-module")) {
    const nsvc = textAt(artifact, "nsvc")
    const parsed = nsvc === undefined ? undefined : Nsvc.parse(nsvc)
    const item = textAt(artifact, "nvr")
      ?? (parsed !== undefined && Result.isSuccess(parsed)
        ? TagPlan.cgNvr({ ...parsed.success, scratch: false })
        : undefined)
    return item === undefined ? undefined : { type, item }
  }
  const item = textAt(artifact, "nvr") ?? textAt(artifact, "compose_id") ?? textAt(artifact, "id")
  return item === undefined ? undefined : { type: rpmBuilds.has(type) ? "koji_build" : type, item }
}

const aboutScratch = "It is about a scratch build, which no gate asks about"

const isArray = (value: unknown): value is ReadonlyArray<unknown> => Array.isArray(value)

/** The result that a message tells of, or why it tells of none. */
export const resultOf = (
  { body, topic: name }: Pick<Handled, "body" | "topic">
): Result.Result<ResultWire.ResultPost, string> => {
  const [, , stage = ""] = topic.exec(name) ?? []
  const { artifact, run, system, test } = members(body)
  const known = artifactOf(artifact)
  if (known === undefined) return Result.fail("It does not say which artifact was tested")
  const scratch = members(artifact)["scratch"]
  if (scratch === true) return Result.fail(aboutScratch)
  const parts = ["namespace", "type", "category"].map((key) => textAt(test, key))
  const [namespace, type, category] = parts
  if (namespace === undefined || type === undefined || category === undefined) {
    return Result.fail("It does not say which test it is about: namespace, type and category are needed")
  }
  const outcome = stage === "complete" ? results.get(textAt(test, "result") ?? "") : stages[stage]
  if (outcome === undefined) return Result.fail("It has no result that is known")
  const [first] = isArray(system) ? system : [system]
  const data: Record<string, ReadonlyArray<string>> = { item: [known.item], type: [known.type] }
  const add = (key: string, value: string | undefined) => value === undefined ? undefined : data[key] = [value]
  add("scenario", textAt(test, "scenario"))
  add("system_architecture", textAt(first, "architecture"))
  add("system_os", textAt(first, "os"))
  add("nsvc", textAt(artifact, "nsvc"))
  return Result.succeed({
    testcase: { name: `${namespace}.${type}.${category}`.slice(0, 255), refUrl: undefined },
    outcome,
    submitTime: undefined,
    note: textAt(test, "note") ?? textAt(body, "reason"),
    refUrl: textAt(run, "url"),
    errorReason: textAt(members(body)["error"], "reason"),
    groups: [],
    data
  })
}

/**
 * When a message was sent, as far as that has been: of two results the one that was sent later counts, whichever comes first. What says
 * nothing, or something that is still to come, counts from now.
 */
const sentTime = (sentAt: string | undefined, now: number): string | undefined => {
  const sent = sentAt === undefined ? Number.NaN : Date.parse(sentAt)
  return Number.isNaN(sent) || sent >= now ? undefined : GatingTime.parseSubmitTime(sent)
}

const subject = ({ body }: Handled): string => {
  const { artifact, test } = members(body)
  const known = artifactOf(artifact)
  return `${known?.type ?? ""}/${known?.item ?? ""}/${textAt(test, "type") ?? ""}`
}

/** The handler. */
export const make = Effect.map(TestResults, ({ postOnce }): KeptHandler => ({
  _tag: "Kept",
  name: "ci",
  kind: "ci",
  accepts: (name) => topic.test(name),
  subject,
  handle: Effect.fnUntraced(function*(message) {
    const result = resultOf(message)
    // Every build of a pull request is one: nobody has to look at them.
    if (Result.isFailure(result) && result.failure === aboutScratch) return `Not recorded: ${aboutScratch}`
    if (Result.isFailure(result)) return yield* new HandlingFailed({ message: result.failure, isRetryable: false })
    const submitTime = sentTime(message.sentAt, yield* Clock.currentTimeMillis)
    const stored = yield* postOnce(`message/${message.id}`, { ...result.success, submitTime })
    return stored === undefined ? "The result was known" : `Result ${stored.id}: ${stored.outcome}`
  })
}))
