/** Whom a Kerberos principal stands for here. */
import * as Result from "effect/Result"

/** Name and realm; undefined for what has none, and for names with escaped characters, which no account has. */
const split = (principal: string): readonly [name: string, realm: string] | undefined => {
  const found = /^([^@\\\s]+)@([^@\\\s]+)$/.exec(principal)
  return found === null ? undefined : [found[1]!, found[2]!]
}

/**
 * The name without its realm, which has to be one of these, or the server's own where there are none: two realms may know the
 * same name, and any realm that is trusted could otherwise name anybody.
 */
export const nameOf = (
  principal: string,
  server: string,
  realms: ReadonlyArray<string>
): Result.Result<string, string> => {
  const caller = split(principal)
  if (caller === undefined) return Result.fail("The Kerberos principal is no name@REALM")
  const [name, realm] = caller
  const own = split(server)?.[1]
  return (realms.length === 0 ? realm === own : realms.includes(realm))
    ? Result.succeed(name)
    : Result.fail(`Users of the realm ${realm} are not known here`)
}
