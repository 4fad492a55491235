import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as BuilderNode from "./BuilderNode.ts"
import * as TestFarm from "./TestFarm.ts"

describe.skipIf(TestFarm.missing !== undefined)(
  `a farm of one node${TestFarm.missing === undefined ? "" : ` [skipped: ${TestFarm.missing}]`}`,
  () => {
    it.live("builds two packages for two architectures, each from one source package", () =>
      Effect.gen(function*() {
        const farm = yield* TestFarm.start
        const commits = ["chan", "libchan"].map(farm.commit)
        const made = yield* farm.ask("POST", "/builds/", "alice", {
          build: {
            platforms: [{ name: "el8", arch_list: ["x86_64", "i686"] }],
            tasks: ["chan", "libchan"].map((name) => ({ url: farm.source(name), git_ref: "main", ref_type: 1 }))
          }
        })
        assert.strictEqual(made.status, 200, JSON.stringify(made.body))
        const { id } = made.body as TestFarm.Build
        const stop = new AbortController()
        const node = BuilderNode.run({
          url: farm.url,
          token: "node",
          arches: ["src", "x86_64", "i686"],
          excluded: [],
          threads: 2,
          interval: 200,
          signal: stop.signal
        })
        const build = yield* farm.until(id, ({ finished_at }) => finished_at !== null)
        stop.abort()
        yield* Effect.promise(() => node)
        assert.deepStrictEqual(
          build.tasks.map(({ arch, error, index, status }) => [arch, index, status, error]),
          [
            ["src", 0, 2, null],
            ["src", 1, 2, null],
            ["i686", 0, 2, null],
            ["i686", 1, 2, null],
            ["x86_64", 0, 2, null],
            ["x86_64", 1, 2, null]
          ]
        )
        assert.strictEqual(build.tasks[0]!.ref.git_commit_hash, commits[0])
        const packages = (task: TestFarm.Build["tasks"][number]) =>
          task.artifacts.filter(({ type }) => type === "rpm").map(({ name }) => name).sort()
        assert.deepStrictEqual(packages(build.tasks[4]!), [
          "chan-1.0-1.el8.src.rpm",
          "chan-1.0-1.el8.x86_64.rpm",
          "chan-doc-1.0-1.el8.noarch.rpm"
        ])
        const docs = build.tasks.flatMap(({ artifacts }) => artifacts.filter(({ name }) => name.startsWith("chan-doc")))
        assert.lengthOf(
          new Set(docs.map(({ href }) => href)),
          1,
          "packages without architecture are the same file everywhere"
        )
        const index = yield* Effect.promise(async () =>
          (await fetch(`${farm.url}/repositories/builds/el8-x86_64-${id}-br/repodata/repomd.xml`)).status
        )
        assert.strictEqual(index, 200)
      }).pipe(Effect.scoped), 180_000)
  }
)
