/**
 * What a task is found by whose answer was lost: Pulp keeps the `Correlation-ID` of a request with the task it made.
 *
 * It must be a UUID, other text is silently replaced by Pulp; so ours is the hash of a key, in the form of one.
 */
import { createHash } from "node:crypto"

/** 32 hexadecimal digits that are a UUID of version 8 (RFC 9562, 5.8), always the same for a key. */
export const make = (...key: ReadonlyArray<string>): string => {
  const digest = createHash("sha256").update(JSON.stringify(key)).digest()
  digest[6] = 0x80 | digest[6]! & 0x0f
  digest[8] = 0x80 | digest[8]! & 0x3f
  return digest.subarray(0, 16).toString("hex")
}
