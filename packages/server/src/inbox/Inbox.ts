/**
 * Messages of brokers, each kept once before the broker forgets it, and handled in the order in which those of its subject came.
 *
 * A message counts as known by its id, whichever broker brings it. Hints are passed on at once and not kept.
 */
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as SqlClient from "effect/sql/SqlClient"
import { randomUUID } from "node:crypto"
import { Notifier } from "../database/Notifier.ts"
import { asUnavailable, isOfValues } from "../database/PgError.ts"
import { clean } from "../database/StorableText.ts"
import { type Handled, HandlingFailed, type InboxHandler, type KeptHandler } from "./InboxHandler.ts"
import type { InboxSource } from "./InboxSource.ts"
import type { IncomingMessage } from "./IncomingMessage.ts"
import * as Statements from "./statements/InboxStatements.ts"

/** What a broker brought: a message, or what is wrong with one. */
export type Arrived = Result.Result<IncomingMessage, string>

type Store<A> = Effect.Effect<A, StoreUnavailable>

export interface Interface {
  /** Keeps what is new, in order, and passes hints on. When it is done the broker may forget them. */
  readonly receive: (source: InboxSource, arrived: ReadonlyArray<Arrived>) => Store<void>
  /** Handles what is due; how many messages those were. */
  readonly handleDue: Store<number>
  readonly sources: Store<ReadonlyArray<Statements.SourceRow>>
  /** The newest first, below a number; of any state without one. */
  readonly messages: (
    state: string | undefined,
    before: number | undefined,
    limit: number
  ) => Store<ReadonlyArray<Statements.MessageRow>>
  /** Gives a message that failed another try; false when there is none of that number. */
  readonly retry: (number: number) => Store<boolean>
  /** Removes messages that were handled, or failed, more than so many days ago; how many of them. */
  readonly prune: (days: number) => Store<number>
}

/** The messages of this server's brokers. */
export class Inbox extends Context.Service<Inbox, Interface>()("@orch/server/inbox/Inbox") {}

/** What wakes those who handle. */
export const topic = "inbox"

/** How often a message is tried before it is left to people. */
const mostAttempts = 12
/** Subjects whose messages are handled side by side. */
const sideBySide = 4
/** Milliseconds after which what was taken and not begun is given back: well before somebody else takes it. */
const longestRun = 60_000

const pause = (attempts: number): number => Math.min(600, 2 ** Math.min(attempts, 10))

/** What a message is about; `undefined` where it holds nothing that its handler could tell that from. */
const subjectOf = (handler: KeptHandler, message: Handled): string | undefined => {
  try {
    return clean(`${handler.name}/${handler.subject(message)}`.slice(0, 500))
  } catch {
    return undefined
  }
}

/** The inbox with these handlers; the first one that knows a topic gets the message. */
export const layer = (
  handlers: ReadonlyArray<InboxHandler>
): Layer.Layer<Inbox, never, Notifier | SqlClient.SqlClient> =>
  Layer.effect(
    Inbox,
    Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const notifier = yield* Notifier
      const run = <A, E>(operation: string, effect: Effect.Effect<A, E, SqlClient.SqlClient>): Store<A> =>
        effect.pipe(Effect.provideService(SqlClient.SqlClient, sql), asUnavailable(`Inbox.${operation}`)) as Store<A>
      const kept = new Map(handlers.flatMap((one) => one._tag === "Kept" ? [[one.name, one] as const] : []))

      const handlerOf = (source: InboxSource, message: IncomingMessage): InboxHandler | undefined =>
        handlers.find(({ accepts, kind }) => source.believed.has(kind) && accepts(message.topic))

      const receive = Effect.fnUntraced(function*(source: InboxSource, arrived: ReadonlyArray<Arrived>) {
        const fresh: Array<Statements.NewMessage> = []
        const hints: Array<Effect.Effect<void>> = []
        const refusals: Array<string> = []
        for (const one of arrived) {
          if (Result.isFailure(one)) {
            refusals.push(one.failure)
            continue
          }
          const message = one.success
          const handler = handlerOf(source, message)
          if (handler === undefined) continue
          const id = clean(message.id ?? `${message.digest}/${randomUUID()}`)
          const handled: Handled = { id, topic: message.topic, body: message.body, sentAt: message.sentAt }
          if (handler._tag === "Hint") {
            hints.push(Effect.suspend(() => handler.hint(handled)))
            continue
          }
          const subject = subjectOf(handler, handled)
          if (subject === undefined) {
            refusals.push(
              `Message ${id.slice(0, 100)} of topic ${handled.topic.slice(0, 200)} does not say what it is about`
            )
            continue
          }
          fresh.push({
            source: source.id,
            id,
            digest: message.digest,
            topic: clean(message.topic),
            handler: handler.name,
            subject,
            sentAt: message.sentAt === undefined ? null : clean(message.sentAt.slice(0, 100)),
            body: message.body,
            byDigest: message.id === undefined && message.isRepeat
          })
        }
        const keeping = (keep: typeof Statements.keep) =>
          sql.withTransaction(Effect.gen(function*() {
            const { news, refused } = fresh.length === 0 ? { news: 0, refused: [] } : yield* keep(fresh)
            const all = [...refusals, ...refused]
            yield* Statements.count(source.id, {
              received: arrived.length,
              refused: all.length,
              passedOn: hints.length,
              refusal: all.at(-1)
            }, fresh.length - news - refused.length)
          }))
        yield* run(
          "receive",
          // What cannot be stored does not hold up what came with it.
          Effect.catchIf(keeping(Statements.keep), isOfValues, () => keeping(Statements.keepEach))
        )
        yield* Effect.forEach(hints, (hint) => Effect.ignoreCause(hint), { discard: true })
        if (fresh.length > 0) yield* notifier.notify(topic)
      })

      const outcomeOf = (row: Statements.TakenRow, exit: Exit.Exit<string, HandlingFailed | StoreUnavailable>): {
        readonly state: "handled" | "failed" | "waiting"
        readonly said: string
        readonly seconds: number
      } => {
        if (Exit.isSuccess(exit)) return { state: "handled", said: clean(exit.value.slice(0, 1000)), seconds: 0 }
        const error = Cause.squash(exit.cause)
        const text = error instanceof Error && error.message !== "" ? error.message : Cause.pretty(exit.cause)
        const said = clean(text.slice(0, 1000))
        if (!(error instanceof HandlingFailed) && (error as { readonly _tag?: string })._tag === "StoreUnavailable") {
          return { state: "waiting", said, seconds: 5 }
        }
        const isOver = (error instanceof HandlingFailed && !error.isRetryable) || row.attempts >= mostAttempts
        return { state: isOver ? "failed" : "waiting", said, seconds: pause(row.attempts) }
      }

      const handle = (handler: KeptHandler, row: Statements.TakenRow) =>
        handler.handle({
          id: row.message_id,
          topic: row.topic,
          body: row.body,
          sentAt: row.sent_at ?? undefined
        }).pipe(
          Effect.annotateLogs({ message: row.message_id, topic: row.topic, source: row.source }),
          Effect.tapCause((cause) => Effect.logWarning("A message could not be handled", cause))
        )

      /** Handles messages of one subject, one after the other; those that it does not get to are given back. */
      const handleRun = Effect.fnUntraced(function*(rows: ReadonlyArray<Statements.TakenRow>, until: number) {
        for (const [place, row] of rows.entries()) {
          const handler = kept.get(row.handler)
          const work = handler === undefined
            ? Effect.fail(new HandlingFailed({ message: `${row.handler} is not here any more`, isRetryable: false }))
            : handle(handler, row)
          const { said, seconds, state } = outcomeOf(row, yield* Effect.exit(work))
          yield* run("settle", Statements.settle(row.number, state, said, seconds))
          const rest = rows.slice(place + 1)
          // Nothing overtakes what waits.
          if (rest.length > 0 && (state === "waiting" || (yield* Clock.currentTimeMillis) > until)) {
            return yield* run("giveBack", Statements.giveBack(rest))
          }
        }
      })

      /** Where the next look begins: each subject has its turn, however many messages another one has. */
      let after = ""
      const taking = Effect.gen(function*() {
        const first = yield* run("take", Statements.take(after))
        const taken = first.length > 0 || after === "" ? first : yield* run("take", Statements.take(""))
        after = taken.at(-1)?.subject ?? ""
        return taken
      })

      return Inbox.of({
        receive,
        handleDue: Effect.uninterruptibleMask((restore) =>
          Effect.gen(function*() {
            const until = (yield* Clock.currentTimeMillis) + longestRun
            const taken = yield* taking
            const runs = Map.groupBy(taken, ({ subject }) => subject).values()
            yield* restore(
              Effect.forEach(runs, (rows) => handleRun(rows, until), { concurrency: sideBySide, discard: true })
            ).pipe(
              // A server that stops does not keep others waiting for what it had taken.
              Effect.onInterrupt(() => Effect.ignore(run("giveBack", Statements.giveBack(taken))))
            )
            return taken.length
          })
        ),
        sources: run("sources", Statements.sources()),
        messages: (state, before, limit) => run("messages", Statements.messages(state, before, limit)),
        retry: (number) => Effect.tap(run("retry", Statements.retry(number)), () => notifier.notify(topic)),
        prune: (days) => run("prune", Statements.prune(days, 5000))
      })
    })
  )
