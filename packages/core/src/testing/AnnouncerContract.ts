/**
 * The promises of the `Announcer` port, as tests for any implementation: what is delivered arrives whole, what did not
 * arrive is said so, and whether trying again can help.
 */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type Announcement, Announcer } from "../ports/Announcer.ts"
import * as Contract from "./Contract.ts"

/** The announcer under test, and how the suite drives its listeners. */
export interface Options<R, E> extends Contract.Options<Announcer | R, E> {
  /** What has arrived at the first listener so far, the latest last. */
  readonly received: Effect.Effect<ReadonlyArray<Announcement>, unknown, R>
  /** The first listener does not answer the next call. */
  readonly silence: Effect.Effect<void, unknown, R>
  /** The first listener refuses the next call for good; left out where listeners cannot. */
  readonly refuse?: Effect.Effect<void, unknown, R>
}

const announcement = (): Announcement => ({
  sequence: Contract.uniqueNumber(),
  topic: "module-build.state",
  subject: `module-build/${Contract.uniqueNumber()}`,
  at: 1_700_000_000_123,
  body: {
    state: "ready",
    reason: "ä \"quoted\" \\ 𝄞\n",
    list: [1, null, { deep: true }],
    version: "18446744073709551615"
  }
})

/** Registers the suite that every announcer is held to, under that name. */
export const announcerContract = <R, E>(name: string, options: Options<R, E>): void => {
  const first = Effect.gen(function*() {
    const announcer = yield* Announcer
    const [listener] = yield* announcer.listeners
    return { announcer, listener: listener! }
  })

  Contract.suite<Announcer | R, E>(name, options, [
    {
      name: "says what kind it is and whom it tells, each by an id of its own",
      check: Effect.gen(function*() {
        const { kind, listeners } = yield* Announcer
        assert.isNotEmpty(kind)
        const all = yield* listeners
        assert.isNotEmpty(all)
        assert.strictEqual(new Set(all.map(({ id }) => id)).size, all.length)
        for (const { address, id } of all) {
          assert.isNotEmpty(id)
          assert.isNotEmpty(address)
        }
      })
    },
    {
      name: "delivers announcements whole and in the order they are given",
      check: Effect.gen(function*() {
        const { announcer, listener } = yield* first
        const told = [announcement(), announcement(), announcement()]
        for (const one of told) yield* announcer.deliver(listener, one)
        assert.deepStrictEqual((yield* options.received).slice(-3), told)
      })
    },
    {
      name: "delivers an announcement again when it is given again",
      check: Effect.gen(function*() {
        const { announcer, listener } = yield* first
        const one = announcement()
        yield* announcer.deliver(listener, one)
        yield* announcer.deliver(listener, one)
        assert.deepStrictEqual((yield* options.received).at(-1), one)
      })
    },
    {
      name: "says that a listener did not answer, and that trying again may help",
      check: Effect.gen(function*() {
        const { announcer, listener } = yield* first
        const one = announcement()
        yield* options.silence
        const error = yield* Effect.flip(announcer.deliver(listener, one))
        assert.deepStrictEqual([error.reason, error.isRetryable, error.listener], ["unreachable", true, listener.id])
        assert.isNotEmpty(error.message)
        yield* announcer.deliver(listener, one)
        assert.deepStrictEqual((yield* options.received).at(-1), one)
      })
    },
    {
      name: "says that a listener refused, and that trying again will not help",
      unless: options.refuse === undefined ? "the hook refuse is not given" : undefined,
      check: Effect.gen(function*() {
        const { announcer, listener } = yield* first
        yield* options.refuse!
        const error = yield* Effect.flip(announcer.deliver(listener, announcement()))
        assert.deepStrictEqual([error.reason, error.isRetryable, error.listener], ["refused", false, listener.id])
      })
    },
    {
      name: "probes without delivering",
      check: Effect.gen(function*() {
        const { announcer, listener } = yield* first
        const before = (yield* options.received).length
        yield* announcer.probe(listener)
        yield* options.silence
        assert.isTrue((yield* Effect.flip(announcer.probe(listener))).isRetryable)
        assert.lengthOf(yield* options.received, before)
      })
    }
  ])
}
