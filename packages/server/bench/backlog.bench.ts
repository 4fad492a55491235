/**
 * A broker that was away for a day: how long it takes to bring it what waits (50,000 announcements, another number as an argument), how long to take in
 * what waits there, whether all of it arrives in the order of its subjects, and how much memory that takes at most. With RabbitMQ at 5672 and Mosquitto
 * at 1883 of this machine; what does not answer is passed over.
 *
 *   pnpm bench backlog -- 500000
 */
import { Outbox } from "@orch/core/ports/Outbox"
import * as Amqp from "amqplib"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as SqlClient from "effect/sql/SqlClient"
import mqtt from "mqtt"
import { randomUUID } from "node:crypto"
import * as Announcements from "../src/announcing/Announcements.ts"
import * as BusAnnouncer from "../src/announcing/BusAnnouncer.ts"
import * as BusListener from "../src/announcing/BusListener.ts"
import * as Database from "../src/database/Database.ts"
import * as PgOutbox from "../src/database/PgOutbox.ts"
import * as BrokerSessions from "../src/inbox/BrokerSessions.ts"
import * as Inbox from "../src/inbox/Inbox.ts"
import type { KeptHandler } from "../src/inbox/InboxHandler.ts"
import * as InboxLayer from "../src/inbox/InboxLayer.ts"
import * as InboxSource from "../src/inbox/InboxSource.ts"
import * as Migrations from "../src/Migrations.ts"
import { hasMosquitto, hasRabbit, rabbitUrl } from "../test/support/Brokers.ts"
import { skippedServer, temporaryDatabase } from "../test/support/Databases.ts"

const messages = Number(process.argv[2] ?? 50_000)
const subjects = Number(process.argv[3] ?? 2000)

interface Note {
  readonly subject: string
  readonly n: number
}

/** What arrived, in the order of its subjects or not. */
const arrivals = () => {
  const last = new Map<string, number>()
  const seen = new Uint8Array(messages + 1)
  let [count, overtaken] = [0, 0]
  return {
    add: ({ n, subject }: Note) => {
      if (seen[n] === 1) return
      seen[n] = 1
      count++
      if ((last.get(subject) ?? 0) > n) overtaken++
      last.set(subject, n)
    },
    count: () => count,
    overtaken: () => overtaken
  }
}

/** Prints how long it took until everything had arrived, and the most memory and the longest stall meanwhile. */
const watched = Effect.fnUntraced(function*<E, R>(
  what: string,
  begin: Effect.Effect<unknown, E, R | Scope.Scope>,
  arrived: ReturnType<typeof arrivals>
) {
  let [memory, stall, tick] = [0, 0, performance.now()]
  const timer = setInterval(() => {
    const now = performance.now()
    stall = Math.max(stall, now - tick - 10)
    tick = now
    memory = Math.max(memory, process.memoryUsage.rss())
  }, 10)
  const [began, cpu] = [performance.now(), process.cpuUsage()]
  yield* begin
  let [before, since] = [-1, performance.now()]
  while (arrived.count() < messages && performance.now() - since < 60_000) {
    yield* Effect.sleep("50 millis")
    if (arrived.count() !== before) [before, since] = [arrived.count(), performance.now()]
  }
  clearInterval(timer)
  const seconds = (performance.now() - began) / 1000
  const { system, user } = process.cpuUsage(cpu)
  console.log(
    `${what}: ${arrived.count()} of ${messages} in ${seconds.toFixed(1)} s (${
      (arrived.count() / seconds).toFixed(0)
    } a second, `
      + `${
        ((system + user) / 1000 / arrived.count()).toFixed(2)
      } ms of this process each), ${arrived.overtaken()} overtaken; `
      + `at most ${(memory / 2 ** 20).toFixed(0)} MiB, longest stall ${stall.toFixed(0)} ms`
  )
  if (arrived.count() < messages || arrived.overtaken() > 0) process.exitCode = 1
})

const noteOf = (n: number): Note => ({ subject: `module-build/${1 + n % subjects}`, n })

/** Announcements that nobody was told of yet. */
const fill = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const outbox = yield* Outbox
  yield* sql`
    INSERT INTO announcement (topic, subject, at, body)
    SELECT 'module-build.state', 'module-build/' || (1 + n % ${subjects}::int), 1700000000000,
      jsonb_build_object('id', 1 + n % ${subjects}::int, 'subject', 'module-build/' || (1 + n % ${subjects}::int), 'n', n, 'state', 'build',
        'state_number', 2, 'state_reason', 'components are being built', 'name', 'perl', 'stream', '5.30', 'version', '20260101',
        'context', 'c0ffee00', 'owner', 'bob', 'scratch', false)
    FROM generate_series(1, ${messages}::int) AS n`
  while ((yield* outbox.last) < messages) yield* Effect.sleep("100 millis")
})

const told = (url: string, prefix: string) =>
  Announcements.layer().pipe(
    Layer.provide(BusAnnouncer.layer({
      listeners: Result.getOrThrow(BusListener.parse(JSON.stringify([{ id: prefix, url, prefix }]))),
      established: {
        module: (id) =>
          Effect.succeed({ id, name: "perl", state: 5, state_name: "ready", state_reason: null, tasks: {} }),
        component: () => Effect.undefined
      }
    }))
  )

const taken = (url: string, queue: string, prefix: string, arrived: ReturnType<typeof arrivals>) => {
  const handler: KeptHandler = {
    _tag: "Kept",
    name: "notes",
    kind: "ci",
    accepts: () => true,
    subject: ({ body }) => (body as unknown as Note).subject,
    handle: ({ body }) => Effect.as(Effect.sync(() => arrived.add(body as unknown as Note)), "noted")
  }
  const [source] = Result.getOrThrow(
    InboxSource.parse(JSON.stringify([{ id: "bus", url, queue, topics: [`${prefix}.note`], believe: ["ci"] }]))
  )
  return InboxLayer.workers.pipe(
    Layer.merge(BrokerSessions.layer({ sources: [source!] })),
    Layer.provide(Inbox.layer([handler]))
  )
}

const overAmqp = Effect.gen(function*() {
  const prefix = `t${randomUUID()}`
  const model = yield* Effect.acquireRelease(
    Effect.promise(() => Amqp.connect(rabbitUrl)),
    (model) => Effect.promise(() => model.close())
  )
  const channel = yield* Effect.promise(() => model.createConfirmChannel())
  const queues = [`orch-bench-out-${prefix}`, `orch-bench-in-${prefix}`] as const
  yield* Effect.addFinalizer(() => Effect.promise(() => Promise.all(queues.map((queue) => channel.deleteQueue(queue)))))
  const arrived = arrivals()
  yield* Effect.promise(async () => {
    await channel.assertQueue(queues[0], { durable: true })
    await channel.bindQueue(queues[0], "amq.topic", `${prefix}.orch.#`)
    await channel.consume(queues[0], (message) => {
      if (message !== null) arrived.add(JSON.parse(message.content.toString("utf8")).data)
    }, { noAck: true })
  })
  yield* Effect.scoped(watched("told over AMQP", Layer.build(told(rabbitUrl, prefix)), arrived))
  const handled = arrivals()
  yield* Effect.promise(async () => {
    await channel.assertQueue(queues[1], { durable: true })
    await channel.bindQueue(queues[1], "amq.topic", `${prefix}.note`)
    for (let n = 1; n <= messages; n++) {
      const body = Buffer.from(JSON.stringify(noteOf(n)))
      channel.publish("amq.topic", `${prefix}.note`, body, { messageId: `${prefix}-${n}`, deliveryMode: 2 })
      if (n % 1000 === 0) await channel.waitForConfirms()
    }
    await channel.waitForConfirms()
  })
  yield* Effect.scoped(watched("taken over AMQP", Layer.build(taken(rabbitUrl, queues[1], prefix, handled)), handled))
})

const overMqtt = Effect.gen(function*() {
  const prefix = `t${randomUUID()}`
  const url = "mqtt://127.0.0.1:1883"
  const client = yield* Effect.acquireRelease(
    Effect.promise(() => mqtt.connectAsync(url)),
    (client) => Effect.promise(() => client.endAsync(true))
  )
  const arrived = arrivals()
  client.on("message", (topic, payload) => {
    if (topic.includes("/orch/")) arrived.add(JSON.parse(payload.toString("utf8")).body.data)
  })
  yield* Effect.promise(() => client.subscribeAsync(`${prefix}/#`, { qos: 1 }))
  yield* Effect.scoped(watched("told over MQTT", Layer.build(told(url, prefix)), arrived))
  const handled = arrivals()
  const begin = Effect.gen(function*() {
    yield* Layer.build(taken(url, `orch-bench-${prefix}`, prefix, handled))
    yield* Effect.sleep("1 second")
    // Mosquitto keeps 1,000 messages for who is away, unless told: these come while somebody listens.
    yield* Effect.forkScoped(Effect.promise(async () => {
      for (let n = 1; n <= messages; n++) {
        const { subject } = noteOf(n)
        const text = JSON.stringify({
          id: `${prefix}-${n}`,
          topic: `${prefix}.note`,
          headers: {},
          body: { subject, n }
        })
        await client.publishAsync(`${prefix}/note`, text, { qos: 1 })
        while (n - handled.count() > 500) await new Promise((resolve) => setTimeout(resolve, 5))
      }
    }))
  })
  yield* Effect.scoped(watched("taken over MQTT", begin, handled))
})

const measure = Effect.gen(function*() {
  yield* fill
  if (hasRabbit) yield* Effect.scoped(overAmqp)
  if (hasMosquitto) yield* Effect.scoped(overMqtt)
})

if (skippedServer !== undefined) console.log(`skipped: ${skippedServer}`)
else {
  await Effect.runPromise(Effect.scoped(Effect.flatMap(temporaryDatabase, ({ url }) =>
    Effect.provide(
      measure,
      PgOutbox.layer.pipe(
        Layer.provideMerge(
          Database.layer({ _tag: "Server", url: Redacted.make(url), connections: 12 }, Migrations.layer)
        )
      )
    ))))
}
