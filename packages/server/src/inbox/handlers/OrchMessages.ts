/**
 * Announcements of other installations of this server, and of this one where its own come back: each is held to the schema of its topic and
 * kept once, in the order of its subject. A decision of a gate has the gate asked here; all else is news for those who look.
 */
import * as Topics from "@orch/api/topics/Topics"
import * as Effect from "effect/Effect"
import { GateQuestions } from "../../gating/GateQuestions.ts"
import { type Handled, HandlingFailed, type KeptHandler, members, textAt } from "../InboxHandler.ts"
import * as GateMessages from "./GateMessages.ts"

const topic = /(?:^|\.)orch\.([a-z][a-z-]*\.[a-z]+)$/

/** Topics that this version knows are held to their schemas; what newer versions add is no mistake. */
const nameOf = (name: string): string => topic.exec(name)?.[1] ?? ""

/** What is wrong with a message; `undefined` where nothing is. */
export const problemOf = ({ body, topic: name }: Pick<Handled, "body" | "topic">): string | undefined => {
  const { data, sequence, subject, timestamp, type } = members(body)
  const named = nameOf(name)
  if (type !== named) return `Its type is not ${named}, which its topic says`
  if (typeof subject !== "string" || typeof timestamp !== "string" || !Number.isSafeInteger(sequence)) {
    return "It is no announcement: sequence, subject and timestamp are needed"
  }
  return Topics.find(named) === undefined ? undefined : Topics.laxProblem(named, data)
}

const said = (name: string, data: unknown): string => {
  if (Topics.find(name) === undefined) return "Its topic is not known to this version"
  const { context, name: module, state, stream, version } = members(data)
  return name === "module-build.state"
    ? `Elsewhere, ${String(module)}:${String(stream)}:${String(version)}:${String(context)} is ${String(state)}`
    : "Noted"
}

/** The handler; `subjectType` is what gates call a module. */
export const make = ({ greenwaveSubjectType }: { readonly greenwaveSubjectType: string }) =>
  Effect.map(GateQuestions, (questions): KeptHandler => {
    const ask = GateMessages.ask(questions, greenwaveSubjectType)
    return {
      _tag: "Kept",
      name: "orch",
      kind: "orch",
      accepts: (name) => topic.test(name),
      subject: ({ body }) => textAt(body, "subject") ?? "",
      handle: Effect.fnUntraced(function*(message) {
        const problem = problemOf(message)
        if (problem !== undefined) return yield* new HandlingFailed({ message: problem, isRetryable: false })
        const name = nameOf(message.topic)
        const { data } = members(message.body)
        if (name !== "gate.decision") return said(name, data)
        yield* ask(data)
        return "The gate is asked"
      })
    }
  })
