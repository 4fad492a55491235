/**
 * The outbox in the database.
 *
 * Changes of processes number their announcements themselves, as `AnnouncementNumbers` says. What others append in transactions
 * that go on to take locks has no numbers at first; those are given afterwards, in a transaction that does nothing else.
 */
import type { Announcement } from "@orch/core/ports/Announcer"
import { Outbox } from "@orch/core/ports/Outbox"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import * as AnnouncementNumbers from "./AnnouncementNumbers.ts"
import * as AnnouncementTail from "./AnnouncementTail.ts"
import { Notifier } from "./Notifier.ts"
import { asUnavailable } from "./PgError.ts"
import { clean, json } from "./StorableText.ts"

/** How long announcements wait for a number when the process that should give it has died. */
const sweep = "5 seconds"

/** Between two passes, so that one pass numbers what several transactions have told. */
const gathering = "5 millis"

const batch = 500

/** How long a listener is left to a process that has stopped answering. */
const lease = "2 minutes"

interface Row {
  readonly sequence: bigint
  readonly topic: string
  readonly subject: string
  readonly at: bigint
  readonly body: Schema.Json
}

const announcement = (row: Row): Announcement => ({
  sequence: Number(row.sequence),
  topic: row.topic,
  subject: row.subject,
  at: Number(row.at),
  body: row.body
})

export const layer: Layer.Layer<Outbox, never, SqlClient.SqlClient | Notifier> = Layer.effect(
  Outbox,
  Effect.gen(function*() {
    const sql = yield* SqlClient.SqlClient
    const notifier = yield* Notifier
    const numbers = sql.literal(AnnouncementNumbers.table)
    const take = sql.literal(AnnouncementNumbers.take("(SELECT count(*) FROM fresh)"))

    const unnumbered = sql`SELECT id FROM announcement WHERE sequence IS NULL LIMIT 1`
    // Written anew with a number, in the order in which they were told; `id` is that of the first writing no more.
    const numberSome = sql.withTransaction(Effect.gen(function*() {
      // Locked by a statement of its own: the next one sees all that was committed before.
      yield* sql`SELECT last FROM ${numbers} FOR UPDATE`
      return yield* sql`
        WITH fresh AS (
          DELETE FROM announcement WHERE sequence IS NULL AND id IN (
            SELECT id FROM announcement WHERE sequence IS NULL ORDER BY id LIMIT ${batch} FOR UPDATE SKIP LOCKED
          )
          RETURNING id, topic, subject, at, body
        ), counter AS (
          ${take}
        )
        INSERT INTO announcement (sequence, topic, subject, at, body)
        SELECT counter.before + row_number() OVER (ORDER BY fresh.id), fresh.topic, fresh.subject, fresh.at, fresh.body
        FROM fresh, counter
        ORDER BY fresh.id
        RETURNING id`
    }))

    const number = Effect.gen(function*() {
      for (;;) {
        if ((yield* unnumbered).length === 0) return
        const numbered = yield* numberSome
        if (numbered.length > 0) yield* notifier.notify("announcement")
        if (numbered.length < batch) return
      }
    }).pipe(Effect.catchCause((cause) => Effect.logWarning("Announcements could not be numbered yet", cause)))

    yield* Stream.merge(notifier.notifications("outbox"), Stream.fromSchedule(Schedule.spaced(sweep))).pipe(
      // One pass serves every wake-up that came while the last one ran.
      Stream.buffer({ capacity: 1, strategy: "sliding" }),
      Stream.runForEach(() => Effect.andThen(number, Effect.sleep(gathering))),
      Effect.forkScoped
    )

    const read = (sequence: number, limit: number, subject: string | undefined) =>
      (subject === undefined
        ? sql<Row>`
          SELECT sequence, topic, subject, at, body FROM announcement
          WHERE sequence > ${sequence} ORDER BY sequence LIMIT ${limit}`
        : sql<Row>`
          SELECT sequence, topic, subject, at, body FROM announcement
          WHERE sequence > ${sequence} AND (subject = ${clean(subject)} OR subject LIKE ${`${
          escapeLike(clean(subject))
        }/%`})
          ORDER BY sequence LIMIT ${limit}`).pipe(
          Effect.map((rows) => rows.map(announcement)),
          asUnavailable("Outbox.after")
        )

    const last = sql<{ last: bigint }>`SELECT last FROM ${numbers}`.pipe(
      Effect.map((rows) => Number(rows[0]!.last)),
      asUnavailable("Outbox.last")
    )
    const follow = yield* AnnouncementTail.make({
      read,
      last,
      news: notifier.notifications("announcement"),
      page: batch
    })

    return Outbox.of({
      append: (drafts, at) =>
        drafts.length === 0 ? Effect.void : sql`
          INSERT INTO announcement (topic, subject, at, body)
          SELECT draft.topic, draft.subject, ${at}::bigint, coalesce(draft.body, 'null'::jsonb)
          FROM jsonb_to_recordset(${json(drafts)}::text::jsonb) AS draft (topic text, subject text, body jsonb)`
          .pipe(
            Effect.andThen(sql.afterCommit(notifier.wake("outbox"))),
            Effect.asVoid,
            asUnavailable("Outbox.append")
          ),
      after: (sequence, limit, filter) => read(sequence, limit, filter?.subject),
      last,
      follow,
      serve: (listener, limit, deliver) =>
        Effect.gen(function*() {
          // A lease and no open transaction: delivery takes as long as the listener likes, the database must not wait.
          const leased = yield* sql<{ sequence: bigint }>`
            INSERT INTO listener_cursor AS cursor (listener, sequence, leased_until)
            VALUES (${listener}, 0, now() + ${lease}::interval)
            ON CONFLICT (listener) DO UPDATE SET leased_until = excluded.leased_until
            WHERE cursor.leased_until <= now()
            RETURNING sequence`
          if (leased.length === 0) return 0
          const found = yield* read(Number(leased[0]!.sequence), limit, undefined)
          let passed = Number(leased[0]!.sequence)
          // What a listener does not want takes no time, and no statement of its own either.
          const one = Effect.fnUntraced(function*(announcement: Announcement) {
            const begun = yield* Clock.currentTimeMillis
            yield* deliver(announcement)
            passed = announcement.sequence
            if ((yield* Clock.currentTimeMillis) - begun < 2) return
            yield* sql`
              UPDATE listener_cursor SET sequence = ${passed}, leased_until = now() + ${lease}::interval
              WHERE listener = ${listener}`
          })
          return yield* Effect.forEach(found, one, { discard: true }).pipe(
            Effect.as(found.length),
            Effect.ensuring(Effect.suspend(() =>
              Effect.ignore(
                sql`UPDATE listener_cursor SET sequence = ${passed}, leased_until = now() WHERE listener = ${listener}`
              )
            ))
          )
        }).pipe(asUnavailable("Outbox.serve"))
    })
  })
)

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (one) => `\\${one}`)
