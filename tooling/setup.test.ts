import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))

/** Evaluates JavaScript in a Node.js of its own, as the setup runs before TypeScript does; resolves to what it prints. */
const evaluate = (code: string, env: Readonly<Record<string, string>> = {}) => {
  const { status, stderr, stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...env }
  })
  assert.strictEqual(status, 0, stderr)
  return { stdout: stdout.trim(), stderr: stderr.trim() }
}

const trusts = async (port: number): Promise<boolean> => {
  const module = await import(new URL("./setup/postgresql.mjs", import.meta.url).href) as {
    readonly trusts: (port: number) => Promise<boolean>
  }
  return module.trusts(port)
}

/** A server that answers the first message of a client with these bytes, and what the setup thinks of it. */
const trustsServerThatAnswers = async (answer: ReadonlyArray<number>): Promise<boolean> => {
  const server = createServer((socket) => socket.once("data", () => socket.end(Buffer.from(answer))))
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  try {
    return await trusts((server.address() as { readonly port: number }).port)
  } finally {
    server.close()
  }
}

describe("the setup", () => {
  it("takes a PostgreSQL server that asks for nothing", async () =>
    assert.isTrue(await trustsServerThatAnswers([0x52, 0, 0, 0, 8, 0, 0, 0, 0])))
  it("does not take one that asks for a password", async () =>
    assert.isFalse(await trustsServerThatAnswers([0x52, 0, 0, 0, 23, 0, 0, 0, 10, 83, 67, 82, 65, 77])))
  it("does not take one that refuses", async () => assert.isFalse(await trustsServerThatAnswers([0x45, 0, 0, 0, 4])))
  it("does not take something that is no PostgreSQL", async () =>
    assert.isFalse(await trustsServerThatAnswers([...Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")])))
  it("does not take a port where nobody listens", async () => assert.isFalse(await trusts(1)))

  // Where /usr/sbin is the same folder as /usr/bin, no PATH hides the programs.
  it("says in one line what to install where it may not", ({ skip }) => {
    if (existsSync("/usr/sbin/rpmbuild")) skip("programs cannot be hidden on this machine")
    const code = `import { systemPackages } from "./tooling/setup/system-packages.mjs"
      process.getuid = () => 65534
      console.log(JSON.stringify(await systemPackages(["farm"])))`
    // Nothing but the setup itself is found on this PATH: no programs, no sudo, no installer.
    const { stderr, stdout } = evaluate(code, { PATH: "/nonexistent" })
    const missing = JSON.parse(stdout) as ReadonlyArray<string>
    assert.include(missing, "rpmbuild")
    assert.strictEqual(stderr.split("\n").length, 1)
    assert.match(stderr, /^setup: .*rpmbuild.* not found; please .*\bcreaterepo/)
  })

  const withPrograms = <A>(programs: Readonly<Record<string, string>>, use: (folder: string) => A): A => {
    const folder = mkdtempSync(join(tmpdir(), "orch-setup-"))
    try {
      for (const [name, text] of Object.entries(programs)) {
        writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
      }
      return use(folder)
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  it("takes a browser with windows where one is there", () => {
    const asked = (programs: Readonly<Record<string, string>>) =>
      withPrograms(programs, (PATH) =>
        evaluate(
          `import { systemPackages } from "./tooling/setup/system-packages.mjs"
          process.getuid = () => 65534
          await systemPackages(["tests"])`,
          { PATH }
        ).stderr)
    assert.include(asked({}), "chromium-headless-shell")
    assert.notInclude(asked({ "google-chrome": "exit 0" }), "chromium")
  })

  it("installs every other package where the distribution does not have one of them", () =>
    withPrograms({
      "apt-get": `for word; do [ "$word" = zsh ] && exit 100; done; echo "$@" >> "$(dirname "$0")/calls"`,
      dirname: `echo "\${1%/*}"`
    }, (PATH) => {
      evaluate(
        `import { systemPackages } from "./tooling/setup/system-packages.mjs"
        process.getuid = () => 0
        await systemPackages(["tests"])`,
        { PATH }
      )
      const calls = readFileSync(join(PATH, "calls"), "utf8")
      assert.match(calls, /^install .*chromium-headless-shell$/m)
      assert.match(calls, /^install .*libkrb5-dev$/m)
    }))
  it("asks for nothing when nothing is missing", () =>
    assert.strictEqual(
      evaluate(`import { systemPackages } from "./tooling/setup/system-packages.mjs"
        console.log(JSON.stringify(await systemPackages([])))`).stdout,
      "[]"
    ))
  it("removes from memory what a killed run left there, and nothing of one that goes on", ({ skip }) => {
    if (!existsSync("/dev/shm")) skip("there is no /dev/shm")
    const { pid } = spawnSync(process.execPath, ["-e", ""])
    const left = mkdtempSync(`/dev/shm/orch-test-${pid}-`)
    const own = mkdtempSync(`/dev/shm/orch-test-${process.pid}-`)
    try {
      const code = `import { memoryFolder } from "./tooling/setup/memory.mjs"
        const memory = await memoryFolder()
        memory.remove()
        console.log(memory.folder ?? "")`
      const { stdout } = evaluate(code, { TMPDIR: "" })
      assert.deepStrictEqual([left, own, stdout].map((path) => existsSync(path)), [false, true, false])
    } finally {
      rmSync(own, { recursive: true })
    }
  })
  it("refuses a task it does not know", () => {
    const { status, stderr } = spawnSync(process.execPath, ["tooling/setup.mjs", "dance"], {
      cwd: root,
      encoding: "utf8"
    })
    assert.strictEqual(status, 2)
    assert.include(stderr, "demo|demo:farm|demo:campaign|test")
  })
})
