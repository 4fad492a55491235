/**
 * Who is told by webhook: read from the configuration and from nowhere else, since whoever can name a URL can make this
 * server ask hosts that only it can reach.
 */
import type { Listener } from "@orch/core/ports/Announcer"
import * as Result from "effect/Result"
import * as WebhookSignature from "./WebhookSignature.ts"

export interface WebhookListener extends Listener {
  /** The newest first. */
  readonly keys: ReadonlyArray<Uint8Array>
}

export interface InvalidWebhooks {
  readonly _tag: "InvalidWebhooks"
  readonly message: string
}

const known = new Set(["id", "url", "secret", "topics"])

/**
 * Reads `[{"id", "url", "secret", "topics"}]`. `secret` may be a list while one takes the place of another; `topics` are
 * prefixes such as `module-build`, all when absent. Empty text means nobody. Secrets are not shown in errors.
 */
export const parse = (text: string): Result.Result<ReadonlyArray<WebhookListener>, InvalidWebhooks> => {
  if (text.trim() === "") return Result.succeed([])
  const entries = json(text)
  if (!Array.isArray(entries)) return wrong("is not a JSON array of {id, url, secret, topics}")
  const listeners: Array<WebhookListener> = []
  for (const [index, entry] of entries.entries()) {
    const listener = one(entry)
    if (Result.isFailure(listener)) return wrong(`listener ${index + 1}: ${listener.failure}`)
    if (listeners.some(({ id }) => id === listener.success.id)) {
      return wrong(`listener ${index + 1}: the id ${listener.success.id} is taken by another`)
    }
    listeners.push(listener.success)
  }
  return Result.succeed(listeners)
}

const wrong = (message: string): Result.Result<never, InvalidWebhooks> =>
  Result.fail({ _tag: "InvalidWebhooks", message })

const json = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const one = (entry: unknown): Result.Result<WebhookListener, string> => {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return Result.fail("is not an object")
  const { id, secret, topics = [], url } = entry as Record<string, unknown>
  const unknown = Object.keys(entry).find((key) => !known.has(key))
  if (unknown !== undefined) return Result.fail(`"${unknown}" is none of ${[...known].join(", ")}`)
  if (typeof id !== "string" || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id)) {
    return Result.fail("its id must be up to 64 letters, digits, dots, dashes and underscores")
  }
  if (!Array.isArray(topics) || !topics.every((topic) => typeof topic === "string" && topic !== "")) {
    return Result.fail("its topics must be a list of prefixes such as module-build.state")
  }
  const address = typeof url === "string" ? URL.parse(url) : null
  if (address === null || (address.protocol !== "https:" && address.protocol !== "http:")) {
    return Result.fail("its url must be a whole https:// or http:// URL")
  }
  if (address.username !== "" || address.password !== "") return Result.fail("its url must not hold a password")
  return Result.map(keysOf(secret), (keys) => ({ id, address: address.href, topics, keys }))
}

const keysOf = (secret: unknown): Result.Result<ReadonlyArray<Uint8Array>, string> => {
  const secrets = Array.isArray(secret) ? secret : [secret]
  return secrets.length === 0
    ? Result.fail("it has no secret")
    : Result.all(secrets.map((one) => WebhookSignature.parseKey(typeof one === "string" ? one : "")))
}
