/** The setting of brokers that are listened to: what is refused, and that nobody sees a password by it. */
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as InboxSource from "../../src/inbox/InboxSource.ts"

const entry = {
  id: "a",
  url: "amqps://me:hunter2@mq.example.org/%2Fpubsub",
  queue: "q",
  topics: ["x.#"],
  believe: ["ci"]
}

describe("the setting", () => {
  it("says of each broker where it is, without who we are", () => {
    const [one, two] = Result.getOrThrow(InboxSource.parse(JSON.stringify([
      entry,
      { ...entry, id: "b", url: "mqtt://mq.example.org", topics: ["x.*.y", "x.#", "#"], exchange: "e" }
    ])))
    assert.deepInclude(one, {
      address: "amqps://mq.example.org/%2Fpubsub",
      protocol: "amqp",
      exchange: "amq.topic",
      declares: true
    })
    assert.deepInclude(two, { protocol: "mqtt", exchange: "e", topics: ["x.*.y", "x.#", "#"] })
    assert.deepStrictEqual([...two!.believed], ["ci"])
    assert.deepStrictEqual(InboxSource.parse(" "), Result.succeed([]))
  })

  it.each<[unknown, string]>([
    ["{", "is not a JSON array of {id, url, queue, "],
    [{}, "is not a JSON array"],
    [[1], "broker 1: is not an object"],
    [[entry, entry], "broker 2: the id a is taken by another"],
    [[{ ...entry, hunter: 1 }], "\"hunter\" is none of id, url"],
    [[{ ...entry, id: "a b" }], "its id"],
    [[{ ...entry, url: "http://u:hunter2@h" }], "its url"],
    [[{ ...entry, queue: "hunter2 " }], "its queue"],
    [[{ ...entry, declare: "hunter2" }], "its declare"],
    [[{ ...entry, topics: ["hunter2/#"] }], "its topics"],
    [[{ ...entry, topics: [] }], "it has no topics"],
    [[{ ...entry, believe: ["hunter2"] }], "its believe must be a list of some of koji, mbs, greenwave, dist-git, ci"],
    [[{ ...entry, ca: "" }], "its ca must be a text"],
    [[{ ...entry, key: "/k" }], "a certificate needs its key"],
    [[{ ...entry, url: "mqtt://u:hunter2@h", declare: false }], "no queues of others"],
    [[{ ...entry, url: "mqtt://u:hunter2@h", topics: ["x.#.y"] }], "only as their last part"]
  ])("refuses %j and shows no password", (given, message) => {
    const parsed = InboxSource.parse(typeof given === "string" ? given : JSON.stringify(given))
    assert.isTrue(Result.isFailure(parsed))
    if (Result.isFailure(parsed)) {
      assert.include(parsed.failure.message, message)
      assert.notInclude(parsed.failure.message, "hunter2")
    }
  })
})
