/** `orch modulemd` as people and scripts call it: output, exit codes, compression, standard input. */
import { assert, describe, it } from "@effect/vitest"
import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync, zstdCompressSync } from "node:zlib"
import { run } from "../../src/commands/modulemd/ModulemdCommand.ts"

const folder = mkdtempSync(join(tmpdir(), "orch-modulemd-"))
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const stream = (version: number, extra = "") =>
  `---\ndocument: modulemd\nversion: 2\ndata:\n  name: foo\n  stream: "1"\n  version: ${version}\n  context: c0ffee\n  arch: x86_64\n  summary: s\n  description: d\n  license: {module: [MIT]}\n${extra}...\n`
const defaults = (modified: number, stream: string, profile = "a") =>
  `---\ndocument: modulemd-defaults\nversion: 1\ndata:\n  module: foo\n  modified: ${modified}\n  stream: "${stream}"\n  profiles:\n    "1": [${profile}]\n...\n`

const good = file("good.yaml", stream(1))
const bad = file("bad.yaml", `# comment\n${stream(1, "  colour: red\n")}${stream(2)}`)

const orch = async (...args: ReadonlyArray<string>) => {
  let out = ""
  let err = ""
  const code = await run({ args, out: (text) => void (out += text), err: (text) => void (err += text) })
  return { code, out, err }
}

describe("orch modulemd validate", () => {
  it("answers 0 for valid files, 1 when one is not, 2 when one cannot be read", async () => {
    assert.strictEqual((await orch("validate", good)).code, 0)
    assert.strictEqual((await orch("validate", good, bad)).code, 1)
    const missing = await orch("validate", good, join(folder, "nothing.yaml"))
    assert.strictEqual(missing.code, 2)
    assert.include(missing.err, "no such file")
    assert.include(missing.out, "good.yaml: valid")
  })

  it("prints one JSON line per file", async () => {
    const { out } = await orch("validate", "--json", good, bad)
    const [first, second] = out.trimEnd().split("\n").map((line) => JSON.parse(line))
    assert.deepStrictEqual(first, {
      file: good,
      valid: true,
      documents: [{ kind: "modulemd", mdversion: 2, nsvca: "foo:1:1:c0ffee:x86_64" }],
      problems: []
    })
    assert.deepStrictEqual(second.documents.map(({ nsvca }: { nsvca: string }) => nsvca), ["foo:1:2:c0ffee:x86_64"])
    assert.deepStrictEqual(second.problems, [{
      code: "unknown-key",
      severity: "error",
      document: 0,
      path: "data.colour",
      line: 14,
      column: 3,
      message: "\"colour\" is not a key of stream v2",
      hint: second.problems[0].hint
    }])
  })

  it("shows people the line", async () => {
    const { out } = await orch("validate", bad)
    assert.include(out, `${bad}:14:3: error unknown-key`)
    assert.include(out, "      colour: red\n      ^\n")
  })

  it("lets warnings count when asked to", async () => {
    const odd = file("odd.yaml", stream(1).replace("x86_64", "z80"))
    assert.strictEqual((await orch("validate", odd)).code, 0)
    assert.strictEqual((await orch("validate", "--pedantic", odd)).code, 1)
  })

  it("reads gzip and zstd by content, whatever the name", async () => {
    for (const bytes of [gzipSync(stream(1)), zstdCompressSync(stream(1))]) {
      assert.strictEqual((await orch("validate", file("compressed", bytes))).code, 0)
    }
    assert.strictEqual((await orch("validate", file("cut.gz", gzipSync(stream(1)).subarray(0, 40)))).code, 2)
    assert.strictEqual((await orch("validate", file("not.gz", stream(1)))).code, 2)
  })

  it("reads xz and bzip2", async ({ skip }) => {
    for (const tool of ["xz", "bzip2"]) {
      if (spawnSync(tool, ["--version"]).error !== undefined) return skip(`${tool} is not installed`)
      const bytes = execFileSync(tool, ["-c"], { input: stream(1) })
      assert.strictEqual((await orch("validate", file(`packed.${tool}`, bytes))).code, 0)
    }
  })

  it("explains wrong usage", async () => {
    for (
      const args of [[], ["what"], ["validate"], ["validate", "--profile", "x", good], ["validate", "--what", good]]
    ) {
      const { code, err } = await orch(...args)
      assert.strictEqual(code, 2)
      assert.include(err, "orch modulemd")
    }
    for (const args of [["validate", "--help"], ["--help", "validate"], ["help", "validate"], ["-h", "validate"]]) {
      const { code, out } = await orch(...args)
      assert.strictEqual(code, 0)
      assert.match(out, /^orch modulemd validate /)
    }
    assert.include((await orch("validate", "--", "--help")).err, "--help: no such file")
    for (
      const args of [["--log-level", "loud", "validate", good], ["validate", "--log-level=loud", good], ["--log-level"]]
    ) {
      const { code, err } = await orch(...args)
      assert.strictEqual(code, 2)
      assert.include(err, "is none of all, trace")
    }
    assert.strictEqual((await orch("validate", "--log-level", "debug", good)).code, 0)
  })
})

describe("orch modulemd normalize and upgrade", () => {
  it("write canonical text that stays as it is", async () => {
    const first = await orch("normalize", good)
    const again = await orch("normalize", file("again.yaml", first.out))
    assert.strictEqual(again.out, first.out)
  })

  it("upgrade v1, and packager v3 where asked to", async () => {
    const v1 = file("v1.yaml", stream(1, "  eol: 2030-01-31\n").replace("version: 2", "version: 1"))
    assert.include((await orch("normalize", v1)).out, "version: 2\n")
    const v3 = file(
      "v3.yaml",
      "document: modulemd-packager\nversion: 3\ndata:\n  name: foo\n  stream: \"1\"\n  summary: s\n  description: d\n  license: [MIT]\n  configurations:\n  - context: A1\n    platform: el9\n"
    )
    assert.include((await orch("normalize", v3)).out, "modulemd-packager")
    assert.include((await orch("upgrade", v3)).out, "context: A1\n")
  })

  it("upgrade names what has no name when told how, and refuses it otherwise", async () => {
    const v3 = (extra: string) =>
      `document: modulemd-packager\nversion: 3\ndata:\n${extra}  summary: s\n  description: d\n  license: [MIT]\n  configurations: [{context: A1, platform: el9}]\n  profiles: {common: {rpms: [x]}}\n`
    const v2 = "document: modulemd-packager\nversion: 2\ndata: {summary: s, description: d, license: {module: [MIT]}}\n"
    const nameless: Readonly<Record<string, string>> = {
      "packager v3": v3(""),
      "packager v3 with default profiles": v3("").replace("rpms: [x]", "rpms: [x], default: true"),
      "packager v2": v2,
      "stream v2": stream(1).replace("  name: foo\n  stream: \"1\"\n", "").replace(
        / {2}(version: 1|context|arch).*\n/g,
        ""
      ),
      "stream v1": "document: modulemd\nversion: 1\ndata: {summary: s, description: d, license: {module: [MIT]}}\n"
    }
    for (const [what, text] of Object.entries(nameless)) {
      const source = file("nameless.yaml", text)
      const refused = await orch("upgrade", source)
      assert.deepStrictEqual([refused.code, refused.out], [1, ""], what)
      assert.include(refused.err, "--name NAME --stream STREAM", what)
      const given = await orch("upgrade", "--name", "given", "--stream", "1.10", source)
      assert.deepStrictEqual([given.code, given.err], [0, ""], what)
      assert.include(given.out, "  name: given\n  stream: \"1.10\"\n", what)
      const again = await orch("validate", "--profile", "repository", file("named.yaml", given.out))
      assert.strictEqual(again.code, 0, again.out)
    }
    const half = await orch("upgrade", "--name", "given", file("half.yaml", v2))
    assert.deepStrictEqual([half.code, half.out], [1, ""])
    assert.include(half.err, "given has no stream")
    const named = await orch("upgrade", "--name", "other", "--stream", "2", file("own.yaml", v3("  name: own\n")))
    assert.include(named.out, "  name: own\n  stream: \"2\"\n")
    const impossible = await orch("upgrade", "--name", "a:b", "--stream", "1", file("colon.yaml", v2))
    assert.deepStrictEqual([impossible.code, impossible.out], [1, ""])
    assert.include(impossible.err, "colon")
  })

  it("keep keys that nobody knows where compat reads them, and name those that are left out", async () => {
    const newer = file(
      "newer.yaml",
      stream(1, "  futuristic: {a: 1}\n  components: {rpms: {x: {rationale: r, sparkles: [lots]}}}\n")
    )
    for (const command of ["merge", "normalize", "upgrade"]) {
      const strict = await orch(command, newer)
      assert.deepStrictEqual([strict.code, strict.out], [1, ""])
      assert.include(strict.err, "the compat profile keeps the document")
      const kept = await orch(command, "--profile", "compat", newer)
      assert.deepStrictEqual([kept.code, kept.err], [0, ""])
      assert.include(kept.out, "  futuristic:\n    a: \"1\"\n")
      assert.include(kept.out, "        sparkles:\n          - lots\n")
      const foreign = await orch(command, "--profile", "compat", file("foreign.yaml", stream(1, "  eol: 2030-01-31\n")))
      assert.strictEqual(foreign.code, 1)
      assert.match(foreign.err, /^\S+:13:3: warning foreign-key: data\.eol: .*left out.*\n$/)
      assert.include(foreign.out, "name: foo")
    }
    assert.strictEqual((await orch("diff", "--profile", "compat", newer, good)).code, 1)
  })

  it("leave out and report what is not valid", async () => {
    const { code, err, out } = await orch("normalize", bad)
    assert.strictEqual(code, 1)
    assert.include(err, "unknown-key")
    assert.include(out, "version: 2\n")
  })
})

describe("orch modulemd merge", () => {
  const one = file("one.yaml", stream(1) + defaults(1, "1"))
  const two = file("two.yaml", stream(2) + defaults(1, "2"))

  it("gives the same for every order of files, and reports contradictions", async () => {
    const forward = await orch("merge", one, two)
    const backward = await orch("merge", two, one)
    assert.deepStrictEqual(forward, backward)
    assert.strictEqual(forward.code, 0)
    assert.include(forward.err, "warning default-stream")
    assert.notInclude(forward.out, "stream: \"2\"")
    assert.strictEqual((await orch("merge", "--strict-default-streams", one, two)).code, 1)
  })

  it("lets higher priorities override, given as numbers or by order", async () => {
    for (
      const args of [["--priority", "10", two, "--priority", "5", one], ["--priority=3", two, "--priority=2", one], [
        "--priority",
        one,
        two
      ]]
    ) {
      const { code, err, out } = await orch("merge", ...args)
      assert.strictEqual(code, 0)
      assert.strictEqual(err, "")
      assert.include(out, "stream: \"2\"")
    }
  })

  it("ends with 1 when profiles contradict each other, and prints the rest", async () => {
    const other = file("other.yaml", defaults(1, "1", "b"))
    const { code, out } = await orch("merge", "--json", one, other)
    const { conflicts, text } = JSON.parse(out)
    assert.strictEqual(code, 1)
    assert.deepStrictEqual(conflicts.map(({ kind }: { kind: string }) => kind), ["default-profiles"])
    assert.include(text, "name: foo")
  })
})

describe("the other commands", () => {
  it("diff tells by its exit code", async () => {
    assert.strictEqual((await orch("diff", good, good)).code, 0)
    const { code, out } = await orch("diff", good, file("changed.yaml", stream(1).replace("summary: s", "summary: t")))
    assert.strictEqual(code, 1)
    assert.include(out, "~ data.summary: s -> t")
  })

  it("query finds streams by package", async () => {
    const full = file("full.yaml", stream(1, "  artifacts: {rpms: [foo-libs-0:1-1.x86_64]}\n") + defaults(1, "1"))
    const { out } = await orch("query", "--rpm", "foo-l*", full)
    assert.strictEqual(out, "foo:1:1:c0ffee:x86_64 [default]\n    foo-libs-0:1-1.x86_64\n")
    assert.strictEqual((await orch("query", "--rpm", "nothing", full)).code, 1)
  })

  it("lint has advice at a day", async () => {
    const old = file("old.yaml", stream(1, "  servicelevels: {rawhide: {eol: 2020-01-01}}\n"))
    assert.include((await orch("lint", "--today", "2026-01-01", old)).out, "eol-past")
    assert.strictEqual((await orch("lint", "--today", "2019-01-01", old)).code, 0)
  })

  it("lint knows the streams of all its files", async () => {
    const user = file("user.yaml", stream(1, "  dependencies: [{requires: {lang: [5.3]}}]\n"))
    const lang = file("lang.yaml", stream(1).replace("name: foo\n  stream: \"1\"", "name: lang\n  stream: \"5.30\""))
    assert.notInclude((await orch("lint", user)).out, "stream-lost-zero")
    const { code, out } = await orch("lint", user, lang)
    assert.strictEqual(code, 1)
    assert.include(out, "lang:5.3 is required and not there, but lang:5.30 is")
    assert.include(out, "warning unquoted-number")
  })

  it("lint sees what documents say that have other mistakes, and goes on behind a file that is not there", async () => {
    const mistake = "  components: {rpms: {x: {rationale: r, ref: m, buildorder: 18446744073709551615}}}\n"
    const both = file(
      "both.yaml",
      stream(1, mistake).replace("name: foo\n  stream: \"1\"", "name: lang\n  stream: \"5.30\"")
        + stream(2, `${mistake}  dependencies: [{requires: {lang: ["5.3"]}}]\n`)
    )
    const { code, err, out } = await orch("lint", join(folder, "nothing.yaml"), both)
    assert.strictEqual(code, 2)
    assert.include(err, "nothing.yaml: no such file or directory")
    assert.include(out, "error buildorder-overflow")
    assert.include(out, "advice stream-lost-zero: foo:1:2")
  })

  it("query says what it does not look at", async () => {
    const source = file(
      "packager.yaml",
      "document: modulemd-packager\nversion: 2\ndata: {summary: s, description: d, license: {module: [MIT]}}\n"
    )
    const { code, err } = await orch("query", source)
    assert.strictEqual(code, 1)
    assert.include(err, "ModulePackagerV2 is not looked at")
  })

  it("edit writes the file in place when asked to", async () => {
    const source = file("edit.yaml", stream(1, "  components: {rpms: {x: {rationale: r}}} # kept\n"))
    assert.strictEqual((await orch("edit", "set-ref", "x", "main", "--in-place", source)).code, 0)
    assert.include(readFileSync(source, "utf8"), "{rationale: r, ref: main}}} # kept\n")
    assert.include((await orch("edit", "set-ref", source, "x", "next")).out, "ref: next")
  })

  it("macros prints the macro file", async () => {
    assert.include((await orch("macros", "--disttag", ".x", good)).out, "%modularitylabel foo:1:1:c0ffee\n")
    const nameless = file(
      "macros.yaml",
      stream(1).replace("  name: foo\n", "").replace(/ {2}(version: 1|context|arch).*\n/g, "")
    )
    const refused = await orch("macros", "--disttag", ".x", nameless)
    assert.deepStrictEqual([refused.code, refused.out], [1, ""])
    const named = await orch("macros", "--disttag", ".x", "--name", "bar", nameless)
    assert.include(named.out, "%_module_name bar\n")
  })
})

describe("the program", () => {
  const program = fileURLToPath(new URL("../../bin/orch.js", import.meta.url))

  it("reads standard input and ends with the command's exit code", () => {
    const call = (input: string) =>
      spawnSync(process.execPath, [program, "modulemd", "validate", "--json", "-"], { input, encoding: "utf8" })
    assert.deepInclude(JSON.parse(call(stream(1)).stdout), { file: "-", valid: true })
    assert.strictEqual(call("a: [").status, 1)
  })

  it("writes all of a large result into a pipe", () => {
    const many = Array.from({ length: 3000 }, (_, i) => stream(i + 1)).join("")
    const { status, stdout } = spawnSync(process.execPath, [program, "modulemd", "normalize", "-"], {
      input: many,
      encoding: "utf8",
      maxBuffer: 1024 * 1024 * 64
    })
    assert.strictEqual(status, 0)
    assert.lengthOf(stdout.match(/^---$/gm) ?? [], 3000)
  })
})
