/**
 * The promises of the `CommandQueue` port, as tests for any implementation: at least once, nobody's work twice at a time,
 * retried until the budget is spent, then kept for people to look at.
 *
 * Every test takes all that it offers. The layer must retry within milliseconds, since dead letters take all attempts.
 */
import { assert } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type * as Life from "../life/Life.ts"
import { CommandQueues, type Delivery, type Envelope, maxAttempts, Postponed } from "../ports/CommandQueue.ts"
import * as Contract from "./Contract.ts"
import type { Specimen } from "./ProcessSpecimen.ts"

/** What the suite is told of an implementation. */
export interface Options<L extends Life.Any, R, E> extends Contract.Options<CommandQueues | R, E> {
  readonly specimen: Specimen<L>
  /** Milliseconds after which a command that has not come is taken not to exist; 500 unless told. */
  readonly quiet?: number
  /** Milliseconds to wait for a command that must come; 20,000 unless told. */
  readonly patience?: number
}

/** Registers the suite that the queues of every storage are held to, under that name. */
export const commandQueueContract = <L extends Life.Any, R, E>(name: string, options: Options<L, R, E>): void => {
  type Wrapped = Envelope<Life.CommandOf<L>>
  interface Seen extends Delivery {
    readonly envelope: Wrapped
  }
  const { commands, life } = options.specimen
  const queues = Effect.flatMap(CommandQueues, (all) => all.of(life))
  const quiet = options.quiet ?? 500
  const patience = options.patience ?? 20_000

  const envelope = (command: Life.CommandOf<L> = commands[0]!): Wrapped => ({
    process: Contract.uniqueNumber(),
    revision: 1,
    command
  })

  const offer = Effect.fnUntraced(function*(command?: Life.CommandOf<L>, delay = 0) {
    const queue = yield* queues
    const offered = { id: Contract.unique("command"), envelope: envelope(command) }
    yield* queue.offer(offered.id, offered.envelope, delay)
    return offered
  })

  const take = Effect.flatMap(queues, (queue) => {
    let seen: Seen | undefined
    return queue.take((envelope, delivery) => Effect.sync(() => void (seen = { ...delivery, envelope }))).pipe(
      Effect.map(() => seen!),
      Effect.timeout(patience)
    )
  })

  const assertEmpty = Effect.gen(function*() {
    const left = yield* Effect.timeoutOption(take, quiet)
    if (Option.isSome(left)) assert.fail(`left in the queue: ${left.value.id}`)
  })

  /** Has every delivery of some commands fail until they are dead letters; they are retried side by side. */
  const spend = Effect.fnUntraced(function*(count: number) {
    const queue = yield* queues
    const letters: Array<{ readonly id: string; readonly sent: Wrapped; readonly attempts: Array<number> }> = []
    for (let n = 0; n < count; n++) {
      const { envelope, id } = yield* offer()
      letters.push({ id, sent: envelope, attempts: [] })
    }
    for (let n = 0; n < count * maxAttempts; n++) {
      const failing = queue.take((_, { attempt, id }) => {
        letters.find((one) => one.id === id)!.attempts.push(attempt)
        return Effect.fail(new Error(`the farm is away, ${id}`))
      })
      yield* Effect.exit(Effect.timeout(failing, patience))
    }
    return letters
  })

  // Twelve attempts take their time, so the tests share what was spent once; each uses a letter of its own.
  let spent: Effect.Success<ReturnType<typeof spend>> | undefined
  const dead = Effect.suspend(() =>
    spent === undefined ? Effect.tap(spend(4), (letters) => Effect.sync(() => spent = letters)) : Effect.succeed(spent)
  )

  Contract.suite<CommandQueues | R, E>(name, options, [
    {
      name: "hands over every kind of command as it was offered",
      check: Effect.gen(function*() {
        for (const command of commands) {
          const offered = yield* offer(command)
          assert.deepStrictEqual(yield* take, { ...offered, attempt: 1 })
        }
        yield* assertEmpty
      })
    },
    {
      name: "drops a command whose id it knows, waiting or done",
      check: Effect.gen(function*() {
        const queue = yield* queues
        const { envelope: first, id } = yield* offer()
        yield* queue.offer(id, envelope(), 0)
        assert.deepStrictEqual((yield* take).envelope, first)
        yield* assertEmpty
        yield* queue.offer(id, envelope(), 0)
        yield* assertEmpty
      })
    },
    {
      name: "brings a command back whose handler failed or died, counting",
      check: Effect.gen(function*() {
        const queue = yield* queues
        const offered = yield* offer()
        const failed = yield* Effect.exit(queue.take(() => Effect.fail("no")))
        assert.strictEqual(failed._tag, "Failure")
        const died = yield* Effect.exit(Effect.timeout(queue.take(() => Effect.die("worse")), patience))
        assert.strictEqual(died._tag, "Failure")
        assert.deepStrictEqual(yield* take, { ...offered, attempt: 3 })
        yield* assertEmpty
      })
    },
    {
      name: "gives the handler's failure to the one who took",
      check: Effect.gen(function*() {
        const queue = yield* queues
        yield* offer()
        assert.strictEqual(yield* Effect.flip(queue.take(() => Effect.fail("no" as const))), "no")
        yield* take
      })
    },
    {
      name: "gives back a command whose handler was interrupted, without counting",
      check: Effect.gen(function*() {
        const queue = yield* queues
        const offered = yield* offer()
        const begun = yield* Deferred.make<void>()
        const fiber = yield* Effect.forkChild(
          queue.take(() => Effect.andThen(Deferred.succeed(begun, undefined), Effect.never))
        )
        yield* Effect.timeout(Deferred.await(begun), patience)
        yield* Fiber.interrupt(fiber)
        assert.deepStrictEqual(yield* take, { ...offered, attempt: 1 })
        yield* assertEmpty
      })
    },
    {
      name: "gives each command to one of many takers",
      check: Effect.gen(function*() {
        const queue = yield* queues
        const offered: Array<string> = []
        for (let count = 0; count < 40; count++) offered.push((yield* offer()).id)
        const seen: Array<string> = []
        const one = queue.take((_, { id }) =>
          Effect.andThen(Effect.sleep("2 millis"), Effect.sync(() => void seen.push(id)))
        )
        yield* Effect.forEach(offered, () => one, { concurrency: 8, discard: true }).pipe(Effect.timeout(patience))
        assert.deepStrictEqual(seen.toSorted(), offered.toSorted())
        yield* assertEmpty
      })
    },
    {
      name: "wakes who waits for a command",
      check: Effect.gen(function*() {
        const waiting = yield* Effect.forkChild(take)
        yield* Effect.sleep("100 millis")
        const offered = yield* offer()
        assert.strictEqual((yield* Fiber.join(waiting)).id, offered.id)
      })
    },
    {
      name: "hands nothing over before its time",
      check: Effect.gen(function*() {
        const begun = Date.now()
        const later = yield* offer(undefined, 1)
        const now = yield* offer()
        assert.strictEqual((yield* take).id, now.id)
        assert.strictEqual((yield* take).id, later.id)
        // Clocks of two machines may be a little apart; a whole second they are not.
        assert.isAtLeast(Date.now() - begun, 900)
      })
    },
    {
      name: "goes on with other work while a command is being retried",
      check: Effect.gen(function*() {
        const queue = yield* queues
        const failing = yield* offer()
        yield* Effect.exit(queue.take(() => Effect.fail("no")))
        const other = yield* offer()
        const seen = [(yield* take).id, (yield* take).id]
        assert.deepStrictEqual(seen.toSorted(), [failing.id, other.id].toSorted())
        yield* assertEmpty
      })
    },
    {
      name: "brings a postponed command back under its id after its time, without counting",
      check: Effect.gen(function*() {
        const queue = yield* queues
        const offered = yield* offer()
        yield* Effect.exit(queue.take(() => Effect.fail("no")))
        for (let time = 0; time < 2; time++) {
          let begun = 0
          yield* queue.take((envelope, delivery) =>
            Effect.sync(() => {
              begun = Date.now()
              assert.deepStrictEqual({ ...delivery, envelope }, { ...offered, attempt: 2 })
              return new Postponed(1)
            })
          ).pipe(Effect.timeout(patience))
          // What others wait for is not held up by it.
          const other = yield* offer()
          assert.strictEqual((yield* take).id, other.id)
          const early = yield* Effect.timeoutOption(take, Math.max(0, begun + 900 - Date.now()))
          assert.isTrue(Option.isNone(early), "it came before its time")
        }
        assert.deepStrictEqual(yield* take, { ...offered, attempt: 2 })
        yield* assertEmpty
      })
    },
    {
      name: "never makes a dead letter of what is postponed, however often",
      check: Effect.gen(function*() {
        const queue = yield* queues
        const { id } = yield* offer()
        for (let time = 0; time <= maxAttempts; time++) {
          yield* queue.take(() => Effect.succeed(new Postponed(0))).pipe(Effect.timeout(patience))
        }
        assert.strictEqual((yield* take).id, id)
        assert.isFalse((yield* (yield* CommandQueues).deadLetters({ limit: 1000 })).some((one) => one.id === id))
        yield* assertEmpty
      })
    },
    {
      name: "keeps a command as a dead letter when its attempts are spent, with what the last one said",
      check: Effect.gen(function*() {
        const [spent] = yield* dead
        const { attempts, id, sent } = spent!
        assert.deepStrictEqual(attempts, Array.from({ length: maxAttempts }, (_, index) => index + 1))
        yield* assertEmpty
        const letter = (yield* (yield* CommandQueues).deadLetters({ limit: 1000 })).find((one) => one.id === id)
        assert.deepStrictEqual(
          [letter?.life, letter?.process, letter?.command],
          [life.name, sent.process, (sent.command as Life.AnyCommand)._tag]
        )
        if (letter === undefined) return assert.fail("there is no dead letter")
        assert.strictEqual(letter.attempts, maxAttempts)
        assert.include(letter.reason, `the farm is away, ${id}`)
        assert.isBelow(Math.abs(Date.now() - letter.at), 120_000)
      })
    },
    {
      name: "lists dead letters up to a limit",
      check: Effect.gen(function*() {
        yield* dead
        assert.lengthOf(yield* (yield* CommandQueues).deadLetters({ limit: 1 }), 1)
        assert.isAtLeast((yield* (yield* CommandQueues).deadLetters({ limit: 1000 })).length, 2)
      })
    },
    {
      name: "lists the dead letters of one life or process",
      check: Effect.gen(function*() {
        const all = yield* CommandQueues
        const [letter] = yield* dead
        const own = yield* all.deadLetters({ life: life.name, process: letter!.sent.process, limit: 1000 })
        assert.deepStrictEqual(own.map(({ id }) => id), [letter!.id])
        assert.deepStrictEqual(yield* all.deadLetters({ life: "nobody's", limit: 1000 }), [])
        assert.deepStrictEqual(yield* all.deadLetters({ process: 1, limit: 1000 }), [])
      })
    },
    {
      name: "releases a dead letter once, with a new budget",
      check: Effect.gen(function*() {
        const queue = yield* queues
        const { id, sent } = (yield* dead)[2]!
        assert.isTrue(yield* (yield* CommandQueues).release(id))
        assert.isFalse(yield* (yield* CommandQueues).release(id))
        assert.isFalse((yield* (yield* CommandQueues).deadLetters({ limit: 1000 })).some((one) => one.id === id))
        yield* Effect.exit(queue.take(() => Effect.fail("still away")))
        const { attempt, envelope } = yield* take
        assert.strictEqual(attempt, 2)
        assert.deepStrictEqual(envelope, sent)
        yield* assertEmpty
      })
    },
    {
      name: "wakes who waits when a dead letter is released",
      check: Effect.gen(function*() {
        const { id, sent } = (yield* dead)[3]!
        const waiting = yield* Effect.forkChild(take)
        yield* Effect.sleep("100 millis")
        yield* (yield* CommandQueues).release(id)
        assert.deepStrictEqual((yield* Fiber.join(waiting)).envelope, sent)
      })
    },
    {
      name: "releases nothing that is no dead letter",
      check: Effect.gen(function*() {
        const { id } = yield* offer()
        assert.isFalse(yield* (yield* CommandQueues).release(id))
        assert.isFalse(yield* (yield* CommandQueues).release(Contract.unique("nothing")))
        assert.strictEqual((yield* take).id, id)
        assert.isFalse(yield* (yield* CommandQueues).release(id))
        yield* assertEmpty
      })
    }
  ])
}
