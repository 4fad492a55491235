/** What the promises of an outbox are checked with. */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { Draft } from "../../life/Draft.ts"
import type { Announcement } from "../../ports/Announcer.ts"
import { Outbox } from "../../ports/Outbox.ts"

export const draft = (subject: string, n: number, topic = "module-build.state"): Draft => ({
  topic,
  subject,
  body: { n }
})

export const numbers = (announcements: ReadonlyArray<Announcement>): ReadonlyArray<number> =>
  announcements.map(({ body }) => (body as { readonly n: number }).n)

/** 1 to n. */
export const upTo = (n: number): ReadonlyArray<number> => Array.from({ length: n }, (_, index) => index + 1)

export const harness = (patience: number) => {
  /** Announcements of a subject, once there are so many. */
  const found = Effect.fnUntraced(function*(subject: string, count: number, after = 0) {
    const outbox = yield* Outbox
    return yield* outbox.after(after, 100_000, { subject }).pipe(
      Effect.repeat({ until: (all) => all.length >= count, schedule: Schedule.spaced("20 millis") }),
      Effect.timeout(patience)
    )
  })

  /** Appends one announcement for each number, in one call, and waits until they are there. */
  const told = Effect.fnUntraced(function*(subject: string, ns: ReadonlyArray<number>, topic?: string) {
    const outbox = yield* Outbox
    const before = (yield* outbox.after(0, 100_000, { subject })).length
    yield* outbox.append(ns.map((n) => draft(subject, n, topic)), 1)
    return (yield* found(subject, before + ns.length)).slice(before)
  })

  /** Serves a listener until it has had everything. */
  const drain = Effect.fnUntraced(function*(listener: string) {
    const outbox = yield* Outbox
    let more = true
    while (more) more = (yield* outbox.serve(listener, 10_000, () => Effect.void)) > 0
  })

  return { patience, found, told, drain }
}

export type Harness = ReturnType<typeof harness>
