/** Keeps passwords out of what is printed: those that stand inside of addresses, wherever an address stands. */
import * as Cause from "effect/Cause"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as References from "effect/References"
import { inspect } from "node:util"
import * as LogLines from "./LogLines.ts"

const colors = process.stdout.isTTY

const inAddress = /([a-z][a-z0-9+.-]*:\/\/[^\s:@/"'\\]*):[^\s@/"'\\]+@/gi
const alone = /([a-z][a-z0-9+.-]*:\/\/)(?=[^\s:@/"'\\]{20,}@)[^\s:@/"'\\]+@/gi

/**
 * The text with the password of each address replaced; a user name as long as a token goes, too.
 * `postgres://orch:secret@db/orch` becomes `postgres://orch:<redacted>@db/orch`.
 */
export const redact = (text: string): string =>
  // Hardly a line has an address, and to look for one takes ten times as long.
  text.includes("://") ? text.replace(inAddress, "$1:<redacted>@").replace(alone, "$1<redacted>@") : text

/** Log lines as JSON, for machines. */
export const json: Logger.Logger<unknown, void> = Logger.make((options) =>
  LogLines.write(redact(Logger.formatJson.log(options)), options.logLevel === "Info" || options.logLevel === "Debug")
)

/** Whether nothing but JSON is written of what is logged, so that a line may be written without asking who else wants it. */
export const isJsonAlone = (loggers: ReadonlySet<Logger.Logger<unknown, unknown>>): boolean =>
  loggers.size === 1 && loggers.has(json)

let stamp = { at: 0, text: "" }

/** The time as it is written; many lines of a busy server have the same. */
const timestamp = (): string => {
  const at = Date.now()
  if (at !== stamp.at) stamp = { at, text: new Date(at).toISOString() }
  return stamp.text
}

/** What JSON has as it is: nearly all paths. */
const plain = /^[\w./~%:@!$&'()*+,;= -]*$/

const quoted = (text: string): string => plain.test(text) ? `"${text}"` : JSON.stringify(text)

/** What is logged of every request; number and method have only characters that JSON has as they are. */
export interface RequestLine {
  readonly requestId: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly ms: number
}

/** The line of a request, as `json` would write it, at a fraction of its cost. */
export const requestLine = ({ method, ms, path, requestId, status }: RequestLine): string => {
  const line =
    `{"message":"request","level":"INFO","timestamp":"${timestamp()}","annotations":{"requestId":"${requestId}","method":"${method}","path":${
      quoted(path)
    },"status":${status},"ms":${ms}},"spans":{},"fiberId":"#${Fiber.getCurrent()?.id ?? 0}"}`
  // Only a path may hold an address.
  return path.includes("://") ? redact(line) : line
}

/** Writes the line of a request, with others that come soon. */
export const writeRequest = (request: RequestLine): void => LogLines.write(requestLine(request), true)

/** Log lines for people. What is written goes through a console of ours, so that all of it is looked at. */
export const pretty: Logger.Logger<unknown, void> = Logger.make((options) => {
  const { console } = globalThis
  const write = (...lines: ReadonlyArray<unknown>): void =>
    console.log(...lines.map((line) => redact(typeof line === "string" ? line : inspect(line, { depth: 8, colors }))))
  const { cause, date, fiber, logLevel, message } = options
  const time = date.toISOString().slice(11, 23)
  const texts = (Array.isArray(message) ? message : [message]).map((one) =>
    typeof one === "string" ? one : inspect(one)
  )
  const annotations = Object.entries(fiber.getRef(References.CurrentLogAnnotations))
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : inspect(value)}`)
  write(`[${time}] ${logLevel.toUpperCase()} ${[...texts, ...annotations].join(" ")}`)
  if (cause.reasons.length > 0) write(Cause.pretty(cause))
})
