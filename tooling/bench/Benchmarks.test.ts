import { assert, describe, it } from "@effect/vitest"
import * as Benchmarks from "./Benchmarks.ts"

const all: ReadonlyArray<string> = [
  "packages/adapters-koji/bench/koji.bench.ts",
  "packages/client/bench/start.bench.ts",
  "packages/server/bench/lists.bench.ts",
  "packages/server/bench/resolution-list.bench.ts",
  "packages/server/bench/start.bench.ts"
]

const at = (index: number): string => all[index]!

describe("words of `pnpm bench`", () => {
  it("mean the benchmarks that have them in their path, and all of them without any", () => {
    assert.deepStrictEqual(Benchmarks.chosen(all, ["start"]).paths, [1, 4].map(at))
    assert.deepStrictEqual(Benchmarks.chosen(all, ["client", "list"]).paths, [1, 2, 3].map(at))
    assert.deepStrictEqual(Benchmarks.chosen(all, []).paths, all)
  })

  it("are whole names where `scale` stands for them", () =>
    assert.deepStrictEqual(Benchmarks.chosen(all, ["scale"]).paths, [0, 1, 2, 4].map(at)))

  it("that mean none are told from the others, with what was meant or what there is", () => {
    assert.deepStrictEqual(Benchmarks.chosen(all, ["koij", "start"]).unknown, ["koij"])
    assert.include(Benchmarks.unknown(all, "strat"), "did you mean start?")
    assert.include(Benchmarks.unknown(all, "databases"), "there is: koji, lists, resolution-list, scale, start")
  })

  it("are told in the help, with examples", () => {
    const help = Benchmarks.help(all)
    for (const word of ["scale", "koji", "resolution-list", "pnpm bench engine --", "ORCH_TEST_DATABASE_URL"]) {
      assert.include(help, word)
    }
  })
})
