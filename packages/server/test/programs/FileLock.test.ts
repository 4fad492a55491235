/** Locks between real processes, some of which are killed while they hold one. */
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as FileLock from "@orch/server/programs/FileLock"
import * as ProcessIdentity from "@orch/server/programs/ProcessIdentity"
import * as ChildProcess from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as PidNamespace from "./PidNamespace.ts"

const root = Fs.mkdtempSync(Path.join(Os.tmpdir(), "orch-lock-"))
afterAll(() => Fs.rmSync(root, { recursive: true, force: true }))

const holderScript = Path.join(import.meta.dirname, "LockHolder.ts")
/** Every third of them in a container of its own, where there can be one. */
const start = (number: number, ...args: ReadonlyArray<string>) => {
  const own = number % 3 === 0 && PidNamespace.missing === undefined
  const command = [process.execPath, [holderScript, ...args]] as const
  const [program, words] = own ? PidNamespace.wrap(...command) : command
  return new Promise<void>((resolve) =>
    ChildProcess.spawn(program, words, { stdio: "ignore" }).on("exit", () => resolve())
  )
}

const skipped = PidNamespace.missing === undefined ? "" : ` (skipped: ${PidNamespace.missing})`

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

  it.skipIf(PidNamespace.missing !== undefined)(
    `is not given to another container before its holder is killed${skipped}`,
    async () => {
      const lock = Path.join(root, "containers")
      const counter = Path.join(root, "containers.counter")
      Fs.writeFileSync(counter, "0")
      const holder = ChildProcess.spawn(
        ...PidNamespace.wrap(process.execPath, [holderScript, lock, counter, "1", "stay"]),
        {
          stdio: "ignore"
        }
      )
      while (Fs.readFileSync(counter, "utf8") === "0") await new Promise((resolve) => setTimeout(resolve, 10))
      assert.isFalse(FileLock.tryAcquire(lock))
      assert.isTrue(FileLock.isHeld(lock))
      const there = FileLock.holder(lock)!
      assert.notStrictEqual(there.namespace, ProcessIdentity.self.namespace)
      assert.isFalse(ProcessIdentity.isAlive(there))
      holder.kill("SIGKILL")
      while (!FileLock.tryAcquire(lock)) await new Promise((resolve) => setTimeout(resolve, 10))
      FileLock.release(lock)
    }
  )

  it("loses no count among processes of which every second is killed while it holds the lock", async () => {
    const lock = Path.join(root, "many")
    const counter = Path.join(root, "counter")
    Fs.writeFileSync(counter, "0")
    await Promise.all(
      Array.from({ length: 8 }, (_, i) => start(i, lock, counter, "50", i % 2 === 0 ? "die" : "finish"))
    )
    assert.strictEqual(Fs.readFileSync(counter, "utf8"), "400")
    assert.isTrue(FileLock.tryAcquire(lock))
  })

  it("is taken although somebody wrote into its file", () => {
    const lock = Path.join(root, "garbled")
    Fs.writeFileSync(lock, "no lock at all, and longer than a page of SQLite's header would be".repeat(10))
    assert.isFalse(FileLock.isHeld(lock))
    assert.isTrue(FileLock.tryAcquire(lock))
    assert.isFalse(FileLock.tryAcquire(lock))
  })

  it("stays with its holder when somebody writes into its file", async () => {
    const lock = Path.join(root, "overwritten")
    const counter = Path.join(root, "overwritten.counter")
    Fs.writeFileSync(counter, "0")
    const holder = ChildProcess.spawn(process.execPath, [holderScript, lock, counter, "1", "stay"], { stdio: "ignore" })
    while (Fs.readFileSync(counter, "utf8") === "0") await new Promise((resolve) => setTimeout(resolve, 10))
    Fs.appendFileSync(lock, "garbage")
    assert.isFalse(FileLock.tryAcquire(lock))
    holder.kill("SIGKILL")
    while (!FileLock.tryAcquire(lock)) await new Promise((resolve) => setTimeout(resolve, 10))
  })

  it("respects a lock of the form used before while its holder lives, and no longer", () => {
    const lock = Path.join(root, "old")
    const { namespace: _, ...old } = ProcessIdentity.self
    Fs.writeFileSync(lock, ProcessIdentity.format({ ...old, namespace: "" }).replace(/ -$/, ""))
    assert.isFalse(FileLock.tryAcquire(lock))
    Fs.writeFileSync(lock, ProcessIdentity.format({ ...old, namespace: "", started: "1" }))
    assert.isTrue(FileLock.tryAcquire(lock))
  })

  it("says which file cannot be a lock", () => {
    const lock = Path.join(root, "directory")
    Fs.mkdirSync(lock)
    assert.throws(() => FileLock.tryAcquire(lock), /the lock file .*\/directory cannot be used/)
  })
})

describe("ProcessIdentity", () => {
  it("knows this process and formats it so that it reads back", () => {
    assert.isTrue(ProcessIdentity.isAlive(ProcessIdentity.self))
    assert.deepStrictEqual(ProcessIdentity.parse(ProcessIdentity.format(ProcessIdentity.self)), ProcessIdentity.self)
    assert.isUndefined(ProcessIdentity.parse("garbage"))
  })

  it("takes no process of another PID namespace for one of this", () => {
    assert.isFalse(ProcessIdentity.isAlive({ ...ProcessIdentity.self, namespace: "pid:[1]" }))
  })
})
