/**
 * Groups from a directory (LDAP), for callers of whom only the name is known: those of Kerberos and of trusted proxies. Answers are
 * kept for a minute, bounded in time and number; a directory that does not answer lets nobody in.
 */
import * as Cache from "effect/Cache"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Redacted from "effect/Redacted"
import { AuthenticationFailed } from "./Caller.ts"

/** Where the directory is, and how a group says whom it has. */
export interface Settings {
  readonly ldapUrl: string | undefined
  readonly ldapGroupsDn: string | undefined
  readonly ldapMember: string
  readonly ldapMemberValue: string
  readonly ldapBindDn: string | undefined
  readonly ldapPassword: Redacted.Redacted | undefined
}

/** The names of a user's groups. */
export type Groups = (user: string) => Effect.Effect<ReadonlySet<string>, AuthenticationFailed>

const timeoutMillis = 10_000
const mostGroups = 2000
const usersAtMost = 10_000

/** A value of a distinguished name (RFC 4514). */
const escaped = (text: string): string =>
  text.replace(/[,+"\\<>;=#\0\s]/g, (one) => `\\${one.charCodeAt(0).toString(16).padStart(2, "0")}`)

/** What an entry has in the attribute for this user: the name itself, or a distinguished name with it. */
export const memberOf = (template: string, user: string): string =>
  template === "{}" ? user : template.replaceAll("{}", () => escaped(user))

const search = async (settings: Settings, url: string, base: string, user: string): Promise<ReadonlySet<string>> => {
  const { Client, EqualityFilter } = await import("ldapts")
  const client = new Client({ url, timeout: timeoutMillis, connectTimeout: timeoutMillis })
  try {
    if (settings.ldapBindDn !== undefined) {
      const password = settings.ldapPassword
      await client.bind(settings.ldapBindDn, password === undefined ? "" : Redacted.value(password))
    }
    const { searchEntries } = await client.search(base, {
      scope: "one",
      attributes: ["cn"],
      sizeLimit: mostGroups,
      timeLimit: timeoutMillis / 1000,
      // The library writes the value as it is: nothing in a name is syntax.
      filter: new EqualityFilter({ attribute: settings.ldapMember, value: memberOf(settings.ldapMemberValue, user) })
    })
    return new Set(searchEntries.flatMap(({ cn }) => cn ?? []).map(String))
  } finally {
    await client.unbind().catch(() => {})
  }
}

/** Asks the directory; nobody is in any group where none is set up. */
export const make = (settings: Settings): Effect.Effect<Groups> => {
  const { ldapGroupsDn, ldapUrl } = settings
  if (ldapUrl === undefined || ldapGroupsDn === undefined) {
    return Effect.succeed(() => Effect.succeed(new Set<string>()))
  }
  const lookup = (user: string) =>
    Effect.tryPromise(() => search(settings, ldapUrl, ldapGroupsDn, user)).pipe(
      Effect.timeout(2 * timeoutMillis),
      Effect.tapError((error) => Effect.logWarning("The directory does not tell groups", error)),
      Effect.mapError(() =>
        new AuthenticationFailed({
          reason: "unavailable",
          message: "The directory of groups does not answer; nobody knows what you may do"
        })
      )
    )
  return Effect.map(
    Cache.makeWith(lookup, {
      capacity: usersAtMost,
      timeToLive: (exit) => Exit.isSuccess(exit) ? "1 minute" : 0
    }),
    (cache): Groups => (user) => Cache.get(cache, user)
  )
}
