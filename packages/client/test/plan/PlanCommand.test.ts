import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as ContextCommand from "@orch/client/commands/context/ContextCommand"
import * as PlanCommand from "@orch/client/commands/plan/PlanCommand"
import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach } from "vitest"

const packager = `document: modulemd
version: 2
data:
  name: app
  stream: "1"
  summary: An app
  description: An app
  license:
    module: [MIT]
  dependencies:
  - buildrequires:
      platform: [el8]
      perl: []
    requires:
      platform: [el8]
      perl: []
  components:
    rpms:
      lib: {rationale: Needed., buildorder: 1}
      tool: {rationale: Wanted., buildorder: 2}
`

const perl = (stream: string, context: string): string =>
  `---
document: modulemd
version: 2
data:
  name: perl
  stream: "${stream}"
  version: 8010020190101
  context: ${context}
  arch: x86_64
  summary: Perl
  description: Perl
  license: {module: [MIT]}
  dependencies:
  - buildrequires: {platform: [el8.1.0]}
    requires: {platform: [el8]}
`

let directory = ""
let output: Array<string> = []
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "plan-"))
  output = []
  writeFileSync(join(directory, "app.yaml"), packager)
  writeFileSync(join(directory, "modules.yaml"), perl("5.24", "aaaaaaaa") + perl("5.26", "bbbbbbbb"))
  return () => {
    process.exitCode = 0
  }
})
afterEach(() => rmSync(directory, { recursive: true }))

const capturing: Console.Console = {
  ...globalThis.console,
  log: (...line: ReadonlyArray<unknown>) => void output.push(line.join(" ")),
  error: (...line: ReadonlyArray<unknown>) => void output.push(line.join(" "))
} as Console.Console

const run = (command: Command.Command<any, any, any, any, any>, ...args: ReadonlyArray<string>) =>
  Command.runWith(command, { version: "0.0.0" })(args).pipe(
    Effect.provideService(Console.Console, capturing),
    Effect.provide(NodeServices.layer)
  ) as Effect.Effect<void>

const at = (name: string): string => join(directory, name)

describe("orch plan", () => {
  it.effect("plans against a repository's index", () =>
    Effect.gen(function*() {
      yield* run(PlanCommand.command, at("app.yaml"), "--available", at("modules.yaml"), "--json")
      const [plan] = JSON.parse(output.join("\n"))
      assert.deepStrictEqual(plan.problems, [])
      assert.deepStrictEqual(plan.builds.map(({ dependencies }: any) => dependencies.requires.perl), [["5.24"], [
        "5.26"
      ]])
      assert.deepStrictEqual(plan.components.map(({ batch, name }: any) => `${name} ${batch}`), ["lib 2", "tool 3"])
    }))

  it.effect("takes overrides, and says what stands in the way", () =>
    Effect.gen(function*() {
      yield* run(PlanCommand.command, at("app.yaml"), "-a", directory, "--buildrequire", "perl:5.30")
      assert.match(output.join("\n"), /problem: Cannot find any module builds for perl:5\.30 \(line \d+\)$/m)
      assert.strictEqual(process.exitCode, 1)
    }))

  it.effect("names file, line and column of what cannot be read", () =>
    Effect.gen(function*() {
      writeFileSync(at("bad.yaml"), packager.replace("buildorder: 1", "buildordr: 1"))
      yield* run(PlanCommand.command, at("bad.yaml"))
      assert.match(output.join("\n"), /bad\.yaml:19:\d+: .*buildordr/)
      assert.strictEqual(process.exitCode, 2)
      yield* run(PlanCommand.command, at("none.yaml"))
      assert.strictEqual(output.at(-1), `${at("none.yaml")}: no such file or directory`)
    }))

  it.effect("takes the stream and the default streams it is told", () =>
    Effect.gen(function*() {
      const flags = ["--available", at("modules.yaml"), "--json"]
      yield* run(PlanCommand.command, at("app.yaml"), ...flags, "--stream", "next", "--default-stream", "perl:5.26")
      const [plan] = JSON.parse(output.join("\n"))
      assert.deepStrictEqual(plan.builds.map(({ buildrequires, stream }: any) => [stream, buildrequires.perl.stream]), [
        ["next", "5.26"]
      ])
    }))

  it.effect("numbers batches in its reasons as in its list", () =>
    Effect.gen(function*() {
      yield* run(PlanCommand.command, at("app.yaml"), "--available", at("modules.yaml"))
      assert.include(output.join("\n"), "batch 2  lib  (lib is in batch 2 because nothing has to be built before it)")
    }))

  it.effect("says what to do when nothing is available", () =>
    Effect.gen(function*() {
      yield* run(PlanCommand.command, at("app.yaml"))
      assert.strictEqual(
        output.at(-1),
        "nothing to build with: --available names files or directories of modules"
      )
      assert.strictEqual(process.exitCode, 1)
    }))
})

describe("orch context", () => {
  it.effect("computes the hashes of resolved documents", () =>
    Effect.gen(function*() {
      yield* run(ContextCommand.command, at("modules.yaml"), "--json")
      const [first] = output.map((line) => JSON.parse(line))
      assert.strictEqual(first.nsvc.split(":").slice(0, 3).join(":"), "perl:5.24:8010020190101")
      assert.strictEqual(first.recorded_context, "aaaaaaaa")
      assert.match(first.context, /^[0-9a-f]{8}$/)
    }))

  it.effect("says that a document which was never built has none", () =>
    Effect.gen(function*() {
      yield* run(ContextCommand.command, at("app.yaml"))
      assert.include(output.join("\n"), "orch plan shows what would be built")
      assert.strictEqual(process.exitCode, 1)
    }))
})
