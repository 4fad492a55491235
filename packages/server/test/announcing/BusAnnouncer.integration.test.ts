/** Announcements on their way to real brokers: what arrives, in which order, and what becomes of it while a broker is away. */
import { assert, describe, it } from "@effect/vitest"
import { type Announcement, Announcer } from "@orch/core/ports/Announcer"
import { Outbox } from "@orch/core/ports/Outbox"
import * as MemoryOutbox from "@orch/core/testing/MemoryOutbox"
import type { ConsumeMessage } from "amqplib"
import * as Amqp from "amqplib"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import mqtt from "mqtt"
import { randomUUID } from "node:crypto"
import * as Announcements from "../../src/announcing/Announcements.ts"
import * as BusAnnouncer from "../../src/announcing/BusAnnouncer.ts"
import * as BusListener from "../../src/announcing/BusListener.ts"
import * as BusMessage from "../../src/announcing/BusMessage.ts"
import { hasMosquitto, hasRabbit, mosquitto, rabbit, until } from "../support/Brokers.ts"
import * as CuttableWay from "../support/CuttableWay.ts"

const listener = (fields: Readonly<Record<string, unknown>>) =>
  Result.getOrThrow(BusListener.parse(JSON.stringify([{ id: "bus", ...fields }])))

/** What a queue that is bound to everything below a prefix receives. */
const queue = (prefix: string) =>
  Effect.gen(function*() {
    const received: Array<ConsumeMessage> = []
    const model = yield* Effect.acquireRelease(
      Effect.promise(() => Amqp.connect("amqp://guest:guest@127.0.0.1:5672")),
      (model) => Effect.promise(() => model.close())
    )
    yield* Effect.promise(async () => {
      const channel = await model.createChannel()
      const { queue } = await channel.assertQueue("", { exclusive: true })
      await channel.bindQueue(queue, "amq.topic", `${prefix}.#`)
      await channel.consume(queue, (message) => void (message !== null && received.push(message)), { noAck: true })
    })
    return received
  })

const serve = (listeners: ReadonlyArray<BusListener.BusListener>, established?: BusAnnouncer.Established) =>
  Layer.build(
    Announcements.layer({ firstPause: "5 millis", longestPause: "20 millis", sweep: "100 millis" }).pipe(
      Layer.provide(
        BusAnnouncer.layer({ listeners, timeoutMillis: 2000, ...(established === undefined ? {} : { established }) })
      )
    )
  )

const tell = Effect.fnUntraced(function*(ns: ReadonlyArray<number>) {
  const outbox = yield* Outbox
  yield* outbox.append(
    ns.map((n) => ({
      topic: "module-build.state",
      subject: `module-build/${n % 3}`,
      body: { id: n % 3, n, state: "build", state_number: 2, state_reason: "built" }
    })),
    1_700_000_000_000
  )
})

const bodyOf = ({ content }: ConsumeMessage) => JSON.parse(content.toString("utf8"))
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)
/** Each number once, in the order in which it came first. */
const first = (numbers: ReadonlyArray<number>) => [...new Set(numbers)]

const announcement: Announcement = {
  sequence: 7,
  topic: "module-build.state",
  subject: "module-build/1",
  at: 1_700_000_000_123,
  body: { id: 1, state: "failed", state_number: 4, state_reason: "no" }
}

describe("a message", () => {
  it("has the same id each time, and another for another announcement, prefix or topic", () => {
    const one = BusMessage.own("org.test", announcement)
    assert.strictEqual(BusMessage.own("org.test", { ...announcement }).id, one.id)
    assert.match(one.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const others = [
      BusMessage.own("org.other", announcement),
      BusMessage.own("org.test", { ...announcement, sequence: 8 }),
      BusMessage.own("org.test", { ...announcement, at: 1 }),
      BusMessage.established("org.test", announcement, "mbs.module.state.change", {})
    ]
    assert.strictEqual(new Set([one, ...others].map(({ id }) => id)).size, 5)
  })

  it("says in its headers what fedora-messaging asks for, with times without fractions", () => {
    assert.deepStrictEqual(BusMessage.own("org.test", announcement).headers, {
      fedora_messaging_schema: "orch.module-build.state.v1",
      fedora_messaging_severity: 40,
      "sent-at": "2023-11-14T22:13:20+00:00",
      priority: 0
    })
  })
})

describe("the setting of brokers", () => {
  it.each([
    ["{}", "is not a JSON array"],
    ["[{}]", "its id"],
    [`[{"id":"a","url":"amqp://u:hunter2@h"}]`, "its prefix"],
    [`[{"id":"a","prefix":"org.x","url":"http://u:hunter2@h"}]`, "its url"],
    [`[{"id":"a","prefix":"org..x","url":"amqp://u:hunter2@h"}]`, "its prefix"],
    [`[{"id":"a","prefix":"o","url":"amqp://u:hunter2@h","cert":"/c"}]`, "a certificate needs its key"],
    [`[{"id":"a","prefix":"o","url":"amqp://u:hunter2@h","hunter":1}]`, "\"hunter\" is none of"]
  ])("refuses %s and shows no password", (text, message) => {
    const parsed = BusListener.parse(text)
    assert.isTrue(Result.isFailure(parsed))
    if (Result.isFailure(parsed)) {
      assert.include(parsed.failure.message, message)
      assert.notInclude(parsed.failure.message, "hunter2")
    }
  })

  it("shows addresses without who we are", () => {
    const [one] = listener({ url: "amqps://me:hunter2@mq.example.org:5671/%2Fpubsub", prefix: "org.x" })
    assert.strictEqual(one!.address, "amqps://mq.example.org:5671/%2Fpubsub")
  })
})

describe.skipIf(!hasRabbit)("AMQP (skipped where no RabbitMQ answers at 127.0.0.1:5672)", () => {
  it.live("carries announcements whole, with the established messages beside our own", () =>
    Effect.gen(function*() {
      const prefix = `t${randomUUID()}`
      const received = yield* queue(prefix)
      yield* tell([1])
      yield* serve(listener({ url: "amqp://guest:guest@127.0.0.1:5672", prefix }), {
        module: (id) =>
          Effect.succeed({ id, name: "perl", state: 5, state_name: "ready", state_reason: null, tasks: {} }),
        component: () => Effect.undefined
      })
      yield* until(() => received.length === 2)
      const [own, established] = received
      assert.strictEqual(own!.fields.routingKey, `${prefix}.orch.module-build.state`)
      assert.strictEqual(established!.fields.routingKey, `${prefix}.mbs.module.state.change`)
      const { contentEncoding, contentType, deliveryMode, messageId } = own!.properties
      assert.deepStrictEqual([contentType, contentEncoding, deliveryMode], ["application/json", "utf-8", 2])
      assert.notStrictEqual(messageId, established!.properties.messageId)
      assert.deepStrictEqual(bodyOf(own!), {
        type: "module-build.state",
        timestamp: "2023-11-14T22:13:20.000Z",
        sequence: 1,
        subject: "module-build/1",
        data: { id: 1, n: 1, state: "build", state_number: 2, state_reason: "built" }
      })
      // As it was announced, not as it is by now.
      assert.deepStrictEqual(bodyOf(established!), {
        id: 1,
        name: "perl",
        state: 2,
        state_name: "build",
        state_reason: "built"
      })
    }).pipe(Effect.provide(MemoryOutbox.layer)))

  it.live("loses nothing and keeps the order while the broker goes away and comes back, repeats with the same ids", () =>
    Effect.gen(function*() {
      const prefix = `t${randomUUID()}`
      const received = yield* queue(prefix)
      const broker = yield* CuttableWay.make(rabbit)
      yield* serve(listener({ url: `amqp://guest:guest@127.0.0.1:${broker.port}`, prefix }))
      yield* tell(range(1, 20))
      yield* until(() => received.length >= 5)
      broker.close()
      yield* tell(range(21, 40))
      yield* Effect.sleep("100 millis")
      broker.mend()
      yield* until(() => received.length >= 20)
      broker.close()
      yield* Effect.sleep("50 millis")
      broker.mend()
      yield* until(() => received.some((message) => bodyOf(message).data.n === 40))
      assert.deepStrictEqual(first(received.map((message) => bodyOf(message).data.n)), range(1, 40))
      assert.strictEqual(new Set(received.map(({ properties }) => properties.messageId)).size, 40)
    }).pipe(Effect.provide(MemoryOutbox.layer)))

  it.live("says why a broker is not told, and never the password", () =>
    Effect.gen(function*() {
      const [wrong] = listener({ url: "amqp://guest:hunter2@127.0.0.1:5672", prefix: "t" })
      const error = yield* Effect.gen(function*() {
        const announcer = yield* Announcer
        return yield* Effect.flip(announcer.deliver(wrong!, announcement))
      }).pipe(Effect.provide(BusAnnouncer.layer({ listeners: [wrong!], timeoutMillis: 5000 })))
      assert.strictEqual(error.reason, "unreachable")
      assert.notInclude(JSON.stringify(error), "hunter2")
    }))
})

describe.skipIf(!hasMosquitto)("MQTT (skipped where no broker answers at 127.0.0.1:1883)", () => {
  it.live("carries announcements in order with ids that stay, also while the broker goes away and comes back", () =>
    Effect.gen(function*() {
      const prefix = `t${randomUUID()}`
      const received: Array<{ readonly topic: string; readonly said: any }> = []
      const client = yield* Effect.acquireRelease(
        Effect.promise(() => mqtt.connectAsync("mqtt://127.0.0.1:1883")),
        (client) => Effect.promise(() => client.endAsync(true))
      )
      client.on("message", (topic, payload) => received.push({ topic, said: JSON.parse(payload.toString("utf8")) }))
      yield* Effect.promise(() => client.subscribeAsync(`${prefix}/#`, { qos: 1 }))
      const broker = yield* CuttableWay.make(mosquitto)
      yield* serve(listener({ url: `mqtt://127.0.0.1:${broker.port}`, prefix }))
      yield* tell(range(1, 10))
      yield* until(() => received.length >= 5)
      broker.close()
      yield* tell(range(11, 20))
      yield* Effect.sleep("50 millis")
      broker.mend()
      yield* until(() => received.some(({ said }) => said.body.data.n === 20))
      assert.deepStrictEqual(first(received.map(({ said }) => said.body.data.n)), range(1, 20))
      assert.strictEqual(new Set(received.map(({ said }) => said.id)).size, 20)
      assert.deepStrictEqual(
        first(received.map(({ topic }) => topic) as any),
        [`${prefix}/orch/module-build/state`] as any
      )
    }).pipe(Effect.provide(MemoryOutbox.layer)))
})
