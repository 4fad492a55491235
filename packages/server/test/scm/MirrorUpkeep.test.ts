/** Copies of git repositories that nobody asks for go, and are fetched again when somebody does. */
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as ScmAllowList from "@orch/core/ScmAllowList"
import * as FileLock from "@orch/server/programs/FileLock"
import * as GitSourceControl from "@orch/server/scm/GitSourceControl"
import * as MirrorUpkeep from "@orch/server/scm/MirrorUpkeep"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as TestRepository from "./TestRepository.ts"

const root = TestRepository.temporary()
afterAll(() => Fs.rmSync(root, { recursive: true, force: true }))

const dataDir = Path.join(root, "data")
const directory = Path.join(dataDir, "scm")
const sources = GitSourceControl.make({ dataDir, allow: ScmAllowList.parseUnsafe(`file://${root}/git`) })

const repository = (name: string) => {
  const made = TestRepository.make(Path.join(root, "git", name))
  const commit = made.commit({ file: name })
  return { read: sources.readFile({ repository: made.url, commit, path: "file", maxBytes: 100 }) }
}

const homes = () => Fs.readdirSync(directory).filter((name) => /^[0-9a-f]{32}$/.test(name))
const isFull = (home: string) => Fs.existsSync(Path.join(directory, home, "content.git"))

/** As if nobody had asked for that long. */
const age = (home: string, days: number) => {
  const time = new Date(Date.now() - days * 86_400_000)
  for (const name of ["used", "content.git"]) {
    const path = Path.join(directory, home, name)
    if (Fs.existsSync(path)) Fs.utimesSync(path, time, time)
  }
}

describe("the upkeep of git copies", () => {
  it.live("removes what nobody asked for, keeps what somebody did, and fetches again", () =>
    Effect.gen(function*() {
      const one = repository("one")
      yield* one.read
      const first = homes()[0]!
      const two = repository("two")
      yield* two.read
      const second = homes().find((home) => home !== first)!
      age(first, 40)
      age(second, 20)
      assert.deepStrictEqual(yield* MirrorUpkeep.sweep({ directory, keepDays: 50, keepBytes: 0 }), [])
      assert.deepStrictEqual(yield* MirrorUpkeep.sweep({ directory, keepDays: 30, keepBytes: 0 }), [first])
      assert.deepStrictEqual([isFull(first), isFull(second)], [false, true])
      assert.strictEqual(Buffer.from(yield* one.read).toString(), "one")
      assert.isTrue(isFull(first))
    }))

  it.live("removes the oldest of what is too large, but nothing that is being fetched or was used just now", () =>
    Effect.gen(function*() {
      const [first = "", second = ""] = homes()
      age(first, 2)
      age(second, 0)
      const lock = Path.join(directory, first, "lock")
      assert.isTrue(FileLock.tryAcquire(lock))
      assert.deepStrictEqual(yield* MirrorUpkeep.sweep({ directory, keepDays: 0, keepBytes: 1 }), [])
      FileLock.release(lock)
      assert.deepStrictEqual(yield* MirrorUpkeep.sweep({ directory, keepDays: 0, keepBytes: 1 }), [first])
    }))

  it("leaves alone what somebody asked for after it was chosen", async () => {
    const home = homes().find(isFull)!
    age(home, 2)
    const now = Date.now()
    Fs.writeFileSync(Path.join(directory, home, "used"), "")
    assert.isFalse(await MirrorUpkeep.discard(Path.join(directory, home), now))
    assert.isTrue(isFull(home))
    age(home, 2)
    assert.isTrue(await MirrorUpkeep.discard(Path.join(directory, home), now))
    assert.isFalse(isFull(home))
  })
})
