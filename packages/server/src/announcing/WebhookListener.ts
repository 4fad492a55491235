/**
 * Who is told by webhook: read from the configuration and from nowhere else, since whoever can name a URL can make this
 * server ask hosts that only it can reach.
 */
import type { Listener } from "@orch/core/ports/Announcer"
import * as Result from "effect/Result"
import * as EntryList from "./EntryList.ts"
import * as WebhookSignature from "./WebhookSignature.ts"

export interface WebhookListener extends Listener {
  /** The newest first. */
  readonly keys: ReadonlyArray<Uint8Array>
}

const keysOf = (secret: unknown): Result.Result<ReadonlyArray<Uint8Array>, string> => {
  const secrets = Array.isArray(secret) ? secret : [secret]
  return secrets.length === 0
    ? Result.fail("it has no secret")
    : Result.all(secrets.map((one) => WebhookSignature.parseKey(typeof one === "string" ? one : "")))
}

const read = (id: string, given: Readonly<Record<string, unknown>>): Result.Result<WebhookListener, string> => {
  const { secret, topics = [], url } = given
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

/**
 * Reads `[{"id", "url", "secret", "topics"}]`. `secret` may be a list while one takes the place of another; `topics` are
 * prefixes such as `module-build`, all when absent. Empty text means nobody. Secrets are not shown in errors.
 */
export const parse = EntryList.parser<WebhookListener>({
  noun: "listener",
  keys: ["id", "url", "secret", "topics"],
  read
})
