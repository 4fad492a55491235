/** Whether a message is of a forge that shares a secret with this server. Everything is compared in constant time. */
import { createHmac, timingSafeEqual } from "node:crypto"
import type { Forge } from "./PushEvent.ts"

const same = (given: string, expected: string): boolean => {
  // Of equal length by hashing both, so that not even the length is told.
  const hash = (text: string) => createHmac("sha256", "compare").update(text, "utf8").digest()
  return timingSafeEqual(hash(given), hash(expected))
}

type Headers = Readonly<Record<string, string | undefined>>

/** Where each forge puts the SHA-256 HMAC of the body. GitLab sends the secret itself. */
const signatureOf: Readonly<Record<Exclude<Forge, "gitlab">, (headers: Headers) => string | undefined>> = {
  gitea: (headers) => headers["x-gitea-signature"] ?? headers["x-hub-signature-256"]?.replace(/^sha256=/, ""),
  github: (headers) => headers["x-hub-signature-256"]?.replace(/^sha256=/, ""),
  pagure: (headers) => headers["x-pagure-signature-256"]
}

/** Whether the forge knows the secret, by the body and the headers that came with it. */
export const isValid = (forge: Forge, secret: string, headers: Headers, body: Uint8Array): boolean => {
  const given = forge === "gitlab" ? headers["x-gitlab-token"] : signatureOf[forge](headers)
  if (given === undefined) return false
  return same(given, forge === "gitlab" ? secret : createHmac("sha256", secret).update(body).digest("hex"))
}
