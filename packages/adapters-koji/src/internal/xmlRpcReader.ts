/** XML to message. See `../XmlRpc.ts`. One pass over saxes' events, with a stack of the values still open. */
import * as Result from "effect/Result"
import { SaxesParser } from "saxes"
import { DateTime, Double, type Limits, type Message, type Value, type XmlRpcError } from "../XmlRpcValue.ts"

const fail = (reason: XmlRpcError["reason"], message: string): XmlRpcError => ({ _tag: "XmlRpcError", reason, message })

/** A value under construction: text until a type element or a child says otherwise. */
interface Slot {
  type: string | undefined
  text: string
  items: Array<Value> | undefined
  members: Record<string, Value> | undefined
  memberName: string | undefined
}

const integerTypes = new Set(["int", "i1", "i2", "i4", "i8", "biginteger"])
const scalarTypes = new Set([
  ...integerTypes,
  "string",
  "boolean",
  "double",
  "float",
  "base64",
  "dateTime.iso8601",
  "nil"
])
/** Characters XML 1.0 has no place for. Logs of builds carry them into fault messages; they must not cost the whole answer. */
// oxlint-disable-next-line no-control-regex
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

/** `ex:nil` and `nil` are the same to Koji, whatever the prefix. */
const local = (name: string): string => name.slice(name.indexOf(":") + 1)

const integer = (text: string): Value | undefined => {
  const digits = text.trim()
  if (!/^[+-]?\d{1,40}$/.test(digits)) return undefined
  const number = Number(digits)
  return Number.isSafeInteger(number) ? number + 0 : BigInt(digits.replace(/^\+/, ""))
}

const double = (text: string): Value | undefined => {
  const trimmed = text.trim().toLowerCase()
  const special = /^([+-]?)(inf|infinity|nan)$/.exec(trimmed)
  if (special !== null) return new Double(special[2] === "nan" ? NaN : special[1] === "-" ? -Infinity : Infinity)
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(trimmed) ? new Double(Number(trimmed)) : undefined
}

const scalar = (type: string, text: string): Value | undefined => {
  if (integerTypes.has(type)) return integer(text)
  switch (type) {
    case "string":
      return text
    case "boolean":
      return text.trim() === "1" ? true : text.trim() === "0" ? false : undefined
    case "double":
    case "float":
      return double(text)
    case "nil":
      return text.trim() === "" ? null : undefined
    case "dateTime.iso8601":
      return new DateTime(text.trim())
    default: {
      const compact = text.replace(/\s+/g, "")
      return /^[A-Za-z0-9+/]*={0,2}$/.test(compact) ? new Uint8Array(Buffer.from(compact, "base64")) : undefined
    }
  }
}

class Abort {
  readonly error: XmlRpcError
  constructor(error: XmlRpcError) {
    this.error = error
  }
}

const abort = (reason: XmlRpcError["reason"], message: string): never => {
  throw new Abort(fail(reason, message))
}

/** Where each element may stand; anything else is not XML-RPC. */
const parents: Record<string, ReadonlyArray<string>> = {
  methodCall: [""],
  methodResponse: [""],
  methodName: ["methodCall"],
  params: ["methodCall", "methodResponse"],
  param: ["params"],
  fault: ["methodResponse"],
  value: ["param", "fault", "data", "member"],
  array: ["value"],
  struct: ["value"],
  data: ["array"],
  member: ["struct"],
  name: ["member"]
}

const collect = (text: string, limits: Limits): Message => {
  const parser = new SaxesParser({ xmlns: false, position: true })
  const path: Array<string> = [""]
  const slots: Array<Slot> = []
  const params: Array<Value> = []
  let root = ""
  let method = ""
  let fault: Value | undefined
  let buffer = ""

  const place = (value: Value): void => {
    const parent = path.at(-1)
    const outer = slots.at(-1)
    if (parent === "param") params.push(value)
    else if (parent === "fault") fault = value
    else if (parent === "data") outer?.items?.push(value)
    else if (outer?.members !== undefined) {
      if (outer.memberName === undefined) return abort("NotXmlRpc", "a member has a value before its name")
      // `__proto__` is a name like any other here.
      Object.defineProperty(outer.members, outer.memberName, {
        value,
        enumerable: true,
        configurable: true,
        writable: true
      })
    }
  }

  parser.on("doctype", () => abort("Doctype", "a message with a DTD is refused"))
  parser.on("error", (error) => abort("NotXml", error.message))
  parser.on("text", (chunk) => {
    buffer += chunk
  })
  parser.on("cdata", (chunk) => {
    buffer += chunk
  })
  parser.on("opentag", (tag) => {
    const parent = path.at(-1) ?? ""
    const name = local(tag.name)
    const slot = slots.at(-1)
    if (scalarTypes.has(name) && parent === "value") {
      if (slot !== undefined && slot.type !== undefined) abort("NotXmlRpc", "a value with two types")
      if (slot !== undefined) slot.type = name
    } else if (parents[name]?.includes(parent) !== true) {
      abort("NotXmlRpc", `<${tag.name}> cannot stand in ${parent === "" ? "the document" : `<${parent}>`}`)
    }
    if (parent === "") root = name
    if (name === "value") {
      if (slots.length >= limits.maxDepth) abort("TooDeep", `values are nested deeper than ${limits.maxDepth}`)
      slots.push({ type: undefined, text: "", items: undefined, members: undefined, memberName: undefined })
    } else if (name === "array" || name === "struct") {
      if (slot?.type !== undefined) abort("NotXmlRpc", "a value with two types")
      if (slot !== undefined) {
        slot.type = name
        if (name === "array") slot.items = []
        else slot.members = {}
      }
    } else if (name === "member" && slot !== undefined) slot.memberName = undefined
    path.push(name)
    buffer = ""
  })
  parser.on("closetag", () => {
    const name = path.pop() ?? ""
    const slot = slots.at(-1)
    if (name === "methodName") method = buffer.trim()
    else if (name === "name" && slot !== undefined) slot.memberName = buffer
    else if (scalarTypes.has(name) && slot !== undefined) slot.text = buffer
    else if (name === "value" && slot !== undefined) {
      slots.pop()
      const value = slot.items ?? slot.members ??
        scalar(slot.type ?? "string", slot.type === undefined ? buffer : slot.text)
      if (value === undefined) abort("NotXmlRpc", `"${slot.text.slice(0, 60)}" is no <${slot.type}>`)
      else place(value)
    }
    buffer = ""
  })
  parser.write(text.replace(forbidden, "\ufffd")).close()

  if (root === "methodCall") {
    return method === "" ? abort("NotXmlRpc", "a call without method name") : { _tag: "Call", method, params }
  }
  if (root !== "methodResponse") return abort("NotXmlRpc", "neither a call nor a response")
  if (fault !== undefined) return toFault(fault)
  const [value] = params
  return value === undefined || params.length !== 1
    ? abort("NotXmlRpc", `a response with ${params.length} values`)
    : { _tag: "Response", value }
}

const toFault = (value: Value): Message => {
  const { faultCode, faultString } = value !== null && typeof value === "object"
    ? (value as Record<string, Value | undefined>)
    : {}
  return typeof faultCode === "number"
    ? { _tag: "Fault", code: faultCode, message: typeof faultString === "string" ? faultString : "" }
    : abort("NotXmlRpc", "a fault without a code")
}

export const read = (text: string, limits: Limits): Result.Result<Message, XmlRpcError> => {
  if (text.length > limits.maxLength) {
    return Result.fail(fail("TooLarge", `${text.length} characters, at most ${limits.maxLength} are read`))
  }
  try {
    return Result.succeed(collect(text, limits))
  } catch (cause) {
    // saxes reports by callbacks only, so leaving it early takes a throw; it never leaves this file.
    return Result.fail(cause instanceof Abort ? cause.error : fail("NotXml", String(cause)))
  }
}
