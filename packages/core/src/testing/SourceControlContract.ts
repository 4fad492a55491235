/**
 * The promises of the `SourceControl` port, as tests for any implementation.
 *
 * Whoever runs the suite makes one repository as `history` describes, and says what its commits are called. References,
 * commits and paths come from strangers, so half of the suite asks for what must not be given.
 */
import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { SourceControl, type SourceControlError } from "../ports/SourceControl.ts"
import * as Contract from "./Contract.ts"

/**
 * What the repository must hold: two commits on the default branch `main`; the branch `stable` and the annotated tag
 * `v1` at the first. Each commit was made at its `time`, in Unix seconds.
 */
export const history = {
  first: { time: 1_700_000_000, files: { "project.yaml": "document: modulemd\n", "dir/a": "a" } },
  second: {
    time: 1_700_000_060,
    files: { "project.yaml": "document: modulemd\nversion: 2\n", "dir/a": "a", "dir/b": "b" }
  }
} as const

/** Where the suite finds a repository with `history` in it, and commits of it. */
export interface Fixture {
  /** URL of the repository that holds `history`. */
  readonly repository: string
  readonly first: string
  readonly second: string
  /** URL that may be used and where there is no repository. */
  readonly missing: string
  /** URL that may not be used. */
  readonly forbidden: string
}

/** The source control under test. */
export interface Options<R, E> extends Contract.Options<SourceControl | R, E> {
  readonly fixture: Fixture
  /**
   * Has a new directory filled, given the path of one that does not exist yet, and answers the regular files below it: path
   * inside of it to text. Left out where there are no directories.
   */
  readonly fill?: (
    checkout: (directory: string) => Effect.Effect<void, SourceControlError>
  ) => Effect.Effect<Readonly<Record<string, string>>, unknown, R>
}

/** References that are options, patterns, ranges or no names at all; none may resolve. */
export const invalidReferences: ReadonlyArray<string> = [
  "--upload-pack=touch x",
  "-h",
  "main..stable",
  "main^{}",
  "main~1",
  "ma*",
  "main:project.yaml",
  "main main",
  "main\nstable",
  "main\0",
  "@{-1}",
  "refs/heads/../heads/main.lock",
  "/main",
  ""
]

/** Commits that are options, abbreviations or names. */
export const invalidCommits: ReadonlyArray<string> = ["--output=x", "-h", "main", "HEAD", "", "zz", "0".repeat(39)]

/** Paths that leave the tree or are none. */
export const invalidPaths: ReadonlyArray<string> = [
  "../project.yaml",
  "dir/../../x",
  "/etc/passwd",
  "",
  ".",
  "dir/",
  "--help",
  "project.yaml\0"
]

/** Registers the suite that every source control is held to, under that name. */
export const sourceControlContract = <R, E>(name: string, options: Options<R, E>): void => {
  const { first, forbidden, missing, repository, second } = options.fixture
  const { fill } = options
  const absent = "0123456789".repeat(4)

  const refused = <A>(effect: Effect.Effect<A, SourceControlError>) => Effect.flip(effect)

  const read = Effect.fnUntraced(function*(commit: string, path: string, maxBytes = 1_000_000) {
    const scm = yield* SourceControl
    return new TextDecoder().decode(yield* scm.readFile({ repository, commit, path, maxBytes }))
  })

  Contract.suite<SourceControl | R, E>(name, options, [
    {
      name: "authorizes what may be used, and nothing else, without asking anybody",
      check: Effect.gen(function*() {
        const scm = yield* SourceControl
        yield* scm.authorize(repository)
        yield* scm.authorize(missing)
        assert.strictEqual((yield* refused(scm.authorize(forbidden))).reason, "forbidden")
        for (const url of ["", "not a url", "-x", "ext::sh -c true", `${repository}\nx`]) {
          assert.include(["forbidden", "invalid"], (yield* refused(scm.authorize(url))).reason, url)
        }
      })
    },
    {
      name: "resolves branches, tags, commits and the default branch, in order",
      check: Effect.gen(function*() {
        const scm = yield* SourceControl
        const refs = ["stable", undefined, "v1", "main", first, second, "stable"]
        const answers = yield* scm.resolve(refs.map((ref) => ({ repository, ref })))
        assert.deepStrictEqual(answers.map(({ ref }) => ref), refs)
        assert.deepStrictEqual(
          answers.map((answer) => answer._tag === "Resolved" ? answer.commit : answer.error.message),
          [first, second, first, second, first, second, first]
        )
      })
    },
    {
      name: "answers each reference on its own, so that one missing costs no other",
      check: Effect.gen(function*() {
        const scm = yield* SourceControl
        const answers = yield* scm.resolve([
          { repository: missing, ref: undefined },
          { repository, ref: "nope" },
          { repository: forbidden, ref: undefined },
          { repository, ref: absent },
          { repository, ref: "main" }
        ])
        assert.deepStrictEqual(
          answers.map((answer) =>
            answer._tag === "Resolved" ? answer.commit : `${answer.error.reason} ${answer.error.what}`
          ),
          ["missing repository", "missing reference", "forbidden url", "missing reference", second]
        )
      })
    },
    {
      name: "resolves hundreds of references in one call",
      check: Effect.gen(function*() {
        const scm = yield* SourceControl
        const asked = Array.from({ length: 300 }, (_, index) => ({
          repository,
          ref: index % 3 === 0 ? "stable" : "main"
        }))
        const answers = yield* scm.resolve(asked)
        assert.deepStrictEqual(
          answers.map((answer) => answer._tag === "Resolved" && answer.commit),
          asked.map(({ ref }) => ref === "stable" ? first : second)
        )
        assert.deepStrictEqual(yield* scm.resolve([]), [])
      })
    },
    {
      name: "takes no reference for an option, a pattern or a range",
      check: Effect.gen(function*() {
        const scm = yield* SourceControl
        const answers = yield* scm.resolve(invalidReferences.map((ref) => ({ repository, ref })))
        for (const answer of answers) {
          if (answer._tag === "Resolved") assert.fail(`${JSON.stringify(answer.ref)} was resolved`)
          else assert.include(["invalid", "missing"], answer.error.reason, JSON.stringify(answer.ref))
        }
      })
    },
    {
      name: "reads a file as it was at a commit",
      check: Effect.gen(function*() {
        assert.strictEqual(yield* read(first, "project.yaml"), history.first.files["project.yaml"])
        assert.strictEqual(yield* read(second, "project.yaml"), history.second.files["project.yaml"])
        assert.strictEqual(yield* read(second, "dir/b"), "b")
      })
    },
    {
      name: "reads a file up to the limit and none beyond it",
      check: Effect.gen(function*() {
        const size = history.first.files["project.yaml"].length
        assert.lengthOf(yield* read(first, "project.yaml", size), size)
        const scm = yield* SourceControl
        const { reason, what } = yield* refused(
          scm.readFile({ repository, commit: first, path: "project.yaml", maxBytes: size - 1 })
        )
        assert.deepStrictEqual([reason, what], ["unsuitable", "file"])
      })
    },
    {
      name: "says which of repository, commit and file is missing",
      check: Effect.gen(function*() {
        const scm = yield* SourceControl
        const reason = (repository: string, commit: string, path: string) =>
          Effect.map(
            refused(scm.readFile({ repository, commit, path, maxBytes: 1000 })),
            ({ reason, what }) => `${reason} ${what}`
          )
        assert.strictEqual(yield* reason(missing, first, "project.yaml"), "missing repository")
        assert.strictEqual(yield* reason(repository, absent, "project.yaml"), "missing reference")
        assert.strictEqual(yield* reason(repository, first, "dir/b"), "missing file")
        assert.strictEqual(yield* reason(forbidden, first, "project.yaml"), "forbidden url")
      })
    },
    {
      name: "reads no directory, and nothing outside the tree",
      check: Effect.gen(function*() {
        const scm = yield* SourceControl
        for (const path of [...invalidPaths, "dir"]) {
          const error = yield* refused(scm.readFile({ repository, commit: second, path, maxBytes: 1000 }))
          assert.include(["invalid", "missing", "unsuitable"], error.reason, JSON.stringify(path))
          assert.isFalse(error.isRetryable)
        }
      })
    },
    {
      name: "lists the files of a commit with their sizes, and reads those that are wanted and small enough",
      check: Effect.gen(function*() {
        const scm = yield* SourceControl
        const { files } = history.second
        const tree = yield* scm.readTree({
          repository,
          commit: second,
          wanted: (path) => path !== "dir/a",
          maxBytes: files["project.yaml"].length - 1
        })
        assert.deepStrictEqual(
          [...tree.entries].map(([path, { kind, size }]) => `${kind} ${path} ${size}`).sort(),
          Object.entries(files).map(([path, { length }]) => `file ${path} ${length}`).sort()
        )
        assert.deepStrictEqual(
          [...tree.contents].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]),
          [["dir/b", files["dir/b"]]]
        )
        const none = yield* scm.readTree({ repository, commit: first, wanted: () => false, maxBytes: 1000 })
        assert.deepStrictEqual([[...none.entries.keys()].sort(), none.contents.size], [["dir/a", "project.yaml"], 0])
      })
    },
    {
      name: "takes no commit for an option or a name",
      check: Effect.gen(function*() {
        const scm = yield* SourceControl
        for (const commit of invalidCommits) {
          const shown = JSON.stringify(commit)
          const file = scm.readFile({ repository, commit, path: "project.yaml", maxBytes: 1000 })
          const tree = scm.readTree({ repository, commit, wanted: () => true, maxBytes: 1000 })
          for (const effect of [file, tree, scm.commit(repository, commit), scm.onBranch(repository, commit, "main")]) {
            assert.include(["invalid", "missing"], (yield* refused<unknown>(effect)).reason, shown)
          }
        }
      })
    },
    {
      name: "knows when a commit was made, and that it exists",
      check: Effect.gen(function*() {
        const scm = yield* SourceControl
        const one = yield* scm.commit(repository, first)
        const two = yield* scm.commit(repository, second)
        assert.deepInclude(one, { commit: first, time: history.first.time })
        assert.deepInclude(two, { commit: second, time: history.second.time })
        // A mark of the files is another one where the files are others; not every source control has one.
        if (one.tree !== undefined) assert.notStrictEqual(one.tree, two.tree)
        const { reason, what } = yield* refused(scm.commit(repository, absent))
        assert.deepStrictEqual([reason, what], ["missing", "reference"])
      })
    },
    {
      name: "knows which commits can be reached from a branch",
      check: Effect.gen(function*() {
        const scm = yield* SourceControl
        assert.isTrue(yield* scm.onBranch(repository, first, "main"))
        assert.isTrue(yield* scm.onBranch(repository, second, "main"))
        assert.isTrue(yield* scm.onBranch(repository, first, "stable"))
        assert.isFalse(yield* scm.onBranch(repository, second, "stable"))
        assert.strictEqual((yield* refused(scm.onBranch(repository, first, "nope"))).reason, "missing")
      })
    },
    {
      name: "lists the files that differ between two commits, sorted",
      check: Effect.gen(function*() {
        const scm = yield* SourceControl
        assert.deepStrictEqual(yield* scm.changedFiles(repository, first, second), ["dir/b", "project.yaml"])
        assert.deepStrictEqual(yield* scm.changedFiles(repository, second, first), ["dir/b", "project.yaml"])
        assert.deepStrictEqual(yield* scm.changedFiles(repository, first, first), [])
        assert.strictEqual((yield* refused(scm.changedFiles(repository, first, absent))).reason, "missing")
      })
    },
    {
      name: "checks out the tree of a commit into a new directory",
      unless: fill === undefined ? "the hook fill is not given" : undefined,
      check: Effect.gen(function*() {
        const scm = yield* SourceControl
        const files = yield* fill!((directory) => scm.checkout(repository, first, directory))
        const own = Object.entries(files).filter(([path]) => !path.startsWith(".git/"))
        assert.deepStrictEqual(Object.fromEntries(own), { ...history.first.files })
      })
    }
  ])
}
