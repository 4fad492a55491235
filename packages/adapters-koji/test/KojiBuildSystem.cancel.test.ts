/**
 * A module build that is canceled at every moment of its preparation: by the process that prepares, by another one after its
 * death, and with faults between every two requests of the release. Nothing of it goes on at the hub.
 */
import { assert, describe, it } from "@effect/vitest"
import { HubCleanup, KojiBuildSystem, KojiHub } from "@orch/adapters-koji"
import type * as FakeKojiHub from "@orch/adapters-koji/testing/FakeKojiHub"
import type { BuildSystemError, Interface } from "@orch/core/ports/BuildSystem"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as farm from "./farm.ts"

const { plan } = farm
const tag = "module-five-1.0-20261121000000-c0ffee42"
const failed = { _tag: "Failed", reason: "Canceled by bob." } as const

const persistently = <A, R>(effect: Effect.Effect<A, BuildSystemError, R>) =>
  Effect.retry(effect, { while: (error) => error.isRetryable, times: 20 })

/** Without kojira our own `newRepo` tasks make the repositories, so that they, too, can be left behind. */
const world = (version: string) =>
  Effect.gen(function*() {
    const hub = yield* farm.startHub({ version, kojira: false, automaticRepositories: false, repositoryMillis: 80 })
    const koji = yield* KojiHub.scoped(farm.hubOptions(hub))
    const process = KojiBuildSystem.make(koji, { ...farm.settings, repositoryPatience: "1 millis" })
    return { hub, koji, process }
  })

const unfinished = new Set([0, 1, 4])

const assertNothingLeft = Effect.fnUntraced(function*(hub: FakeKojiHub.FakeKojiHub, koji: KojiHub.KojiHub) {
  assert.deepStrictEqual(hub.targets(), [])
  assert.deepStrictEqual(hub.tasks().filter(({ state }) => unfinished.has(state)), [])
  yield* HubCleanup.sweep(koji, {
    judge: (tags) => Effect.succeed(new Map(tags.map((name) => [name, "tag"]))),
    tags: true
  })
  assert.deepStrictEqual(hub.tags().filter((name) => name !== "el9-build"), [])
})

/** How many requests a preparation takes that nobody disturbs. */
const undisturbed = (version: string) =>
  Effect.scoped(Effect.gen(function*() {
    const { hub, process } = yield* world(version)
    const before = hub.requests()
    yield* farm.prepared(yield* process, plan)
    return hub.requests() - before
  }))

const atEach = (requests: number, one: (at: number) => Effect.Effect<unknown, unknown>) =>
  Effect.forEach(
    Array.from({ length: requests }, (_, at) => at),
    (at) => Effect.catchCause(one(at), (cause) => Effect.die(new Error(`at request ${at}: ${Cause.pretty(cause)}`))),
    { concurrency: 6, discard: true }
  )

/** Prepares until request `at`, which is carried out or not, and whose answer nobody sees any more. */
const cutShort = (
  hub: FakeKojiHub.FakeKojiHub,
  at: number,
  applied: boolean,
  prepare: Effect.Effect<unknown, unknown>
) =>
  Effect.gen(function*() {
    const dying = yield* Deferred.make<void>()
    hub.inject(({ index }) => {
      if (index !== at) return undefined
      Deferred.doneUnsafe(dying, Effect.void)
      return { kind: applied ? "reset-applied" : "reset" }
    })
    const first = yield* Effect.exit(Effect.raceFirst(prepare, Deferred.await(dying)))
    assert.isTrue(Exit.isSuccess(first))
    hub.inject(undefined)
  })

const patience = 120_000

describe.each(["1.34.0", "1.35.3"])("a preparation on a hub of %s that is canceled", (version) => {
  it.live.each([true, false])(
    "by another process, after it was cut short at one request after the other (carried out: %s), leaves nothing",
    (applied) =>
      Effect.flatMap(
        undisturbed(version),
        (requests) =>
          atEach(requests + 2, (at) =>
            Effect.scoped(Effect.gen(function*() {
              const { hub, koji, process } = yield* world(version)
              yield* cutShort(hub, at, applied, Effect.flatMap(process, (system) => farm.prepared(system, plan)))
              const other = yield* process
              yield* persistently(other.finish(plan, failed))
              yield* assertNothingLeft(hub, koji)
            })))
      ),
    patience
  )

  it.live(
    "while it goes on, at one request after the other, leaves nothing once both have ended",
    () =>
      Effect.flatMap(undisturbed(version), (requests) =>
        atEach(requests, (at) =>
          Effect.scoped(Effect.gen(function*() {
            const { hub, koji, process } = yield* world(version)
            const system = yield* process
            const reached = yield* Deferred.make<void>()
            const from = hub.requests()
            hub.inject(({ index }) => {
              if (index - from === at) Deferred.doneUnsafe(reached, Effect.void)
              return undefined
            })
            const preparing = yield* Effect.forkChild(Effect.exit(farm.prepared(system, plan)))
            yield* Effect.raceFirst(Deferred.await(reached), Fiber.await(preparing))
            yield* persistently(system.finish(plan, failed))
            // As in the engine: an answer that comes after the end has its buildroot released once more.
            yield* Fiber.interrupt(preparing)
            yield* persistently(system.finish(plan, failed))
            yield* assertNothingLeft(hub, koji)
          })))),
    patience
  )

  it.live(
    "with faults at one request of the release after the other leaves nothing",
    () =>
      Effect.flatMap(undisturbed(version), (requests) =>
        atEach(3 * 8, (n) =>
          Effect.scoped(Effect.gen(function*() {
            const { hub, koji, process } = yield* world(version)
            const kind = (["bad-gateway", "reset-applied", "answer-lost"] as const)[n % 3]!
            const system = yield* process
            // Half of them while the macros package is built, half while its repository is made.
            yield* until(system, n % 2 === 0 ? 1 : requests - 2, hub)
            const from = hub.requests()
            hub.inject(({ index }) => index - from === Math.floor(n / 3) ? { kind } : undefined)
            yield* persistently(system.finish(plan, failed))
            yield* assertNothingLeft(hub, koji)
          })))),
    patience
  )

  it.live(
    "can be prepared again, and then is built on as if nothing had been",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const { hub, process } = yield* world(version)
        const system = yield* process
        yield* system.prepare(plan)
        yield* system.finish(plan, failed)
        const buildroot = yield* farm.prepared(system, plan)
        assert.deepStrictEqual(hub.targets(), [tag])
        const [submission] = yield* system.submit(buildroot, [
          farm.request({ component: "alpha", key: `${plan.key}/alpha/1`, outcome: "closed" })
        ])
        assert.strictEqual(submission?._tag, "Accepted")
      })),
    patience
  )
})

/** Prepares as far as a number of requests brings it. */
const until = (system: Interface, requests: number, hub: FakeKojiHub.FakeKojiHub) =>
  Effect.gen(function*() {
    const enough = yield* Deferred.make<void>()
    const from = hub.requests()
    hub.inject(({ index }) => {
      if (index - from >= requests) Deferred.doneUnsafe(enough, Effect.void)
      return undefined
    })
    yield* Effect.raceFirst(Effect.asVoid(farm.prepared(system, plan)), Deferred.await(enough))
    hub.inject(undefined)
  })
