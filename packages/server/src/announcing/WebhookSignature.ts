/**
 * Signs webhooks as Standard Webhooks 1.0 does, so that receivers in any language have a library to check them with.
 *
 * HMAC-SHA256 over `id.timestamp.body`; the id is the same for each attempt, the timestamp is that of the attempt.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import * as Result from "effect/Result"
import * as Crypto from "node:crypto"

/** `webhook-id`: for receivers to drop what they have seen. `webhook-timestamp`: Unix seconds. */
export interface SignedHeaders {
  readonly "webhook-id": string
  readonly "webhook-timestamp": string
  /** `v1,` and the signature in base64; one for each key, separated by blanks. */
  readonly "webhook-signature": string
}

/** Signs with every key, the newest first, so that a receiver that knows one of them is satisfied. */
export const headers = (
  id: string,
  seconds: number,
  body: string,
  keys: ReadonlyArray<Uint8Array>
): SignedHeaders => ({
  "webhook-id": id,
  "webhook-timestamp": `${seconds}`,
  "webhook-signature": keys
    .map((key) => `v1,${Crypto.createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64")}`)
    .join(" ")
})

/** Reads a secret: `whsec_` and 24 to 64 bytes in base64. The error never shows any of it. */
export const parseKey = (secret: string): Result.Result<Uint8Array, string> => {
  const text = secret.startsWith("whsec_") ? secret.slice(6) : ""
  const key = Buffer.from(text, "base64")
  const isWhole = /^[A-Za-z0-9+/]+={0,2}$/.test(text) &&
    key.toString("base64").replace(/=+$/, "") === text.replace(/=+$/, "")
  return isWhole && key.length >= 24 && key.length <= 64
    ? Result.succeed(key)
    : Result.fail(
      "a secret is whsec_ followed by 24 to 64 random bytes in base64 (echo whsec_$(openssl rand -base64 32))"
    )
}
