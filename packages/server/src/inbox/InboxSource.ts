/** Message brokers that are listened to: read from the configuration and from nowhere else. */
import * as Result from "effect/Result"
import * as BrokerEntry from "../announcing/BrokerEntry.ts"
import * as EntryList from "../announcing/EntryList.ts"

/** What messages may be about. A broker is believed about what its entry names, and about nothing else. */
export const kinds = ["koji", "mbs", "greenwave", "dist-git", "ci", "compose", "orch"] as const
export type Kind = typeof kinds[number]

/** One broker that is listened to. */
export interface InboxSource extends BrokerEntry.BrokerEntry {
  /** The queue of AMQP, the client of MQTT: the broker keeps messages under this name while nobody listens. */
  readonly queue: string
  /** Whether the queue is made and bound here; else somebody else has made it. Always true over MQTT. */
  readonly declares: boolean
  /** Patterns with dots, `*` for one part and `#` for any number of them. */
  readonly topics: ReadonlyArray<string>
  readonly believed: ReadonlySet<Kind>
}

const pattern = /^(?:[\w*-]+|#)(?:\.(?:[\w*-]+|#)){0,19}$/

const isKind = (value: unknown): value is Kind => kinds.some((kind) => kind === value)

const read = (id: string, given: Readonly<Record<string, unknown>>): Result.Result<InboxSource, string> => {
  const { believe, declare = true, queue, topics } = given
  if (typeof queue !== "string" || !/^[\w.:-]{1,200}$/.test(queue)) {
    return Result.fail("its queue must be a name such as orch-prod")
  }
  if (typeof declare !== "boolean") return Result.fail("its declare must be true or false")
  if (!Array.isArray(topics) || !topics.every((topic) => typeof topic === "string" && pattern.test(topic))) {
    return Result.fail("its topics must be a list of patterns such as org.example.prod.buildsys.#")
  }
  if (topics.length === 0 && declare) return Result.fail("it has no topics")
  if (!Array.isArray(believe) || believe.length === 0 || !believe.every(isKind)) {
    return Result.fail(`its believe must be a list of some of ${kinds.join(", ")}`)
  }
  return Result.flatMap(BrokerEntry.read(id, given), (broker) =>
    broker.protocol === "mqtt" && !declare
      ? Result.fail("a broker over MQTT has no queues of others")
      : broker.protocol === "mqtt" && topics.some((topic) => topic.slice(0, -1).includes("#"))
      ? Result.fail("its topics may have # only as their last part: MQTT knows no other")
      : Result.succeed({ ...broker, queue, declares: declare, topics, believed: new Set(believe) }))
}

/** Reads `[{"id", "url", "queue", "topics", "believe"}]`; `exchange` is `amq.topic` unless said. Empty text means no broker. */
export const parse = EntryList.parser<InboxSource>({
  noun: "broker",
  keys: ["id", "url", "queue", "declare", "exchange", "topics", "believe", "ca", "cert", "key"],
  read
})
