/** What tests need is made once, whoever asks at the same time, and says in one line why it cannot be. */
import { assert, describe, it } from "@effect/vitest"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import * as Preparation from "./Preparation.ts"

const withLock = async (use: (lock: string) => Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), "orch-preparation-"))
  try {
    await use(join(folder, "lock"))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe("what is made before tests", () => {
  it("is made by one at a time, also when the one before it failed", () =>
    withLock(async (lock) => {
      let running = 0
      const make = async (number: number): Promise<number> => {
        running++
        assert.strictEqual(running, 1)
        await pause(20)
        running--
        if (number === 0) throw new Error("it cannot be made")
        return number
      }
      const ends = await Promise.allSettled(
        [0, 1, 2].map((number) => Preparation.alone(lock, 60_000, () => make(number)))
      )
      assert.deepStrictEqual(ends.map((end) => end.status === "fulfilled" ? end.value : "failed"), ["failed", 1, 2])
    }))

  it("is given up where somebody else is at it for too long", () =>
    withLock(async (lock) => {
      const [first, second] = await Promise.all([
        Preparation.alone(lock, 0, () => pause(1000, "made")),
        Preparation.alone(lock, 100, () => Promise.resolve("made twice"))
      ])
      assert.deepStrictEqual([first, second], ["made", undefined])
    }))

  it.each([
    [["-e", "0"], 60_000, undefined],
    [["-e", "console.error('first'); console.error('last'); process.exit(3)"], 60_000, "last"],
    [["-e", "setInterval(() => {}, 1000)"], 2000, "took longer than 2 s"]
  ])("says in one line why %j failed", async (args, timeout, why) => {
    const said = await Preparation.run(process.execPath, args, { timeout })
    assert.strictEqual(said, why === undefined ? undefined : `${process.execPath}: ${why}`)
  })

  it("says that a program is not there", async () => {
    assert.include(await Preparation.run("no-such-program", [], { timeout: 60_000 }), "ENOENT")
  })
})
