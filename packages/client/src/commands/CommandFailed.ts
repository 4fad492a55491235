/** Why a command ends without success, and with which exit code. */
import * as Schema from "effect/Schema"

/**
 * Exit codes:
 * - 1: the answer is no: refused, not found, or the build did not end ready;
 * - 2: the command line is wrong;
 * - 3: the server cannot be reached, or is not able to answer now.
 */
export class CommandFailed extends Schema.TaggedError<CommandFailed>()("CommandFailed", {
  exitCode: Schema.Number,
  message: Schema.String
}) {}

interface Body {
  readonly status: number
  readonly message: string
  readonly problems?: ReadonlyArray<{
    readonly message: string
    readonly where?: string
    readonly line?: number
    readonly column?: number
    readonly hint?: string
  }>
}

const isBody = (error: unknown): error is Body =>
  typeof error === "object" && error !== null && "status" in error && typeof error.status === "number"
  && "message" in error

const isTagged = (error: unknown): error is { readonly _tag: string; readonly message: string } =>
  typeof error === "object" && error !== null && "_tag" in error

/**
 * Turns whatever a call fails with into words and an exit code: 1 for what the server refuses, 3 for a server that is
 * not there, cannot answer now, or answers what cannot be understood. Problems of the request follow the message, a
 * line each.
 */
export const explain = (error: unknown, url: string): CommandFailed => {
  if (error instanceof CommandFailed) return error
  if (isBody(error)) {
    const lines = (error.problems ?? []).map(({ column, hint, line, message, where }) => {
      const place = [where, line, column].filter((part) => part !== undefined).join(":")
      return `  ${place === "" ? "" : `${place}: `}${message}${hint === undefined ? "" : ` (${hint})`}`
    })
    return new CommandFailed({ exitCode: error.status >= 500 ? 3 : 1, message: [error.message, ...lines].join("\n") })
  }
  if (isTagged(error) && error._tag === "HttpClientError") {
    return new CommandFailed({
      exitCode: 3,
      message: `There is no answer from ${url}: is the server running? Say where it is with --url or ORCH_URL.`
    })
  }
  const message = error instanceof Error ? error.message : String(error)
  return new CommandFailed({
    exitCode: 3,
    message: `The server at ${url} gave an answer that cannot be understood: ${message}`
  })
}
