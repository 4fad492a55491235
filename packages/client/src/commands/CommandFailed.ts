/** Why a command ends without success, and with which exit code. */
import * as Schema from "effect/Schema"
import type { Problem, RequestFailed } from "../RequestFailed.ts"

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

const place = ({ column, line, where }: Problem): string =>
  [where, line, column].filter((part) => part !== undefined).map((part) => `${part}:`).join("")

const indented = (text: string): string => text.split("\n").map((line) => `  ${line.trimEnd()}`).join("\n")

const problem = (one: Problem): string => {
  const at = place(one)
  return indented(`${at === "" ? "" : `${at} `}${one.message}${one.hint === undefined ? "" : ` (${one.hint})`}`)
}

/** Lines of a strange answer that are shown. */
const mostLines = 10

/** What to do about it, where that is known. */
const advice = ({ status }: RequestFailed, url: string, isKnown: boolean): ReadonlyArray<string> => {
  const login = `orch login --url ${url}`
  if (status === 401) {
    return [isKnown ? `Log in again with ${login}.` : `Say who you are: ${login}, or ORCH_TOKEN.`]
  }
  if (status === 403) return [isKnown ? `Somebody else may: ${login}.` : `Perhaps you may when you log in: ${login}.`]
  return []
}

const titles: Readonly<Record<number, string>> = { 401: "401 Unauthorized", 403: "403 Forbidden" }

const exitCodes = { refused: 1, invalid: 2, unavailable: 3, unreachable: 3, unreadable: 3 } as const

/**
 * Turns whatever a request failed with into words and an exit code: 1 for what the server refuses, 2 for what it cannot read
 * (400) or what no request can be made of, 3 for a server that is not there, cannot answer now, or answers what cannot be
 * understood. Problems of the request follow the message, a line each, or the beginning of an answer that is none of the API.
 *
 * @param isKnown whether the request said who asks.
 */
export const explain = (failure: RequestFailed, url: string, isKnown: boolean): CommandFailed => {
  const { body, message, problems, reason, status } = failure
  if (reason === "unreachable") {
    return new CommandFailed({
      exitCode: exitCodes.unreachable,
      message:
        `There is no answer from ${url} (${message}): is the server running? Say where it is with --url or ORCH_URL.`
    })
  }
  const title = status === undefined ? undefined : titles[status]
  return new CommandFailed({
    exitCode: status === 400 ? 2 : exitCodes[reason],
    message: [
      body !== undefined || reason === "unreadable"
        ? `${url}: ${message}`
        : title === undefined
        ? message
        : `${title}: ${message}`,
      ...problems.map(problem),
      ...(body === undefined ? [] : [indented(body.trim().split("\n").slice(0, mostLines).join("\n"))]),
      ...advice(failure, url, isKnown)
    ].join("\n")
  })
}
