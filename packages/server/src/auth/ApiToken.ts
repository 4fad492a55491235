/**
 * Own API tokens: known by their hash alone, so that nobody who reads the configuration can use one.
 *
 * All known tokens are compared, each in the same time, so that answers tell nothing about any of them.
 */
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import { createHash, timingSafeEqual } from "node:crypto"

export interface ApiToken {
  readonly user: string
  readonly groups: ReadonlyArray<string>
  /** SHA-256 of the token, 32 bytes. */
  readonly hash: Uint8Array
}

/** The entry itself is not shown. */
export class InvalidApiTokens extends Data.TaggedError("InvalidApiTokens")<{ readonly position: number }> {
  override get message(): string {
    return `entry ${this.position} is not USER:GROUP|GROUP:SHA256 with 64 hexadecimal digits`
  }
}

/** Reads `USER:GROUP|GROUP:SHA256,…`; groups may be empty. */
export const parseAll = (text: string): Result.Result<ReadonlyArray<ApiToken>, InvalidApiTokens> => {
  const tokens: Array<ApiToken> = []
  const entries = text.split(",").map((entry) => entry.trim()).filter((entry) => entry !== "")
  for (const [index, entry] of entries.entries()) {
    const match = /^([^:]+):([^:]*):([0-9a-f]{64})$/i.exec(entry)
    if (match === null) return Result.fail(new InvalidApiTokens({ position: index + 1 }))
    tokens.push({
      user: match[1]!,
      groups: match[2]!.split("|").filter((group) => group !== ""),
      hash: Buffer.from(match[3]!, "hex")
    })
  }
  return Result.succeed(tokens)
}

/** Whose token this is. */
export const find = (tokens: ReadonlyArray<ApiToken>, token: string): ApiToken | undefined => {
  const hash = createHash("sha256").update(token, "utf8").digest()
  let found: ApiToken | undefined
  for (const known of tokens) if (timingSafeEqual(known.hash, hash)) found = known
  return found
}
