import { assert, describe, it } from "@effect/vitest"
import * as SmallProcess from "./SmallProcess.ts"

describe("a program that a small process runs", () => {
  it("gets what it is to read, where it is to run and its environment alone", async () => {
    const line = "cat; pwd; echo $COLOR $HOME; echo no >&2; exit 3"
    const options = { input: "hello\n", cwd: "/", env: { PATH: process.env["PATH"], COLOR: "blue" } }
    const expected = { code: 3, out: "hello\n/\nblue\n", err: "no\n" }
    assert.deepStrictEqual(await SmallProcess.ran("sh", ["-c", line], options), expected)
    assert.deepStrictEqual(SmallProcess.ranSync("sh", ["-c", line], options), expected)
  })

  it("may take and print much, and may leave what it is given unread", () => {
    const input = "x".repeat(3_000_000)
    assert.strictEqual(SmallProcess.ranSync("cat", [], { input }).out, input)
    assert.strictEqual(SmallProcess.ranSync("true", [], { input }).code, 0)
  })

  it("is told of where it is not there, is killed, or ends badly", async () => {
    const missing = await SmallProcess.run("no-such-program", [])
    assert.match(missing.error ?? "", /no-such-program ENOENT/)
    assert.deepStrictEqual(await SmallProcess.ran("no-such-program", []), { code: -1, out: "", err: "" })
    assert.isFalse(SmallProcess.isInstalled("no-such-program"))
    assert.isTrue(SmallProcess.isInstalled("git"))
    assert.strictEqual(SmallProcess.runSync("sleep", ["60"], { timeout: 50 }).signal, "SIGKILL")
    assert.throws(() => SmallProcess.output("sh", ["-c", "echo one; echo two >&2; exit 1"]), /ended with 1\none\n\ntwo/)
  })

  it("is waited for while others run", async () => {
    const slow = SmallProcess.ran("sh", ["-c", "sleep 0.3; echo slow"])
    assert.strictEqual(SmallProcess.output("echo", ["fast"]), "fast")
    const both = await Promise.all([slow, SmallProcess.ran("echo", ["beside"])])
    assert.deepStrictEqual(both.map(({ out }) => out), ["slow\n", "beside\n"])
  })
})
