/** Two servers on one data directory, each in a PID namespace of its own as in two containers: only one may have it. */
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as ChildProcess from "node:child_process"
import * as Fs from "node:fs"
import { tmpdir } from "node:os"
import * as Path from "node:path"
import * as TestPrograms from "../../../../tooling/TestPrograms.ts"
import * as PidNamespace from "../programs/PidNamespace.ts"
import * as TestRepository from "../scm/TestRepository.ts"

const root = TestRepository.temporary()
afterAll(() => Fs.rmSync(root, { recursive: true, force: true }))

const program = await TestPrograms.server()
const dataDir = Path.join(root, "data")
const lock = Path.join(dataDir, "database/orch.lock")

interface Started {
  /** How it went: `listening`, or what it said before it ended. */
  readonly outcome: Promise<string>
  readonly kill: () => Promise<void>
}

/** A server in a PID namespace of its own. */
const start = (): Started => {
  const child = ChildProcess.spawn(...PidNamespace.wrap(process.execPath, [program]), {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"] ?? "", TMPDIR: tmpdir(), ORCH_PORT: "0", ORCH_DATA_DIR: dataDir }
  })
  let said = ""
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()))
  const outcome = new Promise<string>((resolve) => {
    const hear = (chunk: Buffer) => {
      said += chunk
      if (said.includes("\"Listening\"")) resolve("listening")
    }
    child.stdout.on("data", hear)
    child.stderr.on("data", hear)
    void ended.then(() => resolve(said))
  })
  return {
    outcome,
    kill: () => {
      child.kill("SIGKILL")
      return ended
    }
  }
}

const skipped = PidNamespace.missing === undefined ? "" : ` (skipped: ${PidNamespace.missing})`

describe.skipIf(PidNamespace.missing !== undefined)(`two servers in two containers${skipped}`, () => {
  it("do not open one embedded database, whatever is written into its lock, until the first is killed", async () => {
    const first = start()
    assert.strictEqual(await first.outcome, "listening")
    assert.match(await start().outcome, /cannot be opened: a process in another container .* uses it\. One server/)
    Fs.writeFileSync(lock, "garbage")
    Fs.writeFileSync(`${lock}.holder`, "garbage")
    assert.match(await start().outcome, /cannot be opened: another process uses it\. One server at a time/)
    await first.kill()
    const next = start()
    assert.strictEqual(await next.outcome, "listening")
    await next.kill()
  }, 240_000)
})
