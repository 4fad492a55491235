/** Messages of real brokers on their way in: each handled once, those of one subject in order, whatever happens to the broker. */
import { assert, describe, it } from "@effect/vitest"
import * as Amqp from "amqplib"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as SqlClient from "effect/sql/SqlClient"
import mqtt from "mqtt"
import { randomUUID } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { TestResults } from "../../src/gating/TestResults.ts"
import * as BrokerSessions from "../../src/inbox/BrokerSessions.ts"
import * as CiMessages from "../../src/inbox/handlers/CiMessages.ts"
import * as Inbox from "../../src/inbox/Inbox.ts"
import { HandlingFailed, type HintHandler, type KeptHandler } from "../../src/inbox/InboxHandler.ts"
import * as InboxLayer from "../../src/inbox/InboxLayer.ts"
import * as InboxSource from "../../src/inbox/InboxSource.ts"
import * as IncomingMessage from "../../src/inbox/IncomingMessage.ts"
import { hasMosquitto, hasRabbit, mosquitto, ownQueue, rabbit, rabbitUrl, until } from "../support/Brokers.ts"
import * as CuttableWay from "../support/CuttableWay.ts"
import { embedded } from "../support/Databases.ts"

const source = (fields: Readonly<Record<string, unknown>>) =>
  Result.getOrThrow(
    InboxSource.parse(JSON.stringify([{ id: "bus", queue: "q", topics: ["#"], believe: ["ci"], ...fields }]))
  )[0]!

interface Note {
  readonly subject: string
  readonly n: number
}

/** Notes what it is told; `fail` says which messages do not succeed, and how often. */
const recorder = (fail: Map<number, number> = new Map()) => {
  const notes: Array<Note> = []
  const handler: KeptHandler = {
    _tag: "Kept",
    name: "notes",
    kind: "ci",
    accepts: (topic) => topic.endsWith(".note"),
    subject: ({ body }) => String((body as unknown as Note).subject),
    handle: ({ body }) => {
      const note = body as unknown as Note
      const left = fail.get(note.n) ?? 0
      if (left === 0) return Effect.sync(() => `note ${notes.push(note)}`)
      fail.set(note.n, left - 1)
      return Effect.fail(new HandlingFailed({ message: "not yet", isRetryable: left < 100 }))
    }
  }
  return { notes, handler }
}

const amqp = Effect.acquireRelease(
  Effect.promise(() => Amqp.connect("amqp://guest:guest@127.0.0.1:5672")),
  (model) => Effect.promise(() => model.close())
)

const message = (n: number, more: Partial<IncomingMessage.IncomingMessage> = {}): Inbox.Arrived =>
  Result.succeed({
    id: `id-${n}`,
    digest: `digest-${n}`,
    topic: "x.note",
    sentAt: undefined,
    body: { subject: `s${n % 2}`, n },
    isRepeat: false,
    ...more
  })

const serve = (handlers: ReadonlyArray<KeptHandler | HintHandler>) =>
  Inbox.layer(handlers).pipe(Layer.provideMerge(embedded))

/** Until the first broker is listened to. */
const listening = Effect.gen(function*() {
  const { states } = yield* BrokerSessions.BrokerSessions
  const isOn = Effect.map(states, ([one]) => one !== undefined && one.reason === undefined)
  while (!(yield* isOn)) yield* Effect.sleep("5 millis")
})

/** Until what came is noted as handled: a server that stops just before that leaves the message to the next one. */
const handled = Effect.gen(function*() {
  const inbox = yield* Inbox.Inbox
  while ((yield* inbox.messages("waiting", undefined, 1)).length > 0) yield* Effect.sleep("5 millis")
})

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

describe("the inbox", () => {
  it.live("keeps each message once, handles those of a subject in order, and leaves what fails for good to people", () => {
    const { handler, notes } = recorder(new Map([[1, 1], [4, 1000]]))
    return Effect.gen(function*() {
      const inbox = yield* Inbox.Inbox
      const from = source({ url: "amqp://a" })
      yield* inbox.receive(from, range(1, 6).map((n) => message(n)))
      yield* inbox.receive(from, [message(2), message(3), message(7, { id: "id-6" })])
      // What fails is tried again after a while, and nothing of its subject overtakes it.
      for (let round = 0; round < 3; round++) yield* inbox.handleDue
      assert.deepStrictEqual(notes.map(({ n }) => n), [2, 6])
      const waiting = yield* inbox.messages("waiting", undefined, 10)
      assert.deepStrictEqual(waiting.map(({ number }) => number), [5, 3, 1])
      const failed = yield* inbox.messages("failed", undefined, 10)
      assert.deepStrictEqual(failed.map(({ message_id, said }) => [message_id, said]), [["id-4", "not yet"]])
      const drained = Effect.gen(function*() {
        yield* inbox.handleDue
        return (yield* inbox.messages("waiting", undefined, 10)).length
      })
      while ((yield* drained) > 0) yield* Effect.sleep("200 millis")
      assert.deepStrictEqual(notes.filter(({ subject }) => subject === "s1").map(({ n }) => n), [1, 3, 5])
      assert.deepStrictEqual(notes.filter(({ subject }) => subject === "s0").map(({ n }) => n), [2, 6])
      const [row] = yield* inbox.sources
      assert.deepInclude(row, { source: "bus", received: 9, repeated: 3, refused: 0, waiting: 0, failed: 1 })
      assert.isTrue(yield* inbox.retry(failed[0]!.number))
      assert.isFalse(yield* inbox.retry(1))
    }).pipe(Effect.provide(serve([handler])))
  })

  it.live("takes a message whose body is null, and those that come with it", () => {
    const bodies: Array<unknown> = []
    const handler: KeptHandler = {
      ...recorder().handler,
      subject: () => "one",
      handle: ({ body }) => Effect.sync(() => `body ${bodies.push(body)}`)
    }
    return Effect.gen(function*() {
      const inbox = yield* Inbox.Inbox
      yield* inbox.receive(source({ url: "amqp://a" }), [message(1, { body: null }), message(2)])
      yield* inbox.handleDue
      yield* inbox.handleDue
      assert.deepStrictEqual(bodies, [null, { subject: "s0", n: 2 }])
    }).pipe(Effect.provide(serve([handler])))
  })

  it.live("refuses a message that cannot be stored or says nothing of what it is about, and takes those around it", () => {
    const { handler, notes } = recorder()
    // An index takes no more than 2704 bytes, once they are compressed.
    const long = Array.from({ length: 200 }, () => randomUUID()).join("")
    return Effect.gen(function*() {
      const inbox = yield* Inbox.Inbox
      yield* inbox.receive(source({ url: "amqp://a" }), [
        message(1),
        message(2, { id: long }),
        message(3, { body: null }),
        message(4)
      ])
      while ((yield* inbox.handleDue) > 0);
      assert.deepStrictEqual(notes.map(({ n }) => n).sort(), [1, 4])
      const [row] = yield* inbox.sources
      assert.deepInclude(row, { received: 4, repeated: 0, refused: 2, waiting: 0, failed: 0 })
      assert.match(row!.last_refusal ?? "", /cannot be stored: index row size/)
    }).pipe(Effect.provide(serve([handler])))
  })

  it.live("knows a message without an id again when its broker says that it is a repeat, and only then", () => {
    const { handler, notes } = recorder()
    return Effect.gen(function*() {
      const inbox = yield* Inbox.Inbox
      const from = source({ url: "amqp://a" })
      const anonymous = { id: undefined, digest: "same" }
      yield* inbox.receive(from, [message(1, anonymous)])
      yield* inbox.receive(from, [message(1, { ...anonymous, isRepeat: true })])
      yield* inbox.receive(from, [message(1, anonymous)])
      yield* inbox.handleDue
      yield* inbox.handleDue
      assert.lengthOf(notes, 2)
    }).pipe(Effect.provide(serve([handler])))
  })

  it.live("forgets what was handled or failed long ago, and nothing else", () => {
    const { handler } = recorder(new Map([[1, 1000], [4, 1]]))
    return Effect.gen(function*() {
      const inbox = yield* Inbox.Inbox
      const sql = yield* SqlClient.SqlClient
      yield* inbox.receive(
        source({ url: "amqp://a" }),
        range(1, 4).map((n) => message(n, { body: { subject: `${n}`, n } }))
      )
      yield* inbox.handleDue
      const states = Effect.map(
        inbox.messages(undefined, undefined, 10),
        (all) => all.map(({ message_id, state }) => [message_id, state])
      )
      assert.deepStrictEqual(yield* states, [
        ["id-4", "waiting"],
        ["id-3", "handled"],
        ["id-2", "handled"],
        ["id-1", "failed"]
      ])
      yield* sql`UPDATE inbox_message SET received_at = received_at - interval '31 days',
        handled_at = handled_at - interval '31 days' WHERE message_id <> 'id-3'`
      assert.strictEqual(yield* inbox.prune(30), 2)
      assert.deepStrictEqual(yield* states, [["id-4", "waiting"], ["id-3", "handled"]])
    }).pipe(Effect.provide(serve([handler])))
  })

  it.live("takes a backlog of one subject in few looks, each subject having its turn, and nothing overtakes what fails", () => {
    // It fails until it is let through: how often it is tried is how slow the machine is.
    const fail = new Map([[641, 99]])
    const { handler, notes } = recorder(fail)
    return Effect.gen(function*() {
      const inbox = yield* Inbox.Inbox
      const sql = yield* SqlClient.SqlClient
      const of = (subject: string, numbers: ReadonlyArray<number>) =>
        numbers.map((n) => message(n, { body: { subject, n } }))
      yield* inbox.receive(source({ url: "amqp://a" }), [
        ...of("busy", range(1, 640)),
        ...of("failing", range(641, 650)),
        ...range(651, 700).flatMap((n) => of(`s${n}`, [n]))
      ])
      const first = yield* inbox.handleDue
      // Not the busy one alone.
      assert.isAtLeast(new Set(notes.map(({ subject }) => subject)).size, 20)
      assert.isAtLeast(first, 32)
      let looks = 1
      while ((yield* inbox.handleDue) > 0) looks++
      assert.isAtMost(looks, 40)
      const numbersOf = (subject: string) => notes.filter((note) => note.subject === subject).map(({ n }) => n)
      assert.deepStrictEqual(numbersOf("busy"), range(1, 640))
      assert.deepStrictEqual(notes.filter(({ n }) => n > 650).length, 50)
      assert.deepStrictEqual(numbersOf("failing"), [])
      // What waits behind it was not tried, and is not late when it is its turn.
      assert.deepStrictEqual(
        yield* sql`SELECT attempts > 0 AS tried, count(*)::integer AS messages FROM inbox_message
          WHERE state = 'waiting' GROUP BY tried ORDER BY tried`,
        [{ tried: false, messages: 9 }, { tried: true, messages: 1 }]
      )
      fail.delete(641)
      yield* sql`UPDATE inbox_message SET due_at = now() WHERE state = 'waiting'`
      yield* inbox.handleDue
      assert.deepStrictEqual(numbersOf("failing"), range(641, 650))
    }).pipe(Effect.provide(serve([handler])))
  })

  it.live("has no failure for a CI message about a scratch build, and a result for others", () =>
    Effect.gen(function*() {
      const handler = yield* CiMessages.make
      yield* Effect.gen(function*() {
        const inbox = yield* Inbox.Inbox
        const test = { namespace: "web", type: "smoke", category: "functional", result: "passed" }
        const topic = "org.example.prod.ci.koji-build.test.complete"
        const artifact = { type: "koji-build", nvr: "zlib-1-1" }
        yield* inbox.receive(source({ url: "amqp://a" }), [
          message(1, { topic, body: { artifact: { ...artifact, scratch: true }, test } }),
          message(2, { topic, body: { artifact: { ...artifact, nvr: "zlib-1-2" }, test } })
        ])
        yield* inbox.handleDue
        const all = yield* inbox.messages(undefined, undefined, 10)
        assert.deepStrictEqual(all.map(({ said, state }) => [state, said]), [
          ["handled", "Result 1: PASSED"],
          ["handled", "Not recorded: It is about a scratch build, which no gate asks about"]
        ])
      }).pipe(Effect.provide(Inbox.layer([handler])))
    }).pipe(Effect.provide(TestResults.layer.pipe(Layer.provideMerge(embedded)))))

  it.live("believes a broker about what its entry names, and passes hints on without keeping them", () => {
    const { handler, notes } = recorder()
    const hints: Array<string> = []
    const hint: HintHandler = {
      _tag: "Hint",
      name: "hints",
      kind: "koji",
      accepts: () => true,
      hint: ({ id }) => Effect.sync(() => void hints.push(id))
    }
    return Effect.gen(function*() {
      const inbox = yield* Inbox.Inbox
      yield* inbox.receive(source({ url: "amqp://a", believe: ["koji"] }), [message(1)])
      yield* inbox.receive(source({ url: "amqp://a", believe: ["greenwave"] }), [message(2)])
      yield* inbox.handleDue
      assert.deepStrictEqual([hints, notes], [["id-1"], []])
      assert.lengthOf(yield* inbox.messages(undefined, undefined, 10), 0)
    }).pipe(Effect.provide(serve([handler, hint])))
  })
})

describe.skipIf(!hasRabbit)("listening over AMQP (skipped where no RabbitMQ answers at 127.0.0.1:5672)", () => {
  it.live("loses nothing, repeats nothing and keeps the order while broker and server go away", () =>
    Effect.gen(function*() {
      const { handler, notes } = recorder()
      const queue = `orch-test-${randomUUID()}`
      const prefix = `t${randomUUID()}`
      const broker = yield* CuttableWay.make(rabbit)
      const model = yield* amqp
      const channel = yield* Effect.promise(() => model.createChannel())
      const publish = (n: number) =>
        channel.publish("amq.topic", `${prefix}.note`, Buffer.from(JSON.stringify({ subject: `s${n % 3}`, n })), {
          messageId: `${prefix}-${n}`,
          contentType: "application/json",
          headers: { fedora_messaging_severity: 20 }
        })
      const url = `amqp://guest:guest@127.0.0.1:${broker.port}`
      const from = source({ url, queue, topics: [`${prefix}.#`] })
      yield* Effect.addFinalizer(() => Effect.promise(() => channel.deleteQueue(queue)))
      const layer = BrokerSessions.layer({ sources: [from], timeoutMillis: 3000, pauseMillis: 20 }).pipe(
        Layer.provideMerge(InboxLayer.workers)
      )
      yield* Effect.gen(function*() {
        yield* Effect.scoped(Effect.gen(function*() {
          const context = yield* Layer.build(layer)
          yield* Effect.provideContext(listening, context)
          for (const n of range(1, 20)) publish(n)
          yield* until(() => notes.length >= 5)
          broker.close()
          for (const n of range(21, 40)) publish(n)
          yield* Effect.sleep("60 millis")
          broker.mend()
          yield* until(() => notes.length >= 40)
          yield* handled
          // Told again by whoever sent it.
          for (const n of range(30, 40)) publish(n)
        }))
        // Nobody listens; the queue keeps what comes.
        for (const n of range(41, 50)) publish(n)
        yield* Effect.scoped(Effect.gen(function*() {
          yield* Layer.build(layer)
          yield* until(() => notes.length >= 50)
        }))
      }).pipe(Effect.provide(serve([handler])))
      for (const subject of ["s0", "s1", "s2"]) {
        const own = notes.filter((note) => note.subject === subject).map(({ n }) => n)
        assert.deepStrictEqual(own, own.toSorted((a, b) => a - b))
      }
      assert.deepStrictEqual(notes.map(({ n }) => n).toSorted((a, b) => a - b), range(1, 50))
    }))
})

describe.skipIf(!hasRabbit)("a backlog at a broker (skipped where no RabbitMQ answers at 127.0.0.1:5672)", () => {
  it.live("is taken in whole and in the order of its subjects", () =>
    Effect.gen(function*() {
      const { handler, notes } = recorder()
      const { channel, prefix, queue } = yield* ownQueue
      yield* Effect.promise(async () => {
        await channel.assertQueue(queue, { durable: true, exclusive: false, autoDelete: false })
        await channel.bindQueue(queue, "amq.topic", `${prefix}.note`)
      })
      for (const n of range(1, 1500)) {
        // Half of all is about one thing.
        const body = { subject: n % 2 === 0 ? "busy" : `s${n % 31}`, n }
        channel.publish("amq.topic", `${prefix}.note`, Buffer.from(JSON.stringify(body)), {
          messageId: `${prefix}-${n}`
        })
      }
      const from = source({ url: rabbitUrl, queue, topics: [`${prefix}.#`] })
      yield* Effect.gen(function*() {
        yield* Layer.build(BrokerSessions.layer({ sources: [from] }).pipe(Layer.provideMerge(InboxLayer.workers)))
        yield* until(() => notes.length >= 1500)
        yield* handled
      }).pipe(Effect.provide(serve([handler])))
      for (const own of Map.groupBy(notes, ({ subject }) => subject).values()) {
        const numbers = own.map(({ n }) => n)
        assert.deepStrictEqual(numbers, numbers.toSorted((a, b) => a - b))
      }
      assert.deepStrictEqual(notes.map(({ n }) => n).toSorted((a, b) => a - b), range(1, 1500))
    }))
})

describe.skipIf(!hasMosquitto)("listening over MQTT (skipped where no broker answers at 127.0.0.1:1883)", () => {
  it.live("loses nothing and repeats nothing while the broker goes away", () =>
    Effect.gen(function*() {
      const { handler, notes } = recorder()
      const prefix = `t${randomUUID()}`
      const broker = yield* CuttableWay.make(mosquitto)
      const client = yield* Effect.acquireRelease(
        Effect.promise(() => mqtt.connectAsync("mqtt://127.0.0.1:1883")),
        (client) => Effect.promise(() => client.endAsync(true))
      )
      const publish = (n: number) =>
        Effect.promise(() =>
          client.publishAsync(
            `${prefix}/note`,
            JSON.stringify({
              id: `${prefix}-${n}`,
              topic: `${prefix}.note`,
              headers: { "sent-at": "2026-01-01T00:00:00+00:00" },
              body: { subject: "s", n }
            }),
            { qos: 1 }
          )
        )
      const from = source({ url: `mqtt://127.0.0.1:${broker.port}`, queue: prefix, topics: [`${prefix}.#`] })
      const layer = BrokerSessions.layer({ sources: [from], timeoutMillis: 3000, pauseMillis: 20 }).pipe(
        Layer.provideMerge(InboxLayer.workers)
      )
      yield* Effect.gen(function*() {
        const context = yield* Layer.build(layer)
        yield* Effect.provideContext(listening, context)
        for (const n of range(1, 10)) yield* publish(n)
        yield* until(() => notes.length >= 3)
        broker.close()
        for (const n of range(11, 20)) yield* publish(n)
        broker.mend()
        yield* publish(20)
        yield* until(() => notes.length >= 20)
      }).pipe(Effect.provide(serve([handler])))
      assert.deepStrictEqual(notes.map(({ n }) => n), range(1, 20))
    }))
})

const recorded = join(
  process.env["ORCH_SHARED_DATA"] ?? resolve(import.meta.dirname, "../../../../../shared/data"),
  "messaging-cases"
)

describe.skipIf(!existsSync(join(recorded, "index.json")))(
  "messages as fedora-messaging reads them (skipped without ../shared/data)",
  () => {
    const { cases } = existsSync(join(recorded, "index.json"))
      ? JSON.parse(readFileSync(join(recorded, "index.json"), "utf8")) as { readonly cases: ReadonlyArray<any> }
      : { cases: [] }
    it.each(cases.map(({ file, title }) => [title, file]))("%s", (_, file) => {
      const { body, expected, properties, topic } = JSON.parse(readFileSync(join(recorded, file), "utf8"))
      const read = IncomingMessage.read({
        topic,
        payload: Buffer.from(body, "latin1"),
        headers: properties.headers ?? {},
        id: properties.message_id,
        encoding: properties.content_encoding,
        isRepeat: false
      })
      assert.strictEqual(Result.isSuccess(read), expected.accepted, JSON.stringify(read))
      if (Result.isSuccess(read)) assert.strictEqual(read.success.id, properties.message_id)
    })
  }
)
