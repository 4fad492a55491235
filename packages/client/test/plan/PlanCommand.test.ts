import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import * as ContextCommand from "@orch/client/commands/context/ContextCommand"
import * as PlanCommand from "@orch/client/commands/plan/PlanCommand"
import * as Command from "effect/cli/Command"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync, zstdCompressSync } from "node:zlib"
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

/** What the command fails with. */
const refused = (...args: ReadonlyArray<string>) =>
  Effect.flip(run(PlanCommand.command, ...args) as Effect.Effect<void, unknown>)

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
      assert.deepStrictEqual(plan.components.map(({ batch, name }: any) => `${name} ${batch}`), ["lib 1", "tool 2"])
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
      assert.include(output.join("\n"), "batch 1  lib  (lib is in batch 1 because nothing has to be built before it)")
    }))

  it.effect("reads what is available in every form that orch modulemd reads", () =>
    Effect.gen(function*() {
      const modules = readFileSync(at("modules.yaml"))
      const forms: Array<readonly [name: string, bytes: Uint8Array]> = [
        ["plain.dat", modules],
        ["a.gz", gzipSync(modules)],
        ["b.zst", zstdCompressSync(modules)],
        ["utf16.yaml", Buffer.from(`\ufeff${modules.toString()}`, "utf16le")],
        [
          "v1.yaml",
          Buffer.from(
            modules.toString().replaceAll("version: 2\n", "version: 1\n").replace(
              /dependencies:\n {2}- /g,
              "dependencies: {"
            ).replaceAll("[el8.1.0]}\n    ", "el8.1.0}, ").replaceAll("[el8]}", "el8}}")
          )
        ]
      ]
      for (const tool of ["xz", "bzip2"]) {
        const { error, stdout } = spawnSync(tool, ["-c"], { input: modules })
        if (error === undefined) forms.push([`c.${tool}`, stdout])
      }
      for (const [name, bytes] of forms) {
        output = []
        writeFileSync(at(name), bytes)
        yield* run(PlanCommand.command, at("app.yaml"), "--available", at(name), "--json")
        assert.deepStrictEqual(
          JSON.parse(output.join("\n"))[0].builds.map(({ buildrequires }: any) => buildrequires.perl.stream),
          ["5.24", "5.26"],
          name
        )
        assert.strictEqual(process.exitCode ?? 0, 0, name)
      }
    }))

  it.effect("names what is damaged, with its place, and plans with the rest", () =>
    Effect.gen(function*() {
      const typo = perl("5.26", "bbbbbbbb").replace("document:", "documenl:")
      writeFileSync(at("modules.yaml"), perl("5.24", "aaaaaaaa") + typo)
      yield* run(PlanCommand.command, at("app.yaml"), "--available", at("modules.yaml"))
      assert.include(output.join("\n"), "perl:5.24")
      assert.include(output.join("\n"), `${at("modules.yaml")}:17:1: document is mandatory`)
      assert.strictEqual(process.exitCode, 1)
      for (
        const [name, text, told] of [
          ["garbage.yaml", "nonsense: [\n", "garbage.yaml:2:1: the text ends within brackets"],
          ["empty.yaml", "", "empty.yaml: there is no document in this file"],
          ["bad.json", "[{]", "bad.json: "],
          ["other.json", "[{\"name\": 1}]", "other.json: module 0: "]
        ] as const
      ) {
        output = []
        process.exitCode = 0
        writeFileSync(at(name), text)
        yield* run(PlanCommand.command, at("app.yaml"), "--available", at(name))
        assert.include(output.join("\n"), told)
        assert.strictEqual(process.exitCode, 1, name)
        rmSync(at(name))
      }
    }))

  it.effect("passes over nothing in a directory but what is no metadata", () =>
    Effect.gen(function*() {
      mkdirSync(at("d/sub"), { recursive: true })
      mkdirSync(at("d/.git"))
      const told = async (name: string, bytes: string | Uint8Array) => {
        output = []
        process.exitCode = 0
        writeFileSync(at(`d/${name}`), bytes)
        await Effect.runPromise(run(PlanCommand.command, at("app.yaml"), "-a", at("d")))
        rmSync(at(`d/${name}`))
        return { code: Number(process.exitCode), text: output.join("\n") }
      }
      const plans = async (name: string, bytes: string | Uint8Array) => {
        const { code, text } = await told(name, bytes)
        assert.include(text, "perl:5.24", name)
        assert.strictEqual(code, 0, name)
      }
      const names = async (name: string, bytes: string | Uint8Array, expected: string, code: number) => {
        const answer = await told(name, bytes)
        assert.include(answer.text, expected)
        assert.strictEqual(answer.code, code, answer.text)
      }
      yield* Effect.promise(async () => {
        const text = perl("5.24", "aaaaaaaa")
        await plans("modules.yml", text)
        await plans("sub/0123-modules.yaml.gz", gzipSync(text))
        await plans("MODULES.YAML.zst", zstdCompressSync(text))
        await plans("modulemd.x86_64.txt", text)
        await names("notes.txt", text, "no module metadata in this directory", 2)
        await names(".git/x.yaml", text, "no module metadata in this directory", 2)
        await names("cut.yaml.gz", gzipSync(text).subarray(0, 50), "cut.yaml.gz: cannot be decompressed", 2)
        await names("modules.yaml.zck", "", "modules.yaml.zck: this compression is not read", 2)
        await names("typo.yaml", text.replace("document:", "documenl:"), "typo.yaml:2:1: document is mandatory", 1)
        await names("source.yaml", packager, "source.yaml: app:1 was never built: it has no version", 1)
      })
    }))

  it.effect("lets default streams decide where contexts differ, those of the repository too", () =>
    Effect.gen(function*() {
      const yaml = ["5.24", "5.26"].map((stream) =>
        perl("1.24", `y${stream.slice(2)}`).replace("name: perl", "name: perl-YAML").replace(
          "requires: {platform: [el8]}",
          `requires: {platform: [el8], perl: ["${stream}"]}`
        )
      ).join("")
      const defaults = "---\ndocument: modulemd-defaults\nversion: 1\ndata: {module: perl, stream: \"5.26\"}\n"
      writeFileSync(at("app.yaml"), packager.replace("perl: []", "perl-YAML: [\"1.24\"]"))
      const chosen = (...flags: ReadonlyArray<string>) =>
        Effect.gen(function*() {
          output = []
          yield* run(PlanCommand.command, at("app.yaml"), "-a", at("modules.yaml"), "--json", ...flags)
          const [plan] = JSON.parse(output[0]!)
          return [plan.builds[0].buildrequires.perl.stream, plan.problems.length]
        })
      writeFileSync(at("modules.yaml"), perl("5.24", "aaaaaaaa") + perl("5.26", "bbbbbbbb") + yaml)
      assert.deepStrictEqual(yield* chosen(), ["5.24", 0])
      assert.deepStrictEqual(yield* chosen("--default-stream", "perl:5.26"), ["5.26", 0])
      writeFileSync(at("modules.yaml"), defaults + perl("5.24", "aaaaaaaa") + perl("5.26", "bbbbbbbb") + yaml)
      assert.deepStrictEqual(yield* chosen(), ["5.26", 0])
      assert.deepStrictEqual(yield* chosen("--default-stream", "perl:5.24"), ["5.24", 0])
      assert.deepStrictEqual(yield* chosen("--default-stream", "perl:9.9"), ["5.26", 1])
      assert.include(output.join("\n"), "--default-stream perl:9.9: there is no such stream, 5.24, 5.26 are available")
      assert.strictEqual(process.exitCode, 1)
      const twice = yield* refused(at("app.yaml"), "--default-stream", "perl:1", "--default-stream", "perl:2")
      assert.deepInclude(twice as object, { exitCode: 2 })
    }))

  it.effect("works with nothing available where the platform is all it takes", () =>
    Effect.gen(function*() {
      writeFileSync(at("app.yaml"), packager.replaceAll("      perl: []\n", ""))
      yield* run(PlanCommand.command, at("app.yaml"), "--json")
      const [plan] = JSON.parse(output.join("\n"))
      assert.deepStrictEqual(plan.builds.map(({ nsvc }: any) => nsvc.replace(/:8\d+:/, ":")), ["app:1:9edba152"])
      assert.deepInclude(plan.platform, { streams: ["el8"] })
      assert.strictEqual(process.exitCode ?? 0, 0)
      output = []
      yield* run(PlanCommand.command, at("app.yaml"), "--buildrequire", "platform:el9")
      assert.include(output.join("\n"), "platform:el9:1:00000000  (buildrequired)")
    }))

  it.effect("writes the document of a platform, and says where one comes from where it is missing", () =>
    Effect.gen(function*() {
      writeFileSync(at("app.yaml"), packager.replaceAll("perl: []", "perl: [\"5.24\"]").replaceAll("el8", "el9"))
      yield* run(PlanCommand.command, at("app.yaml"), "--available", at("modules.yaml"))
      assert.include(output.join("\n"), "platform:el8  (most of the available modules require it")
      assert.include(output.at(-1), "`orch plan --platform STREAM` writes it")
      for (const flags of [[], ["--json"]]) {
        output = []
        process.exitCode = 0
        yield* run(PlanCommand.command, "--platform", "el8", ...flags)
        writeFileSync(at("platform.yaml"), output.join("\n"))
        writeFileSync(at("app.yaml"), packager.replaceAll("      perl: []\n", ""))
        output = []
        yield* run(PlanCommand.command, at("app.yaml"), "--available", at("platform.yaml"))
        assert.include(output.join("\n"), "platform:el8  (its document is among the available modules)")
        assert.strictEqual(process.exitCode ?? 0, 0)
      }
      for (const args of [[], ["--platform", "a:b"], ["--platform", "a b"], ["--platform", "el9", "-a", directory]]) {
        const failed = yield* refused(...args)
        assert.deepInclude(failed as object, { exitCode: 2 }, args.join(" "))
      }
    }))

  it.effect("names the flag that is wrong, as wrong usage", () =>
    Effect.gen(function*() {
      for (
        const [flag, value] of [
          ["--module-version", "x"],
          ["--default-stream", "perl"],
          ["--require", ":1"],
          ["--buildrequire", "perl:"],
          ["--stream", "a:b"],
          ["--platform", ""]
        ] as const
      ) {
        const failed = yield* refused(at("app.yaml"), `${flag}=${value}`)
        assert.deepInclude(failed as object, { exitCode: 2 })
        assert.include((failed as { message: string }).message, `${flag}: `)
      }
      const both = yield* refused("-", "--available", "-")
      assert.deepInclude(both as object, { exitCode: 2 })
      yield* run(PlanCommand.command, at("app.yaml"), "--buildrequire", "__proto__:1")
      assert.include(output.join("\n"), "aren't applicable: __proto__")
    }))

  it.effect("says so when the repository's defaults contradict each other", () =>
    Effect.gen(function*() {
      const defaults = ["5.24", "5.26"].map((stream) =>
        `---\ndocument: modulemd-defaults\nversion: 1\ndata: {module: perl, stream: "${stream}"}\n`
      )
      writeFileSync(at("modules.yaml"), perl("5.24", "aaaaaaaa") + defaults.join(""))
      yield* run(PlanCommand.command, at("app.yaml"), "-a", at("modules.yaml"))
      assert.include(output.at(-1), "different default streams (5.24, 5.26)")
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
