/**
 * What XML-RPC messages are made of, apart from how they are read and written (see `XmlRpc`).
 *
 * The types follow Koji's dialect: `nil`, 64-bit integers, and dates that hubs send as strings.
 */

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

/** A whole message. */
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

/** How large a message may be that is read. */
export interface Limits {
  /** In UTF-16 code units. */
  readonly maxLength: number
  /** Of nested values. */
  readonly maxDepth: number
}
