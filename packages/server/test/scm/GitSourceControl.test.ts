/** The source control port on real git, with the input that strangers send. */
import { afterAll, assert, describe, it } from "@effect/vitest"
import type { SourceControlError } from "@orch/core/ports/SourceControl"
import * as ScmAllowList from "@orch/core/ScmAllowList"
import * as GitSourceControl from "@orch/server/scm/GitSourceControl"
import * as Effect from "effect/Effect"
import * as Crypto from "node:crypto"
import * as Fs from "node:fs"
import * as Net from "node:net"
import * as Path from "node:path"
import * as TestRepository from "./TestRepository.ts"

const root = TestRepository.temporary()
afterAll(() => Fs.rmSync(root, { recursive: true, force: true }))

const allowed = Path.join(root, "allowed")
const foo = TestRepository.make(Path.join(allowed, "foo"))
const first = foo.commit({ "foo.yaml": "document: modulemd\n", "dir/a": "a" })
foo.git("tag", "--annotate", "--message", "v1", "v1")
foo.git("branch", "stable")
const second = foo.commit({ "foo.yaml": "document: modulemd\nversion: 2\n", "dir/b": "b" })

const secret = TestRepository.make(Path.join(root, "secret"))
secret.commit({ "secret.yaml": "x" })
Fs.symlinkSync(secret.directory, Path.join(allowed, "link"))

let caches = 0
const open = (options: Partial<GitSourceControl.Options> = {}) =>
  GitSourceControl.make({
    dataDir: Path.join(root, `data-${caches++}`),
    allow: ScmAllowList.parseUnsafe(`file://${allowed}`),
    ...options
  })
const scm = open()

const refused = <A>(effect: Effect.Effect<A, SourceControlError>) =>
  Effect.map(Effect.flip(effect), ({ reason, what }) => `${reason} ${what}`)

describe("readTree", () => {
  it.live("knows links and large files by what they are, and reads equal files and those of any bytes", () =>
    Effect.gen(function*() {
      const repository = TestRepository.make(Path.join(allowed, "tree"))
      Fs.symlinkSync("one", Path.join(repository.directory, "link"))
      const bytes = Uint8Array.from([0, 10, 255, 10])
      const commit = repository.commit({ "a b\nc/one": bytes, "two": bytes, "empty": "", "large": "x".repeat(5000) })
      const tree = yield* scm.readTree({ repository: repository.url, commit, wanted: () => true, maxBytes: 4999 })
      assert.deepStrictEqual(
        [...tree.entries].map(([path, { kind, size }]) => [path, kind, size]),
        [["a b\nc/one", "file", 4], ["empty", "file", 0], ["large", "file", 5000], ["link", "symbolic link", 3], [
          "two",
          "file",
          4
        ]]
      )
      assert.deepStrictEqual(
        [...tree.contents],
        [["a b\nc/one", bytes], ["empty", new Uint8Array()], ["two", bytes]]
      )
    }))
})

describe("resolve", () => {
  it.live("answers branches, peeled tags, commits and the default branch in order, and each failure on its own", () =>
    Effect.gen(function*() {
      const missing = "0".repeat(40)
      const refs = ["stable", undefined, "nope", "v1", first, "main", missing, "refs/heads/stable", "abcdef12"]
      const answers = yield* scm.resolve(refs.map((ref) => ({ repository: foo.url, ref })))
      assert.deepStrictEqual(
        answers.map((answer) =>
          answer._tag === "Resolved" ? answer.commit : `${answer.error.reason} ${answer.error.what}`
        ),
        [first, second, "missing reference", first, first, second, "missing reference", first, "missing reference"]
      )
      assert.deepStrictEqual(answers.map(({ ref }) => ref), refs)
    }))

  it.live("prefers a branch to a tag of the same name", () =>
    Effect.gen(function*() {
      const repository = TestRepository.make(Path.join(allowed, "same"))
      repository.commit({ a: "1" })
      repository.git("tag", "twin")
      const branch = repository.commit({ a: "2" })
      repository.git("branch", "twin")
      const [answer] = yield* scm.resolve([{ repository: repository.url, ref: "twin" }])
      assert.strictEqual(answer?._tag === "Resolved" && answer.commit, branch)
    }))

  it.live("says that an empty repository has no default branch", () =>
    Effect.gen(function*() {
      const empty = TestRepository.make(Path.join(allowed, "empty"))
      const [answer] = yield* scm.resolve([{ repository: empty.url, ref: undefined }])
      assert.strictEqual(answer?._tag === "Unresolved" && answer.error.reason, "missing")
    }))

  it.live.each([
    ["--upload-pack=touch /tmp/x", "invalid reference"],
    ["-h", "invalid reference"],
    ["a..b", "invalid reference"],
    ["ma*", "invalid reference"],
    ["main\nx", "invalid reference"]
  ])("takes the reference %j for no option and no pattern", ([ref, expected]) =>
    Effect.gen(function*() {
      const [answer] = yield* scm.resolve([{ repository: foo.url, ref }])
      assert.strictEqual(answer?._tag === "Unresolved" && `${answer.error.reason} ${answer.error.what}`, expected)
    }))

  it.live("gives up on silent servers together, within its limit, and answers the others", () =>
    Effect.acquireUseRelease(
      Effect.callback<Net.Server>((resume) => {
        const server = Net.createServer(() => undefined).listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
      }),
      (server) =>
        Effect.gen(function*() {
          const { port } = server.address() as Net.AddressInfo
          const patient = open({
            allow: ScmAllowList.parseUnsafe(`file://${allowed},git://127.0.0.1:${port}`),
            limits: { lookupMillis: 60_000, resolveMillis: 1_500, concurrency: 4 }
          })
          const silent = Array.from({ length: 8 }, (_, i) => ({
            repository: `git://127.0.0.1:${port}/r${i}`,
            ref: "main"
          }))
          const answers = yield* patient.resolve([{ repository: foo.url, ref: "main" }, ...silent])
          assert.deepStrictEqual(
            answers.map((answer) => answer._tag === "Resolved" ? "Resolved" : answer.error.reason),
            ["Resolved", ...silent.map(() => "unreachable")]
          )
          const impatient = open({
            allow: ScmAllowList.parseUnsafe(`git://127.0.0.1:${port}`),
            limits: { fetchMillis: 500 }
          })
          const hanging = impatient.readFile({
            repository: `git://127.0.0.1:${port}/r`,
            commit: first,
            path: "foo.yaml",
            maxBytes: 10
          })
          assert.strictEqual(yield* refused(hanging), "unreachable repository")
        }),
      (server) => Effect.sync(() => server.close())
    ))
})

describe("authorize", () => {
  it.live.each([
    [`file://${allowed}/foo`, undefined],
    ["ext::sh -c touch% /tmp/x", "invalid url"],
    ["ext://sh", "invalid url"],
    ["--upload-pack=id", "invalid url"],
    ["git@example.org:foo.git", "invalid url"],
    ["ssh://example.org/foo", "invalid url"],
    ["/etc", "invalid url"],
    [`file://${root}/secret`, "forbidden url"],
    [`file://${allowed}/../secret`, "invalid url"],
    [`file://${allowed}/%2e%2e/secret`, "invalid url"],
    [`file://${allowed}-of-others/foo`, "forbidden url"],
    [`file://${allowed}/link`, "forbidden url"],
    [`file://${allowed}/link/.git`, "forbidden url"],
    ["https://example.org/foo.git", "forbidden url"],
    [`file://${allowed}/foo#main`, "invalid url"]
  ])("judges %s", ([url, expected]) =>
    Effect.gen(function*() {
      const answer = yield* Effect.match(scm.authorize(url!), {
        onFailure: ({ reason, what }) => `${reason} ${what}`,
        onSuccess: () => undefined
      })
      assert.strictEqual(answer, expected)
      if (expected === undefined) return
      const read = scm.readFile({ repository: url!, commit: first, path: "foo.yaml", maxBytes: 1000 })
      assert.strictEqual(yield* refused(read), expected)
    }))

  it.live("allows nothing by default, files included", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* refused(open({ allow: ScmAllowList.none }).authorize(foo.url)), "forbidden url")
    }))
})

describe("readFile", () => {
  const read = (path: string, maxBytes = 1000, commit = second) =>
    scm.readFile({ repository: foo.url, commit, path, maxBytes })

  it.live("reads the file as it was at the commit", () =>
    Effect.gen(function*() {
      assert.strictEqual(Buffer.from(yield* read("foo.yaml", 1000, first)).toString(), "document: modulemd\n")
      assert.strictEqual(Buffer.from(yield* read("foo.yaml")).toString(), "document: modulemd\nversion: 2\n")
    }))

  it.live.each([
    ["nope.yaml", "missing file"],
    ["dir", "unsuitable file"],
    ["../foo.yaml", "invalid file"],
    ["/etc/passwd", "invalid file"],
    ["dir//a", "invalid file"],
    ["", "invalid file"],
    [":(glob)**", "missing file"],
    ["--help", "missing file"]
  ])("refuses the path %j", ([path, expected]) =>
    Effect.gen(function*() {
      assert.strictEqual(yield* refused(read(path!)), expected)
    }))

  it.live("refuses what is not a whole commit id, or is none", () =>
    Effect.gen(function*() {
      assert.strictEqual(yield* refused(read("foo.yaml", 10, "main")), "invalid reference")
      assert.strictEqual(yield* refused(read("foo.yaml", 10, "--all")), "invalid reference")
      assert.strictEqual(yield* refused(read("foo.yaml", 10, "1".repeat(40))), "missing reference")
      const tree = foo.git("rev-parse", "HEAD^{tree}")
      assert.notStrictEqual(yield* refused(scm.commit(foo.url, tree)), "unreachable reference")
    }))

  it.live("refuses symbolic links, the file itself and a directory on the way", () =>
    Effect.gen(function*() {
      const repository = TestRepository.make(Path.join(allowed, "links"))
      Fs.symlinkSync("/etc/passwd", Path.join(repository.directory, "links.yaml"))
      Fs.symlinkSync("/etc", Path.join(repository.directory, "etc"))
      const commit = repository.commit({ real: "x" })
      const at = (path: string) => scm.readFile({ repository: repository.url, commit, path, maxBytes: 1_000_000 })
      assert.strictEqual(yield* refused(at("links.yaml")), "unsuitable file")
      assert.strictEqual(yield* refused(at("etc/passwd")), "missing file")
    }))

  it.live("refuses a file of 1 GiB by its size, without reading it", () =>
    Effect.gen(function*() {
      const repository = TestRepository.make(Path.join(allowed, "huge"))
      repository.git("config", "core.bigFileThreshold", "1m")
      repository.git("config", "core.compression", "1")
      const patient = open({ limits: { fetchMillis: 240_000 } })
      Fs.truncateSync(touch(repository, "huge.yaml"), 1024 ** 3)
      const commit = repository.commit({ other: "small" })
      Fs.rmSync(Path.join(repository.directory, "huge.yaml"))
      const at = (path: string) => patient.readFile({ repository: repository.url, commit, path, maxBytes: 1_000_000 })
      assert.strictEqual(yield* refused(at("huge.yaml")), "unsuitable file")
      assert.strictEqual(Buffer.from(yield* at("other")).toString(), "small")
      assert.strictEqual(
        yield* refused(patient.checkout(repository.url, commit, Path.join(root, "huge-checkout"))),
        "unsuitable file"
      )
    }), 300_000)

  it.live("stops a fetch that brings more than its limit and leaves nothing of it", () =>
    Effect.gen(function*() {
      const repository = TestRepository.make(Path.join(allowed, "large"))
      const commit = repository.commit({ "large.yaml": Crypto.randomBytes(8 * 1024 * 1024) })
      const dataDir = Path.join(root, "small-data")
      const small = open({ dataDir, limits: { fetchBytes: 1024 * 1024 } })
      const read = small.readFile({ repository: repository.url, commit, path: "large.yaml", maxBytes: 10 })
      assert.strictEqual(yield* refused(read), "unsuitable repository")
      assert.strictEqual(yield* refused(read), "unsuitable repository")
      const files = Fs.readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
      const sizes = files.map((entry) => Fs.statSync(Path.join(entry.parentPath, entry.name)).size)
      assert.isBelow(sizes.reduce((sum, size) => sum + size, 0), 1024 * 1024 * 2)
    }))

  it.live("fetches once for many readers at a time, also from two instances on one directory", () =>
    Effect.gen(function*() {
      const dataDir = Path.join(root, "shared-data")
      const two = [open({ dataDir }), open({ dataDir })]
      const answers = yield* Effect.forEach(
        Array.from({ length: 12 }, (_, i) => two[i % 2]!),
        (one, i) =>
          one.readFile({ repository: foo.url, commit: i % 3 === 0 ? first : second, path: "dir/a", maxBytes: 10 }),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(answers.map((bytes) => Buffer.from(bytes).toString()), answers.map(() => "a"))
    }))

  it.live("goes on after a git that was killed in the middle of a fetch", () =>
    Effect.gen(function*() {
      const dataDir = Path.join(root, "killed-data")
      const one = open({ dataDir })
      yield* one.commit(foo.url, first)
      const [home] = Fs.readdirSync(Path.join(dataDir, "scm")).filter((name) => name !== "gitconfig")
      const gitDir = Path.join(dataDir, "scm", home!, "content.git")
      Fs.writeFileSync(Path.join(gitDir, "shallow.lock"), "")
      Fs.writeFileSync(Path.join(gitDir, "objects", "pack", "tmp_pack_x"), "rest")
      Fs.writeFileSync(Path.join(dataDir, "scm", home!, "lock"), "4194303 1 other-boot")
      assert.strictEqual((yield* open({ dataDir }).commit(foo.url, second)).commit, second)
      assert.isFalse(Fs.existsSync(Path.join(gitDir, "objects", "pack", "tmp_pack_x")))
    }))
})

describe("history", () => {
  it.live("knows when a commit was made, its branch, and what changed", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* scm.commit(foo.url, first.toUpperCase()), {
        commit: first,
        time: 1_700_000_000,
        tree: foo.git("rev-parse", `${first}^{tree}`)
      })
      assert.isTrue(yield* scm.onBranch(foo.url, first, "main"))
      assert.isFalse(yield* scm.onBranch(foo.url, second, "stable"))
      assert.isFalse(yield* scm.onBranch(foo.url, "1".repeat(40), "stable"))
      assert.strictEqual(yield* refused(scm.onBranch(foo.url, first, "nope")), "missing reference")
      assert.deepStrictEqual(yield* scm.changedFiles(foo.url, first, second), ["dir/b", "foo.yaml"])
    }))
})

describe("checkout", () => {
  it.live("writes the tree, and only into a new directory", () =>
    Effect.gen(function*() {
      const into = Path.join(root, "out")
      yield* scm.checkout(foo.url, first, into)
      assert.deepStrictEqual(Fs.readdirSync(into, { recursive: true }).sort(), ["dir", "dir/a", "foo.yaml"])
      assert.strictEqual(yield* refused(scm.checkout(foo.url, first, into)), "unsuitable file")
    }))

  it.live.each([["/etc/passwd"], ["../../../etc/passwd"], ["self/self/../../x"]])(
    "refuses a link to %s",
    ([target]) =>
      Effect.gen(function*() {
        const repository = TestRepository.make(TestRepository.temporary().replace(/.*\//, `${allowed}/`))
        Fs.symlinkSync(target!, Path.join(repository.directory, "source.tar"))
        Fs.symlinkSync(".", Path.join(repository.directory, "self"))
        const commit = repository.commit({ a: "a" })
        assert.strictEqual(
          yield* refused(scm.checkout(repository.url, commit, `${repository.directory}-out`)),
          "unsuitable file"
        )
      })
  )

  it.live("keeps a link that stays inside", () =>
    Effect.gen(function*() {
      const repository = TestRepository.make(Path.join(allowed, "inside"))
      Fs.symlinkSync("a", Path.join(repository.directory, "b"))
      const commit = repository.commit({ a: "content" })
      const into = Path.join(root, "inside-out")
      yield* scm.checkout(repository.url, commit, into)
      assert.strictEqual(Fs.readFileSync(Path.join(into, "b"), "utf8"), "content")
    }))
})

describe("nothing of the machine's", () => {
  it.live("is read: neither a user's configuration nor a repository's hooks", () =>
    Effect.gen(function*() {
      const repository = TestRepository.make(Path.join(allowed, "hooked"))
      const commit = repository.commit({ ".gitattributes": "* filter=evil\n", a: "a" })
      const home = Path.join(root, "home")
      Fs.mkdirSync(home)
      Fs.writeFileSync(
        Path.join(home, ".gitconfig"),
        `[url "file://${secret.directory}"]\n\tinsteadOf = ${repository.url}\n[filter "evil"]\n\tsmudge = echo evil\n`
      )
      const before = process.env["HOME"]
      process.env["HOME"] = home
      const into = Path.join(root, "hooked-out")
      yield* Effect.ensuring(
        scm.checkout(repository.url, commit, into),
        Effect.sync(() => {
          if (before === undefined) delete process.env["HOME"]
          else process.env["HOME"] = before
        })
      )
      assert.strictEqual(Fs.readFileSync(Path.join(into, "a"), "utf8"), "a")
    }))
})

const touch = (repository: TestRepository.TestRepository, name: string): string => {
  const path = Path.join(repository.directory, name)
  Fs.writeFileSync(path, "")
  return path
}
