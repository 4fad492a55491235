/**
 * A message as a broker brought it, read by the rules of fedora-messaging: which headers it may have, and what its body may be.
 *
 * What brings no id is known by a digest of what it says.
 */
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import * as Crypto from "node:crypto"

/** What came over the wire. */
export interface Arrival {
  /** With dots. */
  readonly topic: string
  readonly payload: Uint8Array
  readonly headers: Readonly<Record<string, unknown>>
  readonly id: string | undefined
  /** What the sender says of the encoding of the text. */
  readonly encoding: string | undefined
  /** Whether the broker says that it has brought it before. */
  readonly isRepeat: boolean
}

/** A message that can be read. */
export interface IncomingMessage {
  readonly id: string | undefined
  /** Of topic and body, in hexadecimal digits. */
  readonly digest: string
  readonly topic: string
  /** As the sender wrote it. */
  readonly sentAt: string | undefined
  readonly body: Schema.Json
  readonly isRepeat: boolean
}

/** What one message may have, in bytes; a push of thousands of commits has less. */
export const mostBytes = 8 * 1024 * 1024

/** Levels of lists and objects that a body may have: neither `JSON.stringify` nor PostgreSQL takes any number of them. */
const mostLevels = 200

const severities = new Set<unknown>([10, 20, 30, 40])
const encodings = new Map([["utf-8", "utf-8"], ["utf8", "utf-8"], ["ascii", "utf-8"], ["us-ascii", "utf-8"]])

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const parse = (payload: Uint8Array, encoding: string): Result.Result<unknown, string> => {
  let text: string
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(payload)
  } catch {
    return Result.fail("its body is not in the encoding that it says")
  }
  if (isTooDeep(text)) return Result.fail(`it has more than ${mostLevels} levels`)
  try {
    return Result.succeed(JSON.parse(text))
  } catch {
    return Result.fail("its body is not JSON")
  }
}

/** Whether lists and objects are nested too far, as far as the text shows: reading millions of levels takes seconds, looking for them none. */
const isTooDeep = (text: string): boolean => {
  let level = 0
  let isText = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (isText) {
      if (code === 0x5c) at++
      else if (code === 0x22) isText = false
    } else if (code === 0x22) isText = true
    else if (code === 0x5b || code === 0x7b) {
      if (++level > mostLevels) return true
    } else if (code === 0x5d || code === 0x7d) level--
  }
  return false
}

const headerProblem = (headers: Readonly<Record<string, unknown>>): string | undefined => {
  const severity = headers["fedora_messaging_severity"]
  if (severity !== undefined && !severities.has(severity)) return "its severity is none of 10, 20, 30 and 40"
  const sentAt = headers["sent-at"]
  if (sentAt !== undefined && typeof sentAt !== "string") return "its sent-at is no text"
  const schema = headers["fedora_messaging_schema"]
  return schema !== undefined && typeof schema !== "string" ? "its schema is no text" : undefined
}

/** The id, or a digest of one that is longer than what is kept. */
const idOf = (id: string | undefined): string | undefined =>
  id === undefined || id === ""
    ? undefined
    : id.length <= 200
    ? id
    : `sha256:${Crypto.createHash("sha256").update(id).digest("hex")}`

/** Reads a message of AMQP; says what is wrong with one that fedora-messaging would not take either. */
export const read = (arrival: Arrival): Result.Result<IncomingMessage, string> => {
  if (arrival.payload.length > mostBytes) return Result.fail(`it has more than ${mostBytes} bytes`)
  const problem = headerProblem(arrival.headers)
  if (problem !== undefined) return Result.fail(problem)
  const encoding = encodings.get((arrival.encoding ?? "utf-8").toLowerCase())
  if (encoding === undefined) return Result.fail("its encoding is not known")
  const parsed = parse(arrival.payload, encoding)
  if (Result.isFailure(parsed)) return Result.fail(parsed.failure)
  const body = parsed.success
  if (body !== null && !isObject(body)) return Result.fail("its body is no object")
  return Result.succeed({
    id: idOf(arrival.id),
    digest: Crypto.createHash("sha256").update(`${arrival.topic}\n`).update(arrival.payload).digest("hex"),
    topic: arrival.topic.slice(0, 300),
    sentAt: arrival.headers["sent-at"] as string | undefined,
    body: body as Schema.Json,
    isRepeat: arrival.isRepeat
  })
}

/**
 * Reads a message of MQTT, which has no headers: `{"id", "topic", "headers", "body"}` where it was sent as this server sends them,
 * and a body alone otherwise. Slashes of topics are dots here.
 */
export const readMqtt = (
  topic: string,
  payload: Uint8Array,
  isRepeat: boolean
): Result.Result<IncomingMessage, string> => {
  const plain = { topic: topic.replaceAll("/", "."), headers: {}, id: undefined, encoding: undefined, isRepeat }
  if (payload.length > mostBytes) return Result.fail(`it has more than ${mostBytes} bytes`)
  const parsed = parse(payload, "utf-8")
  const given = Result.isSuccess(parsed) && isObject(parsed.success) ? parsed.success : undefined
  if (given === undefined || !("body" in given) || !isObject(given["headers"]) || typeof given["id"] !== "string") {
    return read({ ...plain, payload })
  }
  return read({
    ...plain,
    // As the sender says it: parts of a topic may hold slashes that are none of MQTT's.
    topic: typeof given["topic"] === "string" ? given["topic"] : plain.topic,
    id: given["id"],
    headers: given["headers"],
    payload: Buffer.from(JSON.stringify(given["body"]))
  })
}
