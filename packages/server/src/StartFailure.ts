/** What to tell an operator whose server does not start: what failed and what to do, instead of where in the program. */
import { redact } from "./Redaction.ts"

interface Described {
  readonly message: string
  readonly advice?: unknown
  readonly cause?: unknown
}

const isDescribed = (error: unknown): error is Described =>
  typeof error === "object" && error !== null && "message" in error && typeof error.message === "string"

/** The messages from the outermost error to the one that began it, without those that say nothing or say it again. */
const messages = (error: unknown): ReadonlyArray<string> => {
  const found: Array<string> = []
  let next = error
  for (let depth = 0; depth < 8 && isDescribed(next); depth++) {
    const message = next.message.trim()
    if (message !== "" && !found.some((said) => said.includes(message))) found.push(message)
    next = next.cause
  }
  return found
}

/** One paragraph, passwords in addresses left out; `undefined` for what is no failure but a fault of the program, which its stack describes best. */
export const describe = (error: unknown): string | undefined => {
  if (typeof error !== "object" || error === null || !("_tag" in error)) return undefined
  const said = messages(error)
  if (said.length === 0) return undefined
  const advice = isDescribed(error) && typeof error.advice === "string" ? `\n${error.advice}` : ""
  return redact(`orch-server: cannot start: ${said.join(": ")}${advice}`)
}
