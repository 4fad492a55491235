/** `orch bus …`: who is told and who is listened to, the topics of announcements, and what happens as it happens. */
import type { HeardBroker, KeptMessage, ToldListener } from "@orch/api/orch/BusApi"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { print } from "../Answer.ts"
import * as Connection from "../Connection.ts"
import { given } from "../GivenOptions.ts"
import { plain } from "../Printable.ts"
import * as Table from "../Table.ts"

const toldTable = (all: ReadonlyArray<ToldListener>): string =>
  all.length === 0 ? "Nobody is told." : Table.format(
    ["TOLD", "BY", "BEHIND", "TOPICS", "ADDRESS"],
    all.map((one) => [one.id, one.kind, `${one.behind}`, one.topics.join(",") || "all", one.address])
  )

const connection = ({ connected, reason, since }: HeardBroker): string =>
  connected ? "connected" : `away since ${since ?? "?"}: ${reason ?? ""}`

const heardTable = (all: ReadonlyArray<HeardBroker>): string =>
  all.length === 0 ? "No broker is listened to." : Table.format(
    ["HEARD", "BY", "RECEIVED", "REPEATED", "REFUSED", "HINTS", "WAITING", "FAILED", "BELIEVED", "CONNECTION"],
    all.map((one) => [
      one.id,
      one.kind,
      `${one.received}`,
      `${one.repeated}`,
      `${one.refused}`,
      `${one.passed_on}`,
      `${one.waiting}`,
      `${one.failed}`,
      one.believed.join(","),
      connection(one)
    ])
  )

const status = Command.make(
  "status",
  { ...Connection.flags },
  ({ json, ...said }) =>
    Connection.run(said, (client) =>
      Effect.gen(function*() {
        const found = yield* client.bus.status()
        yield* print(json, found, () => `${toldTable(found.told)}\n\n${heardTable(found.heard)}`)
        const isWell = found.heard.every(({ connected, failed }) => connected && failed === 0)
        if (!isWell) yield* Effect.sync(() => void (process.exitCode = 1))
      }))
).pipe(
  Command.withDescription(
    "Show who is told and who is listened to; exit code 1 if a broker is away or a message failed"
  )
)

const topics = Command.make(
  "topics",
  {
    ...Connection.flags,
    topic: Argument.String("topic").pipe(
      Argument.withDescription("Print the JSON Schema of this topic's messages"),
      Argument.optional
    )
  },
  ({ json, topic, ...said }) =>
    Connection.run(said, (client) =>
      Option.isSome(topic)
        ? Effect.flatMap(
          client.bus.topic({ params: { topic: topic.value } }),
          (schema) => Console.log(JSON.stringify(schema, null, 2))
        )
        : Effect.flatMap(client.bus.topics(), (all) =>
          print(json, all, () =>
            Table.format(
              ["TOPIC", "VERSION", "SUBJECT", "ABOUT"],
              all.map((one) => [one.topic, `${one.version}`, one.subject, one.about])
            ))))
).pipe(Command.withDescription("List the topics of announcements, or print the schema of one"))

const wants = (prefix: string, topic: string): boolean => topic === prefix || topic.startsWith(`${prefix}.`)

const tail = Command.make(
  "tail",
  {
    ...Connection.flags,
    topic: Flag.String("topic").pipe(
      Flag.withDescription("Only this topic and what lies below it, such as module-build"),
      Flag.optional
    ),
    about: Flag.String("about").pipe(
      Flag.withDescription("Only this subject and what lies below it, such as module-build/42"),
      Flag.optional
    ),
    after: Flag.Int("after").pipe(
      Flag.withDescription("Begin behind the announcement of this number; 0 for all there are"),
      Flag.optional
    )
  },
  ({ about, after, json, topic, ...said }) =>
    Connection.run(said, (client) =>
      Stream.unwrap(client.operations.events({
        query: given({ about }),
        headers: Option.isSome(after) ? { "last-event-id": `${after.value}` } : {}
      })).pipe(
        Stream.filter(({ event }) => Option.isNone(topic) || wants(topic.value, event)),
        Stream.runForEach(({ data, event, id }) => {
          if (json) return Console.log(JSON.stringify({ topic: event, ...(JSON.parse(data) as object) }))
          const { at, sequence: _, subject, ...body } = JSON.parse(data) as Record<string, unknown>
          return Console.log(`${id ?? ""} ${String(at)} ${event} ${plain(String(subject))} ${JSON.stringify(body)}`)
        })
      ))
).pipe(
  Command.withDescription("Print announcements as they are made, one on each line"),
  Command.withExamples([{
    command: "orch bus tail --topic module-build --after 0",
    description: "All there are, and what comes"
  }])
)

const messageTable = (all: ReadonlyArray<KeptMessage>): string =>
  all.length === 0 ? "There are none." : Table.format(
    ["NUMBER", "STATE", "BROKER", "TOPIC", "SUBJECT", "SAID"],
    all.map((one) => [`${one.number}`, one.state, one.source, one.topic, one.subject, one.said.split("\n")[0]!])
  )

const messages = Command.make(
  "messages",
  {
    ...Connection.flags,
    state: Flag.Literals("state", ["waiting", "handled", "failed"]).pipe(
      Flag.withDescription("Only those in this state"),
      Flag.optional
    ),
    limit: Flag.Int("limit").pipe(Flag.withDescription("How many to show, at most 1000"), Flag.withDefault(50))
  },
  ({ json, limit, state, ...said }) =>
    Connection.run(said, (client) =>
      Effect.flatMap(
        client.bus.messages({ query: { limit: `${limit}`, ...given({ state }) } }),
        (found) => print(json, found, () => messageTable(found))
      ))
).pipe(Command.withDescription("List messages that came in and were kept, the newest first"))

const retry = Command.make(
  "retry",
  { ...Connection.flags, number: Argument.Int("number").pipe(Argument.withDescription("Number of the message")) },
  ({ json, number, ...said }) =>
    Connection.run(said, (client) =>
      Effect.andThen(
        client.bus.retry({ params: { number: `${number}` } }),
        print(json, { retried: number }, () => `Message ${number} is handled again.`)
      ))
).pipe(Command.withDescription("Handle a message again that failed"))

/** `orch bus …`: status, topics, tail, messages and retry. */
export const command = Command.make("bus").pipe(
  Command.withDescription("What message brokers are told and what they bring"),
  Command.withSubcommands([status, topics, tail, messages, retry])
)
