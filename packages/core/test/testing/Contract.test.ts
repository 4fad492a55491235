/** A suite that fails says which promise is broken, and what was seen. */
import { assert, describe, it } from "@effect/vitest"
import { BuildSystemError } from "@orch/core/ports/BuildSystem"
import * as Contract from "@orch/core/testing/Contract"
import * as Effect from "effect/Effect"

const broken = (check: Effect.Effect<unknown, unknown>) => Effect.flip(Contract.told("adopts what it knows", check))

describe("a broken promise", () => {
  it.effect("is told with what was compared", () =>
    Effect.gen(function*() {
      const error = yield* broken(Effect.sync(() => assert.strictEqual<number>(2, 1, "tasks begun")))
      assert.match(
        error.message,
        /^this promise is broken: it adopts what it knows\.\ntasks begun: expected 2 to equal 1$/
      )
      assert.deepStrictEqual([error.actual, error.expected, error.showDiff], [2, 1, true])
    }))

  it.effect("is told with the operation and the reason of the port's error", () =>
    Effect.gen(function*() {
      const failed = new BuildSystemError({ reason: "unreachable", operation: "submit", message: "socket hang up" })
      const error = yield* broken(Effect.fail(failed))
      assert.include(error.message, "submit failed as unreachable: socket hang up")
      assert.strictEqual(error.cause, failed)
    }))

  it.effect("is told of programs that stumble over an answer, too", () =>
    Effect.gen(function*() {
      const nothing = undefined as unknown as { readonly state: string }
      const error = yield* broken(Effect.sync(() => nothing.state))
      assert.match(error.message, /it adopts what it knows\.\nCannot read properties of undefined/)
    }))
})
