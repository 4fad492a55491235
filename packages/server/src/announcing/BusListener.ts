/**
 * Which message brokers are told: read from the configuration and from nowhere else. Addresses hold passwords, so the whole text
 * is a secret, and problems never repeat any of it but names of keys and listeners.
 */
import type { Listener } from "@orch/core/ports/Announcer"
import * as Result from "effect/Result"

/** One broker. */
export interface BusListener extends Listener {
  readonly protocol: "amqp" | "mqtt"
  /** With user and password; never shown. `address` is the same without them. */
  readonly url: string
  /** The first parts of all topics, such as `org.example.prod`. */
  readonly prefix: string
  /** The exchange of AMQP. */
  readonly exchange: string
  /** Files, for TLS: who signed the broker's certificate, and who we are. */
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
}

/** What is wrong with the setting. */
export interface InvalidBuses {
  readonly _tag: "InvalidBuses"
  readonly message: string
}

const protocols: Readonly<Record<string, BusListener["protocol"]>> = {
  "amqp:": "amqp",
  "amqps:": "amqp",
  "mqtt:": "mqtt",
  "mqtts:": "mqtt"
}

const known = new Set(["id", "url", "prefix", "exchange", "topics", "ca", "cert", "key"])
const texts = ["ca", "cert", "key", "exchange"] as const

/**
 * Reads `[{"id", "url", "prefix", "exchange", "topics", "ca", "cert", "key"}]`; `exchange` is `amq.topic` unless said. Empty text
 * means nobody.
 */
export const parse = (text: string): Result.Result<ReadonlyArray<BusListener>, InvalidBuses> => {
  if (text.trim() === "") return Result.succeed([])
  const entries = json(text)
  if (!Array.isArray(entries)) return wrong("is not a JSON array of {id, url, prefix, exchange, topics, ca, cert, key}")
  const listeners: Array<BusListener> = []
  for (const [index, entry] of entries.entries()) {
    const listener = one(entry)
    if (Result.isFailure(listener)) return wrong(`broker ${index + 1}: ${listener.failure}`)
    if (listeners.some(({ id }) => id === listener.success.id)) {
      return wrong(`broker ${index + 1}: the id ${listener.success.id} is taken by another`)
    }
    listeners.push(listener.success)
  }
  return Result.succeed(listeners)
}

const wrong = (message: string): Result.Result<never, InvalidBuses> => Result.fail({ _tag: "InvalidBuses", message })

const json = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const one = (entry: unknown): Result.Result<BusListener, string> => {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return Result.fail("is not an object")
  const given = entry as Record<string, unknown>
  const unknown = Object.keys(given).find((key) => !known.has(key))
  if (unknown !== undefined) return Result.fail(`"${unknown}" is none of ${[...known].join(", ")}`)
  const { id, prefix, topics = [], url } = given
  if (typeof id !== "string" || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id)) {
    return Result.fail("its id must be up to 64 letters, digits, dots, dashes and underscores")
  }
  if (typeof prefix !== "string" || !/^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+){0,7}$/.test(prefix) || prefix.length > 100) {
    return Result.fail("its prefix must be like org.example.prod")
  }
  if (!Array.isArray(topics) || !topics.every((topic) => typeof topic === "string" && topic !== "")) {
    return Result.fail("its topics must be a list of prefixes such as module-build.state")
  }
  const notText = texts.find((key) => given[key] !== undefined && (typeof given[key] !== "string" || given[key] === ""))
  if (notText !== undefined) return Result.fail(`its ${notText} must be a text`)
  const address = typeof url === "string" ? URL.parse(url) : null
  const protocol = address === null ? undefined : protocols[address.protocol]
  if (address === null || protocol === undefined || address.hostname === "") {
    return Result.fail("its url must be a whole amqps://, amqp://, mqtts:// or mqtt:// URL")
  }
  if ((given["cert"] === undefined) !== (given["key"] === undefined)) {
    return Result.fail("a certificate needs its key, and a key its certificate")
  }
  const textOf = (key: typeof texts[number]) => given[key] as string | undefined
  return Result.succeed({
    id,
    protocol,
    url: address.href,
    address: `${address.protocol}//${address.host}${address.pathname}`,
    prefix,
    topics,
    exchange: textOf("exchange") ?? "amq.topic",
    ca: textOf("ca"),
    cert: textOf("cert"),
    key: textOf("key")
  })
}
