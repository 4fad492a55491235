/**
 * XML-RPC as Koji speaks it: text to messages and back, without I/O.
 *
 * Koji extends the 1999 specification by `<nil/>` (with any prefix) and `<i8>`, and sends its own dates as strings. Hubs
 * answer with text of strangers (fault messages, file names), so the reader takes no DTD and no entity beyond XML's own five,
 * and bounds size and depth. A message that was read and is written again reads equal, doubles such as `1.0` included.
 */
import * as Result from "effect/Result"
import * as reader from "./internal/xmlRpcReader.ts"
import * as writer from "./internal/xmlRpcWriter.ts"

/** A `<double>`. JavaScript cannot tell 1.0 from 1, and Koji's weights and times are doubles even when whole. */
export class Double {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

/** A `<dateTime.iso8601>`, its text untouched: Koji's own dates are strings and never come in this form. */
export class DateTime {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** `<struct>`; the order of members carries no meaning. */
export interface Struct {
  readonly [name: string]: Value
}

/**
 * What a message can carry. Integers beyond 2^53 are `bigint`, `<base64>` is `Uint8Array`.
 * When writing, a `number` with a fraction becomes a `<double>`, a whole one an `<int>` or `<i8>`.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Double
  | DateTime
  | Uint8Array
  | ReadonlyArray<Value>
  | Struct

export type Message =
  | { readonly _tag: "Call"; readonly method: string; readonly params: ReadonlyArray<Value> }
  | { readonly _tag: "Response"; readonly value: Value }
  | { readonly _tag: "Fault"; readonly code: number; readonly message: string }

/**
 * Why a text is no message, or a message cannot be written.
 *
 * - `NotXml`: not well-formed; `message` has line and column.
 * - `Doctype`: a DTD, refused whatever it says.
 * - `NotXmlRpc`: well-formed, but not a call, response or fault.
 * - `TooLarge`, `TooDeep`: beyond the limits.
 * - `Unencodable`: a value without a form on the wire (an integer beyond 64 bits, a character XML has no place for).
 */
export interface XmlRpcError {
  readonly _tag: "XmlRpcError"
  readonly reason: "NotXml" | "Doctype" | "NotXmlRpc" | "TooLarge" | "TooDeep" | "Unencodable"
  readonly message: string
}

export interface Limits {
  /** In UTF-16 code units. */
  readonly maxLength: number
  /** Of nested values. */
  readonly maxDepth: number
}

/** 64 Mi characters (a `listTasks` over a busy week has some 20), 128 levels (a multicall of task trees has 12). */
export const defaultLimits: Limits = { maxLength: 64 * 1024 * 1024, maxDepth: 128 }

/** Reads a call, a response or a fault. Never throws. */
export const parse = (text: string, limits: Limits = defaultLimits): Result.Result<Message, XmlRpcError> =>
  reader.read(text, limits)

/** Writes a message, with the XML declaration hubs send themselves. */
export const format = (message: Message): Result.Result<string, XmlRpcError> => writer.write(message)

/** A value in JSON's spirit: doubles are numbers, dates their text; integers beyond 2^53 stay `bigint`, bytes stay bytes. */
export type Plain =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | ReadonlyArray<Plain>
  | { readonly [name: string]: Plain }

/** Drops the distinctions only the wire needs. */
export const plain = (value: Value): Plain => {
  if (value instanceof Double) return value.value
  if (value instanceof DateTime) return value.text
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map(plain)
  const out: Record<string, Plain> = {}
  for (const [name, member] of Object.entries(value)) {
    Object.defineProperty(out, name, { value: plain(member), enumerable: true, configurable: true, writable: true })
  }
  return out
}
