/** How long the sources of components are looked at, how often, and what is said of those that cannot be. */
import { assert, describe, it } from "@effect/vitest"
import { SourceControl, SourceControlError } from "@orch/core/ports/SourceControl"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { ComponentInput, type Sourced } from "../../../src/modulebuilds/submission/ComponentInput.ts"
import { SubmissionSettings } from "../../../src/modulebuilds/submission/SubmissionSettings.ts"
import * as ServerConfig from "../../../src/ServerConfig.ts"
import * as SpecFile from "../../support/SpecFile.ts"

const sourced = (name: string): Sourced => ({ name, packageName: name, repository: `https://git/${name}`, commit: "c" })

type ReadTree = SourceControl["Service"]["readTree"]

const verifying = (readTree: ReadTree) => {
  const config = Result.getOrThrow(ServerConfig.fromEnvironment({ ORCH_INPUT_SECONDS: "7" }))
  return ComponentInput.layer.pipe(
    Layer.provide(Layer.succeed(SubmissionSettings, config)),
    Layer.provide(Layer.succeed(SourceControl, { readTree } as SourceControl["Service"]))
  )
}

const treeOf = (name: string) => {
  const bytes = new TextEncoder().encode(SpecFile.make(name))
  return {
    entries: new Map([[`${name}.spec`, { kind: "file" as const, size: bytes.length }]]),
    contents: new Map([[`${name}.spec`, bytes]])
  }
}

const named = (repository: string): string => repository.slice(repository.lastIndexOf("/") + 1)

describe("ComponentInput", () => {
  it.effect("remarks on what there is no time for, and on what does not answer, and keeps what it has found", () =>
    Effect.gen(function*() {
      const input = yield* ComponentInput
      const names = ["quick", "never", "away", "wrong"]
      const looking = yield* Effect.forkChild(input.verify(names.map(sourced)))
      yield* TestClock.adjust("8 seconds")
      const { problems, remarks } = yield* Fiber.join(looking)
      assert.deepStrictEqual(remarks.map(({ component, text }) => `${component}: ${text}`), [
        "never: Its spec file was not looked at: there was no time for it within 7 s",
        "away: Its spec file was not looked at: no route"
      ])
      assert.deepStrictEqual(problems.map(({ code, where }) => `${where} ${code}`), ["wrong spec-missing"])
    }).pipe(Effect.provide(verifying(({ repository }) => {
      switch (named(repository)) {
        case "never":
          return Effect.never
        case "away":
          return Effect.fail(
            new SourceControlError({ reason: "unreachable", what: "repository", repository, message: "no route" })
          )
        case "wrong":
          return Effect.succeed({ entries: new Map(), contents: new Map() })
        default:
          return Effect.succeed(treeOf(named(repository)))
      }
    }))))

  it.effect("asks once for each commit, and about several at a time", () => {
    let asked = 0
    let under = 0
    let most = 0
    const readTree: ReadTree = ({ repository }) =>
      Effect.sync(() => {
        asked++
        most = Math.max(most, ++under)
      }).pipe(
        Effect.andThen(Effect.sleep("100 millis")),
        Effect.andThen(Effect.sync(() => {
          under--
          return treeOf(named(repository))
        }))
      )
    return Effect.gen(function*() {
      const input = yield* ComponentInput
      const components = Array.from({ length: 30 }, (_, n) => sourced(`c${n % 20}`))
      for (let round = 0; round < 2; round++) {
        const looking = yield* Effect.forkChild(input.verify(components))
        yield* TestClock.adjust("5 seconds")
        assert.deepStrictEqual(yield* Fiber.join(looking), { problems: [], remarks: [] })
      }
      assert.strictEqual(asked, 20)
      assert.isAbove(most, 1)
      assert.isAtMost(most, 8)
    }).pipe(Effect.provide(verifying(readTree)))
  })
})
