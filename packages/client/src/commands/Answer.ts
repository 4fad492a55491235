/** How commands answer: in the text that people read, or with `--json` as it is. */
import * as Console from "effect/Console"

/** Prints a value as JSON, or the text that people read instead. */
export const print = (json: boolean, value: unknown, text: () => string) =>
  Console.log(json ? JSON.stringify(value, null, 2) : text())
