/** A release carried out at a repository host, forward and back. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type Interface, RepositoryHost, RepositoryHostError } from "../../../src/ports/RepositoryHost.ts"
import * as Release from "../../../src/release/Release.ts"
import * as MemoryRepositoryHost from "../../../src/testing/MemoryRepositoryHost.ts"
import { carryOut, type Told } from "../../../src/testing/ReleaseRunner.ts"
import { planFor } from "../../release/ReleaseWorld.ts"

const committed: ReadonlyArray<Told> = [
  { _tag: "Submitted" },
  { _tag: "Planned", edits: 0, plan: planFor(1, ["a", "b"]) },
  { _tag: "CommitRequested", by: "releng" }
]

const unborn = Release.unborn(1, { platform: "el9", builds: [1], by: "releng" })

const prepared = Effect.gen(function*() {
  const host = yield* RepositoryHost
  yield* host.ensure("a")
  yield* host.change("a", { key: "1", add: [{ _tag: "Package", nevra: "old-0:1-1.noarch", location: "" }], remove: [] })
  yield* host.publish("a")
  return host
})

const readers = Effect.gen(function*() {
  const { read } = yield* MemoryRepositoryHost.MemoryReaders
  return [yield* read("a"), yield* read("b")]
})

describe("a release at a repository host", () => {
  it.effect("shows readers what is new, and what was before once it is taken back", () =>
    Effect.gen(function*() {
      const host = yield* prepared
      const released = yield* carryOut(host, unborn, committed)
      assert.strictEqual(released.state, "released")
      assert.deepStrictEqual(yield* readers, [["old-0:1-1.noarch", "p1-0:1-1.noarch"], ["p1-0:1-1.noarch"]])
      const back = yield* carryOut(host, released, [{ _tag: "RevertRequested", by: "releng", why: "broken" }])
      assert.strictEqual(back.state, "reverted")
      assert.deepStrictEqual(yield* readers, [["old-0:1-1.noarch"], []])
      assert.deepStrictEqual(yield* host.contents("b"), [])
    }).pipe(Effect.provide(MemoryRepositoryHost.layer)))

  it.effect("turns back when the host refuses, and fails only where trying again can help", () =>
    Effect.gen(function*() {
      const host = yield* prepared
      const failing = (reason: RepositoryHostError["reason"]): Interface => ({
        ...host,
        change: (name, change) =>
          name === "b"
            ? Effect.fail(new RepositoryHostError({ reason, operation: "change", message: "no room" }))
            : host.change(name, change)
      })
      const refused = yield* carryOut(failing("rejected"), unborn, committed)
      assert.deepStrictEqual([refused.state, refused.reason], ["failed", "b: change failed: no room"])
      assert.deepStrictEqual(yield* readers, [["old-0:1-1.noarch"], []])
      const away = yield* Effect.flip(carryOut(failing("unreachable"), { ...unborn, id: 2 }, committed))
      assert.strictEqual(away.reason, "unreachable")
    }).pipe(Effect.provide(MemoryRepositoryHost.layer)))

  it.effect("is not begun at a host that could not take it back", () =>
    Effect.gen(function*() {
      const { staging: _, ...host } = yield* prepared
      const refused = yield* carryOut(host, unborn, committed)
      assert.strictEqual(refused.state, "failed")
      assert.deepStrictEqual(yield* host.contents("a"), ["old-0:1-1.noarch"])
    }).pipe(Effect.provide(MemoryRepositoryHost.layer)))
})
