/** Locks between real processes, some of which are killed while they hold one. */
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as FileLock from "@orch/server/programs/FileLock"
import * as ProcessIdentity from "@orch/server/programs/ProcessIdentity"
import * as ChildProcess from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"

const root = Fs.mkdtempSync(Path.join(Os.tmpdir(), "orch-lock-"))
afterAll(() => Fs.rmSync(root, { recursive: true, force: true }))

const holderScript = Path.join(import.meta.dirname, "LockHolder.ts")
const start = (...args: ReadonlyArray<string>) =>
  new Promise<void>((resolve) =>
    ChildProcess.spawn(process.execPath, [holderScript, ...args], { stdio: "ignore" }).on("exit", () => resolve())
  )

describe("FileLock", () => {
  it("is held once, even by the process that holds it, and free after release", () => {
    const lock = Path.join(root, "one")
    assert.isTrue(FileLock.tryAcquire(lock))
    assert.isFalse(FileLock.tryAcquire(lock))
    assert.isTrue(FileLock.isHeld(lock))
    FileLock.release(lock)
    assert.isFalse(FileLock.isHeld(lock))
    assert.isTrue(FileLock.tryAcquire(lock))
  })

  it("is taken from a holder whose number now belongs to another process", () => {
    const lock = Path.join(root, "reused")
    Fs.writeFileSync(lock, ProcessIdentity.format({ ...ProcessIdentity.self, started: "1" }))
    assert.isFalse(FileLock.isHeld(lock))
    assert.isTrue(FileLock.tryAcquire(lock))
  })

  it("loses no count among processes of which every second is killed while it holds the lock", async () => {
    const lock = Path.join(root, "many")
    const counter = Path.join(root, "counter")
    Fs.writeFileSync(counter, "0")
    await Promise.all(
      Array.from({ length: 8 }, (_, i) => start(lock, counter, "50", i % 2 === 0 ? "die" : "finish"))
    )
    assert.strictEqual(Fs.readFileSync(counter, "utf8"), "400")
    assert.isTrue(FileLock.tryAcquire(lock))
    assert.deepStrictEqual(Fs.readdirSync(root).filter((name) => name.startsWith("many.")), [])
  })
})

describe("ProcessIdentity", () => {
  it("knows this process and formats it so that it reads back", () => {
    assert.isTrue(ProcessIdentity.isAlive(ProcessIdentity.self))
    assert.deepStrictEqual(ProcessIdentity.parse(ProcessIdentity.format(ProcessIdentity.self)), ProcessIdentity.self)
    assert.isUndefined(ProcessIdentity.parse("garbage"))
  })
})
