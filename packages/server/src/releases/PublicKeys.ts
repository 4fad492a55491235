/** Public keys as text: those that settings hold, and those that sign keys say the address of. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as OutgoingRequest from "../outgoing/OutgoingRequest.ts"
import type { SignKey } from "../signing/SignKeys.ts"

const armoured = /-----BEGIN PGP PUBLIC KEY BLOCK-----[\s\S]*?-----END PGP PUBLIC KEY BLOCK-----/g

/** The armoured keys in a text; a text that holds none may be a name of something else. */
export const inText = (text: string): ReadonlyArray<string> => text.match(armoured)?.map((key) => `${key}\n`) ?? []

/** Milliseconds for which what an address answered is kept. */
const kept = 3_600_000

interface Fetched {
  readonly until: number
  readonly keys: ReadonlyArray<string>
}

/** Keys, with a memory of those that were fetched. */
export const make = () => {
  const known = new Map<string, Fetched>()

  const fetched = Effect.fnUntraced(function*(url: string) {
    const now = yield* Clock.currentTimeMillis
    const before = known.get(url)
    if (before !== undefined && before.until > now) return before.keys
    const keys = yield* OutgoingRequest.send({
      method: "GET",
      url,
      timeoutMillis: 5000,
      maxBytes: 1024 * 1024,
      namedBy: "operator"
    }).pipe(
      Effect.map(({ body, end, status }) => status === 200 && end === "whole" ? inText(body.toString("utf8")) : []),
      Effect.catch(({ message }) =>
        Effect.as(Effect.logWarning(`The public key at ${url} cannot be fetched: ${message}`), [])
      )
    )
    // What was not there is asked for again soon.
    known.set(url, { until: now + (keys.length > 0 ? kept : 60_000), keys })
    return keys
  })

  return {
    /** All that can be had: of these texts, and of the addresses of these keys. */
    of: (texts: ReadonlyArray<string>, keys: ReadonlyArray<SignKey>): Effect.Effect<ReadonlyArray<string>> =>
      Effect.map(
        Effect.forEach(
          keys.map(({ publicUrl }) => publicUrl).filter((url) => /^https?:\/\//.test(url)),
          fetched,
          { concurrency: 4 }
        ),
        (found) => [...new Set([...texts.flatMap(inText), ...found.flat()])]
      )
  }
}
