/** What `orch` says before a command is named is what it says when all commands are loaded. */
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as FirstHelp from "@orch/client/commands/help/FirstHelp"
import * as CommandTree from "@orch/client/commands/tree/CommandTree"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

const parsed = (colours: boolean, ...args: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const lines: Array<string> = []
    const capturing = {
      ...globalThis.console,
      log: (...line: ReadonlyArray<unknown>) => void lines.push(line.join(" "))
    }
    const orch = yield* Effect.promise(() => CommandTree.load(["--wizard"]))
    yield* Command.runWith(orch, { version: "1.2.3" })(args).pipe(
      Effect.provideService(Console.Console, capturing as Console.Console),
      Effect.provide(CliOutput.layer(CliOutput.defaultFormatter({ colors: colours }))),
      Effect.provide(NodeServices.layer)
    )
    return `${lines.join("\n")}\n`
  })

describe("orch without a command", () => {
  for (const colours of [false, true]) {
    it.effect(`prints the help that all commands together have, ${colours ? "with" : "without"} colours`, () =>
      Effect.gen(function*() {
        assert.strictEqual(FirstHelp.help(colours), yield* parsed(colours, "--help"))
        assert.strictEqual(FirstHelp.version("1.2.3", colours), yield* parsed(colours, "--version"))
      }))
  }

  it("has colours on terminals, unless the environment says otherwise", () => {
    assert.isTrue(FirstHelp.hasColours(true, {}))
    assert.isFalse(FirstHelp.hasColours(false, {}))
    assert.isTrue(FirstHelp.hasColours(false, { FORCE_COLOR: "1" }))
    assert.isFalse(FirstHelp.hasColours(false, { FORCE_COLOR: "0" }))
    assert.isFalse(FirstHelp.hasColours(true, { NO_COLOR: "1", FORCE_COLOR: "1" }))
    assert.isFalse(FirstHelp.hasColours(true, { TERM: "dumb" }))
  })
})

describe("the program", () => {
  const program = fileURLToPath(new URL("../../bin/orch.js", import.meta.url))
  const orch = (...args: ReadonlyArray<string>) =>
    spawnSync(process.execPath, [program, ...args], { encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } })

  it("answers --version behind every command alike", () => {
    const { stdout } = orch("--version")
    assert.match(stdout, /^orch v\d+\.\d+\.\d+/)
    for (const command of ["modulemd", "modulemd validate", "modulemd query", "plan", "repo", "repo search"]) {
      for (const flag of ["--version", "-v"]) {
        const answer = orch(...command.split(" "), flag)
        assert.deepStrictEqual([answer.status, answer.stdout], [0, stdout], `${command} ${flag}`)
      }
    }
  })

  it("prints help, and counts a missing command as wrong usage", () => {
    assert.deepStrictEqual([orch("--help").status, orch("-h").status, orch().status], [0, 0, 2])
    assert.strictEqual(orch().stdout, FirstHelp.help(false))
  })

  it("takes what holds for all of orch before and behind modulemd", () => {
    for (
      const args of [["--log-level", "debug", "modulemd", "query"], ["modulemd", "--log-level=none", "query"]]
    ) {
      const { status, stderr } = orch(...args)
      assert.strictEqual(status, 2)
      assert.include(stderr, "orch modulemd query: a FILE is needed")
    }
  })
})
