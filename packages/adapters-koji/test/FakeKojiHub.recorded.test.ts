/**
 * The fake hub held to the recordings: the same calls in the same order, and answers with the same members of the same
 * types. Values such as ids and times are the hub's own.
 */
import { assert, describe, it } from "@effect/vitest"
import { XmlRpc } from "@orch/adapters-koji"
import * as FakeKojiHub from "@orch/adapters-koji/testing/FakeKojiHub"
import * as Result from "effect/Result"
import * as recorded from "./recordedExchanges.ts"

/** Members and types of a value; what may be absent or of either type in one place is left open. */
const shape = (value: unknown): unknown => {
  if (value === null) return "nil"
  if (Array.isArray(value)) return value.slice(0, 1).map(shape)
  if (typeof value !== "object") return typeof value
  return Object.fromEntries(
    Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1).map(([name, one]) => [name, shape(one)])
  )
}

const differences = (recordedShape: unknown, ours: unknown, path: string): ReadonlyArray<string> => {
  // nil stands for anything that can be missing.
  if (recordedShape === "nil" || ours === "nil") return []
  if (Array.isArray(recordedShape) && Array.isArray(ours)) {
    return recordedShape.length === 0 || ours.length === 0 ? [] : differences(recordedShape[0], ours[0], `${path}[]`)
  }
  if (typeof recordedShape === "object" && recordedShape !== null && typeof ours === "object" && ours !== null) {
    const theirs = recordedShape as Record<string, unknown>
    const own = ours as Record<string, unknown>
    // Maps keyed by id, and what people put into extra, have no members of their own.
    if (path.endsWith(".extra")) return []
    if (Object.keys(theirs).every((name) => /^\d+$/.test(name))) {
      return differences(Object.values(theirs)[0], Object.values(own)[0], `${path}.ID`)
    }
    return Object.keys(theirs).flatMap((name) =>
      name in own ? differences(theirs[name], own[name], `${path}.${name}`) : [`${path}.${name} is missing`]
    )
  }
  return recordedShape === ours
    ? []
    : [`${path} is ${JSON.stringify(ours)} instead of ${JSON.stringify(recordedShape)}`]
}

describe.runIf(recorded.present)("FakeKojiHub against recordings (skipped where ../shared/data is absent)", () => {
  it("answers recorded calls with the members a real hub answers with", async () => {
    const hub = await FakeKojiHub.start({
      stepMillis: 0,
      repositoryMillis: 0,
      outcome: (name) => name === "bad" ? "fail" : "complete"
    })
    for (const tag of ["dist-1", "dist-1-build", "stage-1", "locked-1", "base"]) hub.addTag(tag)
    hub.addBuild("hello-1.0-1", "git+https://git.example.invalid/pkgs/hello#1")
    let session: Record<string, string> = {}
    let number = 0
    const call = async (method: string, params: ReadonlyArray<XmlRpc.Value>) => {
      const body = Result.getOrThrow(XmlRpc.format({ _tag: "Call", method, params }))
      const headers = { "Content-Type": "text/xml", ...session, "Koji-Callnum": String(number++) }
      const reply = await fetch(hub.url, { method: "POST", headers, body })
      return Result.getOrThrow(XmlRpc.parse(await reply.text()))
    }
    const login = await call("login", ["orch", "orchpw"])
    assert(login._tag === "Response")
    const { "session-id": id, "session-key": key } = XmlRpc.plain(login.value) as Record<string, number | string>
    session = { "Koji-Session-Id": String(id), "Koji-Session-Key": String(key) }
    number = 0
    await call("createBuildTarget", ["dist-1", "dist-1-build", "dist-1"])
    await call("packageListAdd", ["dist-1", "hello", { owner: "orch", __starstar: true }])
    await call("packageListAdd", ["stage-1", "hello", { owner: "orch", __starstar: true }])
    const task = await call("build", ["git+https://git.example.invalid/pkgs/world#1", "dist-1", {}])
    assert(task._tag === "Response")
    for (let n = 0; n < 20; n++) {
      await new Promise((resolve) => setTimeout(resolve, 3))
      await call("getAPIVersion", [])
    }
    await call("tagBuildBypass", ["dist-1", "hello-1.0-1"])

    // These need the state, the session or the way in of their own recording.
    const elsewhere =
      /login|sslLogin|logout|Upload|CG|retry|sequence|expired|http|offline|getTaskResult|checkRequest|create|policy|echo/
    const compared: Array<string> = []
    const problems: Array<string> = []
    for (const { decoded, file, label, request } of recorded.all) {
      if (elsewhere.test(label) || decoded.method === undefined || typeof request.body !== "string") continue
      const message = Result.getOrThrow(XmlRpc.parse(request.body))
      assert(message._tag === "Call")
      const own = /Task/.test(message.method) && typeof message.params[0] === "number"
        ? [XmlRpc.plain(task.value) as number, ...message.params.slice(1)]
        : message.params
      const answer = await call(message.method, own as ReadonlyArray<XmlRpc.Value>)
      compared.push(label)
      if (answer._tag === "Fault") {
        const expected = decoded.fault?.faultCode
        // A tag named in the recording may not be there for us.
        if (answer.code !== expected && answer.code !== 1000) {
          problems.push(`${file}: fault ${answer.code} ${answer.message}`)
        }
      } else if (decoded.fault === undefined && answer._tag === "Response") {
        problems.push(...differences(shape(decoded.result), shape(XmlRpc.plain(answer.value)), file))
      }
    }
    await hub.close()
    assert.deepStrictEqual(problems, [])
    assert.isAbove(compared.length, 25)
  })
})
