import { assert, describe, it } from "@effect/vitest"
import * as Data from "effect/Data"
import * as StartFailure from "../src/StartFailure.ts"

class Failed extends Data.TaggedError("Failed")<{ message: string; advice?: string; cause?: unknown }> {}

describe("what is told of a server that does not start", () => {
  const cases: ReadonlyArray<readonly [string, unknown, string | undefined]> = [
    ["the message", new Failed({ message: "no hub" }), "orch-server: cannot start: no hub"],
    [
      "the message and what to do",
      new Failed({ message: "no profile", advice: "write one" }),
      "orch-server: cannot start: no profile\nwrite one"
    ],
    [
      "what began it, where the outermost says nothing",
      new Failed({ message: "", cause: new Error("listen EADDRINUSE") }),
      "orch-server: cannot start: listen EADDRINUSE"
    ],
    [
      "nothing twice",
      new Failed({ message: "a: b", cause: new Failed({ message: "b", cause: new Error("c") }) }),
      "orch-server: cannot start: a: b: c"
    ],
    [
      "no password of an address",
      new Failed({ message: "no answer of postgres://orch:hunter2@db/orch" }),
      "orch-server: cannot start: no answer of postgres://orch:<redacted>@db/orch"
    ],
    ["nothing of a fault of the program, whose stack is wanted", new TypeError("x is not a function"), undefined],
    ["nothing where there is nothing to say", new Failed({ message: "" }), undefined],
    ["nothing of what is no error", "text", undefined]
  ]
  for (const [what, error, told] of cases) {
    it(`is ${what}`, () => assert.strictEqual(StartFailure.describe(error), told))
  }
})
