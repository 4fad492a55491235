/** Programs that misbehave are ended, with all that they started. */
import { assert, describe, it } from "@effect/vitest"
import * as ProcessIdentity from "@orch/server/programs/ProcessIdentity"
import * as ProcessTree from "@orch/server/programs/ProcessTree"
import * as Subprocess from "@orch/server/programs/Subprocess"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as ChildProcess from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"

const node = (script: string, options: Partial<Subprocess.Options> = {}) =>
  Subprocess.run({
    command: process.execPath,
    args: ["-e", script],
    env: { PATH: process.env["PATH"] ?? "" },
    timeoutMillis: 20_000,
    maxOutputBytes: 10_000,
    ...options
  })

const waitUntilGone = (pid: number) =>
  Effect.gen(function*() {
    while (ProcessIdentity.of(pid) !== undefined) yield* Effect.sleep(10)
  })

/** The process that starts programs for this one. */
const spawner = () =>
  ProcessTree.descendants(process.pid).find(({ pid }) =>
    Fs.readFileSync(`/proc/${pid}/cmdline`, "latin1").includes("SpawnerProcess")
  )!

describe("Subprocess", () => {
  it.live("says that programs are lost when the process that starts them is killed, ends them, and goes on with another", () =>
    Effect.gen(function*() {
      let pid = 0
      const fiber = yield* Effect.forkChild(
        Effect.flip(node("setInterval(() => {}, 1000)", { started: (started) => pid = started }))
      )
      while (pid === 0) yield* Effect.sleep(5)
      const first = spawner()
      assert.notStrictEqual(first.pid, process.pid)
      process.kill(first.pid, "SIGKILL")
      assert.strictEqual((yield* Fiber.join(fiber)).reason, "lost")
      yield* waitUntilGone(pid)
      assert.strictEqual((yield* node("console.log(1)")).stdout.toString(), "1\n")
      assert.notStrictEqual(spawner().pid, first.pid)
    }))

  it.live("ends its programs, and the process that starts them, with the process that asked for them", () =>
    Effect.gen(function*() {
      const program = Path.join(import.meta.dirname, "SubprocessHolder.ts")
      const holder = ChildProcess.spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] })
      const started = yield* Effect.promise(() =>
        new Promise<number>((resolve) => holder.stdout.once("data", (chunk: Buffer) => resolve(Number(chunk))))
      )
      const all = ProcessTree.descendants(holder.pid!)
      assert.isTrue(all.some(({ pid }) => pid === started))
      holder.kill("SIGKILL")
      for (const { pid } of all) yield* waitUntilGone(pid)
    }))

  it.live("answers exit code, output, errors and input of a program", () =>
    Effect.gen(function*() {
      const { exitCode, stderr, stdout } = yield* node(
        "process.stdin.pipe(process.stdout); console.error('oops'); process.exitCode = 3",
        { stdin: Buffer.from("hello") }
      )
      assert.deepStrictEqual([exitCode, stdout.toString(), stderr], [3, "hello", "oops\n"])
    }))

  it.live("inherits nothing of this process's environment", () =>
    Effect.gen(function*() {
      process.env["ORCH_TEST_SECRET"] = "secret"
      const { stdout } = yield* node("console.log(process.env.ORCH_TEST_SECRET)")
      assert.strictEqual(stdout.toString(), "undefined\n")
    }))

  it.live("says that a program is not there", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(node("", { command: "no-such-program" }))
      assert.strictEqual(error.reason, "notStarted")
    }))

  it.live("ends when it is interrupted after the program has, while somebody else holds its pipes", () =>
    Effect.gen(function*() {
      let pid = 0
      // In a group of its own, so that nobody kills it with the program.
      const script =
        "const child = require('child_process').spawn('sleep', ['5'], { stdio: 'inherit', detached: true });"
        + "child.unref()"
      const fiber = yield* Effect.forkChild(node(script, { started: (started) => pid = started }))
      yield* Effect.yieldNow
      while (pid === 0) yield* Effect.sleep(1)
      yield* waitUntilGone(pid)
      yield* Fiber.interrupt(fiber)
    }))

  it.live("kills the whole group after its time", () =>
    Effect.gen(function*() {
      const file = Path.join(Fs.mkdtempSync(Path.join(Os.tmpdir(), "orch-group-")), "pid")
      const error = yield* Effect.flip(
        node(
          `const child = require('child_process').spawn('sleep', ['60'], { stdio: 'inherit' });
           require('fs').writeFileSync(${JSON.stringify(file)}, String(child.pid)); setInterval(() => {}, 1000)`,
          { timeoutMillis: 1_500 }
        )
      )
      assert.strictEqual(error.reason, "timedOut")
      yield* waitUntilGone(Number(Fs.readFileSync(file, "utf8")))
      Fs.rmSync(Path.dirname(file), { recursive: true })
    }))

  it.live("ends a program that floods its output", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(node("for (;;) require('fs').writeSync(1, 'x'.repeat(1000))"))
      assert.strictEqual(error.reason, "tooMuchOutput")
    }))

  it.live("ends a program when the watch says so", () =>
    Effect.gen(function*() {
      const watch = { everyMillis: 20, check: () => Promise.resolve("enough") }
      const error = yield* Effect.flip(node("setInterval(() => {}, 1000)", { watch }))
      assert.deepStrictEqual([error.reason, error.message], ["stopped", "enough"])
    }))

  it.live("ends the program when its fiber is interrupted", () =>
    Effect.gen(function*() {
      let pid = 0
      const fiber = yield* Effect.forkChild(
        node("setInterval(() => {}, 1000)", { started: (started) => pid = started })
      )
      while (pid === 0) yield* Effect.sleep(5)
      yield* Fiber.interrupt(fiber)
      assert.isUndefined(ProcessIdentity.of(pid))
    }))
})
