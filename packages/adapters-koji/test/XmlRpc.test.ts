import { assert, describe, it } from "@effect/vitest"
import { XmlRpc } from "@orch/adapters-koji"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as recorded from "./recordedExchanges.ts"

const call = (value: string) =>
  `<methodCall><methodName>m</methodName><params><param><value>${value}</value></param></params></methodCall>`

const read = (value: string): XmlRpc.Value => {
  const message = Result.getOrThrow(XmlRpc.parse(call(value)))
  assert(message._tag === "Call")
  return message.params[0]!
}

const refuses = (text: string, reason: XmlRpc.XmlRpcError["reason"], limits?: XmlRpc.Limits) => {
  const result = XmlRpc.parse(text, limits)
  assert(Result.isFailure(result), "expected a refusal")
  assert.strictEqual(result.failure.reason, reason)
}

/** The recording's JSON names bytes and dates by a marker member. */
const asRecorded = (value: XmlRpc.Plain | XmlRpc.Value): unknown => {
  if (value instanceof Uint8Array) return { $base64: Buffer.from(value).toString("base64") }
  if (value instanceof XmlRpc.DateTime) return { $dateTime: value.text }
  if (value instanceof XmlRpc.Double) return value.value
  if (typeof value === "bigint") return Number(value)
  if (Array.isArray(value)) return value.map(asRecorded)
  if (value === null || typeof value !== "object") return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, asRecorded(member)]))
}

describe("XmlRpc", () => {
  describe.runIf(recorded.present)("recorded exchanges (skipped where ../shared/data is absent)", () => {
    const bodies = recorded.all.flatMap((exchange) => [
      { ...exchange, side: "request", text: exchange.request.body },
      { ...exchange, side: "response", text: exchange.response.body }
    ]).filter((each): each is typeof each & { text: string } =>
      typeof each.text === "string" && each.text.startsWith("<?xml")
    )

    it("has messages to read", () => assert.isAbove(bodies.length, 90))

    it.each(bodies)("$file $side decodes as recorded", ({ side, text, decoded }) => {
      const message = Result.getOrThrow(XmlRpc.parse(text))
      if (message._tag === "Call") {
        assert.strictEqual(side, "request")
        assert.deepStrictEqual([message.method, message.params.map(asRecorded)], [decoded.method, decoded.params])
      } else if (message._tag === "Response") assert.deepStrictEqual(asRecorded(message.value), decoded.result)
      else {
        assert.deepStrictEqual({ faultCode: message.code, faultString: message.message }, decoded.fault)
      }
    })

    it.each(bodies)("$file $side is written again as an equal message", ({ text }) => {
      const message = Result.getOrThrow(XmlRpc.parse(text))
      const again = Result.getOrThrow(XmlRpc.format(message))
      assert.deepStrictEqual(Result.getOrThrow(XmlRpc.parse(again)), message)
      // Struct members of Python come in insertion order, and so do ours: the texts differ in base64's line breaks only.
      if (!text.includes("<base64>")) assert.strictEqual(again.replace(/\n/g, ""), text.replace(/\n/g, ""))
    })
  })

  it.each([
    ["<nil/>", null],
    ["<ex:nil/>", null],
    ["<int>-1</int>", -1],
    ["\n <i4> 7 </i4>\n", 7],
    ["<i8>9007199254740993</i8>", 9007199254740993n],
    ["<i8>-9223372036854775808</i8>", -(2n ** 63n)],
    ["<boolean>1</boolean>", true],
    ["<string> lead &amp; &lt;tail&gt; </string>", " lead & <tail> "],
    ["<string><![CDATA[a<b]]></string>", "a<b"],
    ["<string>a<!-- unseen -->b</string>", "ab"],
    ["bare text ", "bare text "],
    ["", ""],
    ["<array><data></data></array>", []],
    ["<struct></struct>", {}],
    ["<struct><member><name>__proto__</name><value>x</value></member></struct>", JSON.parse("{\"__proto__\":\"x\"}")],
    ["<double>1.0</double>", new XmlRpc.Double(1)],
    ["<dateTime.iso8601>20260102T03:04:05</dateTime.iso8601>", new XmlRpc.DateTime("20260102T03:04:05")],
    ["<base64>\nAP8B\n</base64>", new Uint8Array([0, 255, 1])]
  ] as ReadonlyArray<[string, XmlRpc.Value]>)("reads %s", (text, value) => assert.deepStrictEqual(read(text), value))

  it.each([
    ["", "NotXml"],
    ["garbage", "NotXml"],
    ["<methodCall><methodName>m</methodName>", "NotXml"],
    ["<!DOCTYPE x [<!ENTITY a \"b\">]>" + call("&a;"), "Doctype"],
    [call("&unknown;"), "NotXml"],
    [call("<int>1.5</int>"), "NotXmlRpc"],
    [call("<int>1</int><int>2</int>"), "NotXmlRpc"],
    [call("<boolean>2</boolean>"), "NotXmlRpc"],
    [call("<base64>*</base64>"), "NotXmlRpc"],
    [call("<unheard/>"), "NotXmlRpc"],
    ["<html><body>502 Bad Gateway</body></html>", "NotXmlRpc"],
    ["<methodResponse><params></params></methodResponse>", "NotXmlRpc"],
    ["<methodResponse><fault><value>x</value></fault></methodResponse>", "NotXmlRpc"]
  ] as ReadonlyArray<[string, XmlRpc.XmlRpcError["reason"]]>)(
    "refuses %s as %s",
    (text, reason) => refuses(text, reason)
  )

  it("names the line of what is not well-formed", () => {
    const result = XmlRpc.parse("<methodCall>\n<methodName>m</methodNam>")
    assert(Result.isFailure(result))
    assert.match(result.failure.message, /^2:/)
  })

  it("bounds size and depth", () => {
    refuses(call("x".repeat(100)), "TooLarge", { maxLength: 100, maxDepth: 10 })
    const nested = (depth: number) => "<array><data><value>".repeat(depth) + "</value></data></array>".repeat(depth)
    refuses(call(nested(200)), "TooDeep")
    refuses(call(nested(100_000)), "TooDeep")
  })

  it("keeps an answer that holds a character XML has no place for", () =>
    assert.strictEqual(read("<string>a\u001b[0m</string>"), "a\ufffd[0m"))

  it.each([2n ** 63n, "\u0000", "\ud800", Symbol.iterator] as ReadonlyArray<unknown>)(
    "refuses to write what has no form on the wire (%#)",
    (value) => {
      const result = XmlRpc.format({ _tag: "Response", value: value as XmlRpc.Value })
      assert(Result.isFailure(result))
      assert.strictEqual(result.failure.reason, "Unencodable")
    }
  )

  const XmlText = Schema.String.check(Schema.makeFilter((text: string) =>
    // oxlint-disable-next-line no-control-regex
    text.isWellFormed() && !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text)
  ))
  const Tree: Schema.Schema<XmlRpc.Value> = Schema.suspend(() =>
    Schema.Union([
      Schema.Null,
      Schema.Boolean,
      Schema.Int,
      XmlText,
      Schema.Array(Tree as never),
      Schema.Record(XmlText, Tree as never)
    ])
  ) as never

  it.prop("whatever is written reads back equal", [Tree], ([value]) => {
    const text = Result.getOrThrow(XmlRpc.format({ _tag: "Response", value }))
    const message = Result.getOrThrow(XmlRpc.parse(text))
    assert(message._tag === "Response")
    assert.deepStrictEqual(XmlRpc.plain(message.value), XmlRpc.plain(value))
  })

  it.prop("no text makes it throw", [Schema.String, Schema.String], ([before, after]) => {
    XmlRpc.parse(before)
    XmlRpc.parse(`<methodResponse><params>${before}<value>${after}</value></params></methodResponse>`)
  })
})
