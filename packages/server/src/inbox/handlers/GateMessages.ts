/** What Greenwave, WaiverDB and ResultsDB say: a reason to ask the gate now about the build that it names, whatever it says. */
import * as Effect from "effect/Effect"
import { GateQuestions } from "../../gating/GateQuestions.ts"
import { type HintHandler, members, textAt } from "../InboxHandler.ts"

const topic = /(?:^|\.)(?:greenwave\.decision\.update|waiverdb\.waiver\.new|resultsdb\.result\.new)$/

const itemOf = (data: unknown): string | undefined => {
  const item = members(data)["item"]
  return typeof item === "string" ? item : Array.isArray(item) && typeof item[0] === "string" ? item[0] : undefined
}

/** The identifier that the message is about; `undefined` where it names none. */
export const identifierOf = (body: unknown): string | undefined =>
  textAt(body, "subject_identifier") ?? itemOf(members(body)["data"]) ?? itemOf(members(body)["subject"])

/** The handler. */
export const make = Effect.map(GateQuestions, ({ hasten }): HintHandler => ({
  _tag: "Hint",
  name: "greenwave",
  kind: "greenwave",
  accepts: (name) => topic.test(name),
  hint: ({ body }) => {
    const identifier = identifierOf(body)
    return identifier === undefined ? Effect.void : hasten([identifier])
  }
}))
