/** Message to XML. See `../XmlRpc.ts`. */
import * as Result from "effect/Result"
import { DateTime, Double, type Message, type Value, type XmlRpcError } from "../XmlRpcValue.ts"

// oxlint-disable-next-line no-control-regex
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/
const maxDepth = 512
const maxI8 = 2n ** 63n

class Unencodable {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

/** A bare CR would be read as LF, so it travels as a character reference. */
const escape = (text: string): string => {
  if (forbidden.test(text) || !text.isWellFormed()) {
    throw new Unencodable(`${JSON.stringify(text.slice(0, 60))} has a character that XML cannot carry`)
  }
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\r/g, "&#13;")
}

const integer = (value: bigint | number): string => {
  const exact = BigInt(value)
  if (exact >= maxI8 || exact < -maxI8) throw new Unencodable(`${exact} is beyond 64 bits`)
  return exact >= -2147483648n && exact <= 2147483647n ? `<int>${exact}</int>` : `<i8>${exact}</i8>`
}

/** Python's `repr`: a whole double keeps its `.0`. */
const double = (value: number): string => {
  if (Number.isNaN(value)) return "nan"
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf"
  if (Object.is(value, -0)) return "-0.0"
  const text = String(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}

const typed = (value: Value, depth: number): string => {
  if (depth > maxDepth) throw new Unencodable(`values nested deeper than ${maxDepth}, or a cycle`)
  if (value === null) return "<nil/>"
  switch (typeof value) {
    case "boolean":
      return `<boolean>${value ? 1 : 0}</boolean>`
    case "string":
      return `<string>${escape(value)}</string>`
    case "bigint":
      return integer(value)
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? integer(value) : `<double>${double(value)}</double>`
    case "object":
      break
    default:
      throw new Unencodable(`a ${typeof value} has no form in XML-RPC`)
  }
  if (value instanceof Double) return `<double>${double(value.value)}</double>`
  if (value instanceof DateTime) return `<dateTime.iso8601>${escape(value.text)}</dateTime.iso8601>`
  if (value instanceof Uint8Array) return `<base64>${Buffer.from(value).toString("base64")}</base64>`
  if (Array.isArray(value)) {
    return `<array><data>\n${value.map((item: Value) => element(item, depth + 1)).join("")}</data></array>`
  }
  const members = Object.entries(value).map(([name, member]) =>
    `<member>\n<name>${escape(name)}</name>\n${element(member, depth + 1)}</member>\n`
  )
  return `<struct>\n${members.join("")}</struct>`
}

const element = (value: Value, depth: number): string => `<value>${typed(value, depth)}</value>\n`

const body = (message: Message): string => {
  switch (message._tag) {
    case "Call": {
      const params = message.params.map((param) => `<param>\n${element(param, 0)}</param>\n`).join("")
      return `<methodCall>\n<methodName>${
        escape(message.method)
      }</methodName>\n<params>\n${params}</params>\n</methodCall>\n`
    }
    case "Response":
      return `<methodResponse>\n<params>\n<param>\n${element(message.value, 0)}</param>\n</params>\n</methodResponse>\n`
    case "Fault": {
      const value = element({ faultCode: message.code, faultString: message.message }, 0)
      return `<methodResponse>\n<fault>\n${value}</fault>\n</methodResponse>\n`
    }
  }
}

export const write = (message: Message): Result.Result<string, XmlRpcError> => {
  try {
    return Result.succeed(`<?xml version='1.0'?>\n${body(message)}`)
  } catch (cause) {
    return Result.fail({
      _tag: "XmlRpcError",
      reason: "Unencodable",
      message: cause instanceof Unencodable ? cause.message : String(cause)
    })
  }
}
