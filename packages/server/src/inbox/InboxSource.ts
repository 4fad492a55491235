/**
 * Message brokers that are listened to: read from the configuration and from nowhere else. Addresses hold passwords, so the whole
 * text is a secret, and problems never repeat any of it but names of keys and brokers.
 */
import * as Result from "effect/Result"

/** What messages may be about. A broker is believed about what its entry names, and about nothing else. */
export const kinds = ["koji", "greenwave", "dist-git", "ci", "compose", "orch"] as const
export type Kind = typeof kinds[number]

/** One broker that is listened to. */
export interface InboxSource {
  readonly id: string
  readonly protocol: "amqp" | "mqtt"
  /** With user and password; never shown. */
  readonly url: string
  /** The same without them. */
  readonly address: string
  /** The queue of AMQP, the client of MQTT: the broker keeps messages under this name while nobody listens. */
  readonly queue: string
  /** Whether the queue is made and bound here; else somebody else has made it. Always true over MQTT. */
  readonly declares: boolean
  readonly exchange: string
  /** Patterns with dots, `*` for one part and `#` for any number of them. */
  readonly topics: ReadonlyArray<string>
  readonly believed: ReadonlySet<Kind>
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
}

/** What is wrong with the setting. */
export interface InvalidSources {
  readonly _tag: "InvalidSources"
  readonly message: string
}

const protocols: Readonly<Record<string, InboxSource["protocol"]>> = {
  "amqp:": "amqp",
  "amqps:": "amqp",
  "mqtt:": "mqtt",
  "mqtts:": "mqtt"
}

const keys = ["id", "url", "queue", "declare", "exchange", "topics", "believe", "ca", "cert", "key"] as const
const known = new Set<string>(keys)
const texts = ["ca", "cert", "key", "exchange"] as const
const pattern = /^(?:[\w*-]+|#)(?:\.(?:[\w*-]+|#)){0,19}$/

/** Reads `[{"id", "url", "queue", "topics", "believe"}]`; `exchange` is `amq.topic` unless said. Empty text means no broker. */
export const parse = (text: string): Result.Result<ReadonlyArray<InboxSource>, InvalidSources> => {
  if (text.trim() === "") return Result.succeed([])
  const entries = json(text)
  if (!Array.isArray(entries)) return wrong(`is not a JSON array of {${keys.join(", ")}}`)
  const sources: Array<InboxSource> = []
  for (const [index, entry] of entries.entries()) {
    const source = one(entry)
    if (Result.isFailure(source)) return wrong(`broker ${index + 1}: ${source.failure}`)
    if (sources.some(({ id }) => id === source.success.id)) {
      return wrong(`broker ${index + 1}: the id ${source.success.id} is taken by another`)
    }
    sources.push(source.success)
  }
  return Result.succeed(sources)
}

const wrong = (message: string): Result.Result<never, InvalidSources> =>
  Result.fail({ _tag: "InvalidSources", message })

const json = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isKind = (value: unknown): value is Kind => kinds.some((kind) => kind === value)

const one = (entry: unknown): Result.Result<InboxSource, string> => {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return Result.fail("is not an object")
  const given = entry as Record<string, unknown>
  const unknown = Object.keys(given).find((key) => !known.has(key))
  if (unknown !== undefined) return Result.fail(`"${unknown}" is none of ${keys.join(", ")}`)
  const { believe, declare = true, id, queue, topics, url } = given
  if (typeof id !== "string" || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id)) {
    return Result.fail("its id must be up to 64 letters, digits, dots, dashes and underscores")
  }
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
  const notText = texts.find((key) => given[key] !== undefined && (typeof given[key] !== "string" || given[key] === ""))
  if (notText !== undefined) return Result.fail(`its ${notText} must be a text`)
  const address = typeof url === "string" ? URL.parse(url) : null
  const protocol = address === null ? undefined : protocols[address.protocol]
  if (address === null || protocol === undefined || address.hostname === "") {
    return Result.fail("its url must be a whole amqps://, amqp://, mqtts:// or mqtt:// URL")
  }
  if (protocol === "mqtt" && !declare) return Result.fail("a broker over MQTT has no queues of others")
  if ((given["cert"] === undefined) !== (given["key"] === undefined)) {
    return Result.fail("a certificate needs its key, and a key its certificate")
  }
  const textOf = (key: typeof texts[number]) => given[key] as string | undefined
  return Result.succeed({
    id,
    protocol,
    url: address.href,
    address: `${address.protocol}//${address.host}${address.pathname}`,
    queue,
    declares: declare,
    exchange: textOf("exchange") ?? "amq.topic",
    topics,
    believed: new Set(believe),
    ca: textOf("ca"),
    cert: textOf("cert"),
    key: textOf("key")
  })
}
