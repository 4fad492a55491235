/**
 * Who may write repository records: HTTP Basic users and bearer tokens.
 *
 * Every comparison takes the same time whatever is wrong, and every known user is compared, so that answers tell neither names
 * nor how much of a password was right. A password may hold colons (shaman's could not).
 */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SecretText from "../auth/SecretText.ts"
import type { BasicUser, Settings } from "./RepositoriesConfig.ts"

const basic = (settings: Settings, encoded: string): string | undefined => {
  const decoded = Buffer.from(encoded, "base64").toString("utf8")
  const colon = decoded.indexOf(":")
  const name = colon < 0 ? decoded : decoded.slice(0, colon)
  const password = colon < 0 ? "" : decoded.slice(colon + 1)
  let found: string | undefined
  for (const user of settings.users) {
    const sameName = SecretText.isSame(name, user.name)
    const samePassword = SecretText.isSame(password, Redacted.value(user.password))
    if (sameName && samePassword) found = user.name
  }
  return found
}

const bearer = (settings: Settings, token: string): string | undefined => {
  let found: string | undefined
  for (const known of settings.tokens) if (SecretText.isSame(token, Redacted.value(known))) found = "token"
  return found
}

/** The name of who is asking by this Authorization header, undefined when they may not write. */
export const writer = (settings: Settings, authorization: string | undefined): string | undefined => {
  if (settings.openWrites) return "anyone"
  const match = /^(basic|bearer) +([^ ]+) *$/i.exec(authorization ?? "")
  if (match === null) return undefined
  return match[1]!.toLowerCase() === "basic" ? basic(settings, match[2]!) : bearer(settings, match[2]!)
}

/** What to ask for when nobody could be recognised. */
export const challenge = "Basic realm=\"orch\", charset=\"UTF-8\""

/** A part of ORCH_BASIC_USERS that is not `name:password`; the part itself is not shown, it may hold a password. */
export class InvalidBasicUsers extends Schema.TaggedError<InvalidBasicUsers>()("InvalidBasicUsers", {
  position: Schema.Number
}) {
  override get message(): string {
    return `entry ${this.position} of the users is not name:password (entries are separated by commas)`
  }
}

/** Reads `name:password,other:secret`; the password is everything after the first colon. */
export const parseUsers = (text: string): Result.Result<ReadonlyArray<BasicUser>, InvalidBasicUsers> => {
  const users: Array<BasicUser> = []
  const parts = text.trim() === "" ? [] : text.split(",")
  for (const [index, part] of parts.entries()) {
    const colon = part.indexOf(":")
    const name = part.slice(0, Math.max(colon, 0)).trim()
    if (name === "" || colon === part.length - 1) return Result.fail(new InvalidBasicUsers({ position: index + 1 }))
    users.push({ name, password: Redacted.make(part.slice(colon + 1), { label: name }) })
  }
  return Result.succeed(users)
}

/** Reads `token,other`: blanks around tokens are dropped, empty ones too. */
export const parseTokens = (text: string): Result.Result<ReadonlyArray<Redacted.Redacted>, never> =>
  Result.succeed(
    text.split(",").map((part) => part.trim()).filter((part) => part !== "").map((token) => Redacted.make(token))
  )
