import { assert, describe, it } from "@effect/vitest"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { afterAll } from "vitest"
import * as WorkerName from "../../src/poolfarm/WorkerName.ts"

const root = Fs.mkdtempSync(Path.join(Os.tmpdir(), "orch-worker-name-"))
afterAll(() => Fs.rmSync(root, { recursive: true, force: true }))

describe("the name of this machine's worker", () => {
  it("stays the same in one data folder, also for servers that start there at once", async () => {
    const folder = Path.join(root, "one")
    const names = await Promise.all([1, 2, 3].map(() => WorkerName.inFolder(folder)))
    assert.strictEqual(new Set([...names, await WorkerName.inFolder(folder)]).size, 1)
    assert.match(names[0]!, /^local-[A-Za-z0-9.-]+-[0-9a-f]{8}$/)
  })

  it("is another in another data folder on the same machine", async () => {
    assert.notStrictEqual(
      await WorkerName.inFolder(Path.join(root, "a")),
      await WorkerName.inFolder(Path.join(root, "b"))
    )
  })

  it.each(["", "two words", "../up", "x".repeat(200)])("is made anew where the file says %j", async (content) => {
    const folder = Fs.mkdtempSync(Path.join(root, "odd-"))
    Fs.writeFileSync(Path.join(folder, "node"), content)
    const name = await WorkerName.inFolder(folder)
    assert.notStrictEqual(name, content)
    assert.strictEqual(await WorkerName.inFolder(folder), name)
  })

  it("is what somebody wrote there", async () => {
    const folder = Fs.mkdtempSync(Path.join(root, "own-"))
    Fs.writeFileSync(Path.join(folder, "node"), "builder-7\n")
    assert.strictEqual(await WorkerName.inFolder(folder), "builder-7")
  })
})
