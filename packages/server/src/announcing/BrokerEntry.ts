/** What entries say of any message broker, whether it is told or listened to: where it is, its exchange, and the files of TLS. */
import * as Result from "effect/Result"

/** One broker. */
export interface BrokerEntry {
  readonly id: string
  readonly protocol: "amqp" | "mqtt"
  /** With user and password; never shown. */
  readonly url: string
  /** The same without them. */
  readonly address: string
  /** The exchange of AMQP; `amq.topic` unless said. */
  readonly exchange: string
  /** Files, for TLS: who signed the broker's certificate, and who we are. */
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
}

const protocols = new Map<string, BrokerEntry["protocol"]>([
  ["amqp:", "amqp"],
  ["amqps:", "amqp"],
  ["mqtt:", "mqtt"],
  ["mqtts:", "mqtt"]
])

const texts = ["ca", "cert", "key", "exchange"] as const

/** Reads `url`, `exchange`, `ca`, `cert` and `key`; fails with what is wrong, which repeats nothing of the entry. */
export const read = (id: string, given: Readonly<Record<string, unknown>>): Result.Result<BrokerEntry, string> => {
  const notText = texts.find((key) => given[key] !== undefined && (typeof given[key] !== "string" || given[key] === ""))
  if (notText !== undefined) return Result.fail(`its ${notText} must be a text`)
  const { cert, key, url } = given
  const address = typeof url === "string" ? URL.parse(url) : null
  const protocol = address === null ? undefined : protocols.get(address.protocol)
  if (address === null || protocol === undefined || address.hostname === "") {
    return Result.fail("its url must be a whole amqps://, amqp://, mqtts:// or mqtt:// URL")
  }
  if ((cert === undefined) !== (key === undefined)) {
    return Result.fail("a certificate needs its key, and a key its certificate")
  }
  const textOf = (name: typeof texts[number]) => given[name] as string | undefined
  return Result.succeed({
    id,
    protocol,
    url: address.href,
    address: `${address.protocol}//${address.host}${address.pathname}`,
    exchange: textOf("exchange") ?? "amq.topic",
    ca: textOf("ca"),
    cert: textOf("cert"),
    key: textOf("key")
  })
}
