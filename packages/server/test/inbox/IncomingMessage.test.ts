/** What messages may be: their levels, their ids, and how many of them are kept at once. */
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as AmqpSession from "../../src/inbox/AmqpSession.ts"
import * as IncomingMessage from "../../src/inbox/IncomingMessage.ts"

const read = (body: string, id = "1") =>
  IncomingMessage.read({
    topic: "x.note",
    payload: Buffer.from(body),
    headers: {},
    id,
    encoding: undefined,
    isRepeat: false
  })

const nested = (levels: number) => `{"a":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`

describe("a message", () => {
  it("has at most 200 levels, over AMQP and over MQTT", () => {
    assert.isTrue(Result.isSuccess(read(nested(200))))
    for (const levels of [201, 3_000_000]) {
      const wrapped = Buffer.from(`{"id":"1","topic":"x","headers":{},"body":${nested(levels)}}`)
      const all = [read(nested(levels)), IncomingMessage.readMqtt("x/note", wrapped, false)]
      assert.deepStrictEqual(all, all.map(() => Result.fail("it has more than 200 levels")))
    }
  })

  it("keeps apart what has long ids that begin alike", () => {
    const ids = ["a", "b"].map((end) => Result.getOrThrow(read("{}", "x".repeat(1000) + end)).id)
    assert.notStrictEqual(ids[0], ids[1])
    assert.isTrue(ids.every((id) => id !== undefined && id.length <= 200))
  })
})

describe("messages that came together", () => {
  const mebibytes = (...sizes: ReadonlyArray<number>) => sizes.map((size) => size * 1024 * 1024)

  it.each([
    [mebibytes(1, 2, 3), 3],
    [mebibytes(8, 8, 8, 8, 8), 4],
    [mebibytes(40, 1), 1],
    [mebibytes(1, 40), 1]
  ])("are kept together up to 32 MiB, and at least one (%#)", (sizes, count) => {
    assert.strictEqual(AmqpSession.countAtOnce(sizes), count)
  })
})
