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

/** Bytes of an identifier: gates know no longer ones. */
const longest = 1000

/** Asks about builds that wait, and has it decided again about the others: a late failure is news as well. `subjectType` is what gates call a module. */
export const ask = ({ hasten, reconsider }: GateQuestions["Service"], subjectType: string) => (body: unknown) => {
  const identifier = identifierOf(body)
  if (identifier === undefined || Buffer.byteLength(identifier) > longest) return Effect.void
  const type = textAt(body, "subject_type") ?? subjectType
  return Effect.andThen(hasten([identifier]), type === subjectType ? reconsider([{ type, identifier }]) : Effect.void)
}

/** The handler. */
export const make = ({ greenwaveSubjectType }: { readonly greenwaveSubjectType: string }) =>
  Effect.map(GateQuestions, (questions): HintHandler => {
    const hint = ask(questions, greenwaveSubjectType)
    return {
      _tag: "Hint",
      name: "greenwave",
      kind: "greenwave",
      accepts: (name) => topic.test(name),
      hint: ({ body }) => hint(body)
    }
  })
