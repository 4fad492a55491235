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
import { DateTime, Double, type Limits, type Message, type Value, type XmlRpcError } from "./XmlRpcValue.ts"

export {
  DateTime,
  Double,
  type Limits,
  type Message,
  type Struct,
  type Value,
  type XmlRpcError
} from "./XmlRpcValue.ts"

/** 64 Mi characters (a `listTasks` over a busy week has some 20), 128 levels (a multicall of task trees has 12). */
export const defaultLimits: Limits = { maxLength: 64 * 1024 * 1024, maxDepth: 128 }

/** Reads a call, a response or a fault. Never throws; fails with `XmlRpcError`. */
export const parse = (text: string, limits: Limits = defaultLimits): Result.Result<Message, XmlRpcError> =>
  reader.read(text, limits)

/**
 * Writes a message, with the XML declaration hubs send themselves. Fails with `XmlRpcError` of reason `Unencodable`.
 */
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
