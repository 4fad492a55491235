import { afterAll, assert, describe, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { once } from "node:events"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as FarmTask from "../../src/localbuild/FarmTask.ts"

const root = Fs.mkdtempSync(Path.join(Os.tmpdir(), "orch-farm-task-"))
afterAll(() => Fs.rmSync(root, { recursive: true, force: true }))

const canceled: FarmTask.Result = { state: "canceled", artifacts: [], seconds: 0 }

/** A task whose runner, a process of its own, is in the middle of its work. */
const running = async (name: string): Promise<string> => {
  const directory = Path.join(root, name)
  Fs.mkdirSync(FarmTask.attemptsPath(directory), { recursive: true })
  Fs.writeFileSync(Path.join(FarmTask.attemptsPath(directory), "file"), "")
  const runner = spawn(process.execPath, [Path.join(import.meta.dirname, "RunnerHolder.ts"), directory], {
    stdio: ["ignore", "pipe", "inherit"]
  })
  await once(runner.stdout, "data")
  return directory
}

describe("the end of a task", () => {
  it("comes when its runner has given its lock back, so that no tree is left", { timeout: 120_000 }, async () => {
    const left: Array<string> = []
    for (let times = 0; times < 12; times++) {
      const directory = await running(String(times))
      assert.isTrue(FarmTask.isRunning(directory))
      assert.isTrue(await FarmTask.end(directory, canceled))
      if (Fs.existsSync(FarmTask.attemptsPath(directory))) left.push(directory)
    }
    assert.deepStrictEqual(left, [])
  })

  it("is written once", async () => {
    const directory = await running("twice")
    assert.isTrue(await FarmTask.end(directory, canceled))
    assert.isFalse(await FarmTask.end(directory, { ...canceled, state: "failed" }))
    assert.deepStrictEqual(FarmTask.result(directory), canceled)
  })
})
