/** Logs by line, from files as the local farm writes them, on every database this machine offers. */
import { assert, layer } from "@effect/vitest"
import * as LinePattern from "@orch/core/buildlog/LinePattern"
import * as LogIndex from "@orch/core/buildlog/LogIndex"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as ArtifactStore from "../../src/artifacts/ArtifactStore.ts"
import * as PgCommandQueue from "../../src/database/PgCommandQueue.ts"
import * as PgOutbox from "../../src/database/PgOutbox.ts"
import * as BuildLogs from "../../src/logs/BuildLogs.ts"
import * as PackageBuildsLayer from "../../src/packagebuilds/PackageBuildsLayer.ts"
import { databases } from "../support/Databases.ts"
import * as BuildRows from "./BuildRows.ts"

const address = (build: number, fields: Partial<Parameters<BuildLogs.BuildLogs["Service"]["open"]>[0]> = {}) => ({
  life: "module-build" as const,
  build,
  part: "zlib",
  attempt: "latest" as const,
  arch: undefined,
  file: undefined,
  ...fields
})

for (const database of databases) {
  const dataDir = Fs.mkdtempSync(Path.join(Os.tmpdir(), "orch-logs-"))
  /** A task as the farm keeps it; one with a status has ended. */
  const task = (name: string, log: string | Uint8Array | undefined, ended = true) => {
    const directory = Path.join(dataDir, "farm", "tasks", name)
    Fs.mkdirSync(directory, { recursive: true })
    Fs.writeFileSync(Path.join(directory, "request.json"), "{}")
    if (log !== undefined) Fs.writeFileSync(Path.join(directory, "build.log"), log)
    if (ended) {
      Fs.writeFileSync(
        Path.join(directory, "status.json"),
        JSON.stringify({ state: "failed", artifacts: [], seconds: 1 })
      )
    }
    return { path: Path.join(directory, "build.log"), end: () => task(name, undefined) }
  }
  const building = (log: string, state: "building" | "failed" = "failed", data: object = {}) =>
    BuildRows.insert({ state: "build", planned: ["zlib"] }, [["zlib", state, { log, finishedAt: Date.now(), ...data }]])

  const logs = BuildLogs.layer(dataDir).pipe(
    Layer.provideMerge(ArtifactStore.layer({ dataDir, maxBytes: 1_000_000 })),
    Layer.provideMerge(PackageBuildsLayer.store),
    Layer.provideMerge(
      Layer.merge(PgCommandQueue.layer({ pollInterval: "50 millis", lease: "5 seconds" }), PgOutbox.layer)
    ),
    Layer.provideMerge(database.layer),
    Layer.provideMerge(Layer.effectDiscard(
      Effect.addFinalizer(() => Effect.sync(() => Fs.rmSync(dataDir, { recursive: true, force: true })))
    ))
  )
  layer(logs, { timeout: "60 seconds", excludeTestServices: true })(`logs by line on ${database.name}`, (it) => {
    it.effect("tell any lines of a log, the first error, and what is found, also of lines of megabytes and hostile bytes", () =>
      Effect.gen(function*() {
        const store = yield* BuildLogs.BuildLogs
        const text = [
          ...Array.from({ length: 3000 }, (_, n) => `line ${n + 1} \u001b[31mred\u001b[0m`),
          `long ${"x".repeat(1_500_000)}`,
          "nul \0 and \u202e and <script>",
          "Executing(%check): /bin/sh",
          "FAIL: one\r",
          "error: Bad exit status from /var/tmp/rpm-tmp.x (%check)",
          "last without an end"
        ]
        task("t-1", text.join("\n"))
        const id = yield* building("/logs/t-1")
        const log = yield* store.open(address(id))
        assert.isFalse(log.isOpen)
        assert.strictEqual(log.index.lines, 3006)
        assert.deepStrictEqual(LogIndex.firstError(log.index)?.line, 3004)
        for (
          const [from, count] of [[1, 3], [1024, 3], [2049, 1000], [3000, 6], [3006, 10], [3007, 1], [9999, 5]] as const
        ) {
          const page = yield* store.lines(log, from, count)
          const expected = text.slice(from - 1, from - 1 + count).map((line) =>
            line.slice(0, 16_384).replace(/\r$/, "")
          )
          assert.deepStrictEqual(page.lines, expected, `${from}, ${count}`)
          assert.deepStrictEqual(page.cut, from <= 3001 && from + count > 3001 ? [3001] : [])
        }
        const found = yield* store.find(log, LinePattern.literal("FAIL"), 1, 10)
        assert.deepStrictEqual(found.matches, [{ line: 3004, at: 0, length: 4, text: "FAIL: one" }])
        assert.isUndefined(found.next)
        const some = yield* store.find(log, LinePattern.literal("line 2"), 1, 2)
        assert.deepStrictEqual(some.matches.map(({ line }) => line), [2, 20])
        assert.strictEqual(some.next, 21)
      }))

    it.effect("follow a log that grows: no line twice, none missing, and what was known is kept", () =>
      Effect.gen(function*() {
        const store = yield* BuildLogs.BuildLogs
        const sql = yield* SqlClient.SqlClient
        const { end, path } = task("t-2", "one\ntw", false)
        const id = yield* building("/logs/t-2", "building")
        const first = yield* store.open(address(id))
        assert.deepStrictEqual([first.isOpen, first.index.lines], [true, 1])
        Fs.appendFileSync(path, "o\nthree\n")
        const second = yield* store.open(address(id))
        assert.deepStrictEqual((yield* store.lines(second, 2, 10)).lines, ["two", "three"])
        Fs.appendFileSync(path, "four")
        end()
        const third = yield* store.open(address(id))
        assert.deepStrictEqual([third.isOpen, third.index.lines], [false, 4])
        assert.deepStrictEqual((yield* store.lines(third, 4, 10)).lines, ["four"])
        // Another server finds what this one has written down, without reading the log.
        Fs.writeFileSync(path, "xxx\nxxx\nxxxxx\nxxxx")
        const [row] = yield* sql<{ complete: boolean; lines: number }>`
          SELECT complete, (index ->> 'lines')::integer AS lines FROM log_index WHERE source = ${`module-build/${id}/zlib/1`}`
        assert.deepStrictEqual([row!.complete, row!.lines], [true, 4])
      }))

    it.effect("look by themselves at logs that grow and at those that ended", () =>
      Effect.gen(function*() {
        const store = yield* BuildLogs.BuildLogs
        const sql = yield* SqlClient.SqlClient
        yield* BuildRows.clear
        task("t-3", "make[1]: *** [all] Error 1\n")
        const id = yield* building("/logs/t-3")
        yield* store.lookAtRecent(Date.now() - 60_000)
        const [row] = yield* sql<{ line: number }>`
          SELECT (first_error ->> 'line')::integer AS line FROM log_index WHERE source = ${`module-build/${id}/zlib/1`}`
        assert.strictEqual(row?.line, 1)
      }))

    it.effect("have an address for each attempt, and say why where there is none", () =>
      Effect.gen(function*() {
        const store = yield* BuildLogs.BuildLogs
        const sql = yield* SqlClient.SqlClient
        task("t-4", "first attempt\n")
        task("t-5", "second attempt\n")
        const id = yield* building("/logs/t-5")
        yield* sql`UPDATE component_build SET attempt = 2, task = 't-5' WHERE module_build_id = ${id}`
        const event = (value: object) =>
          sql`INSERT INTO module_build_event (module_build_id, event) VALUES (${id}, ${
            JSON.stringify(value)
          }::text::jsonb)`
        yield* event({ _tag: "Submitted", at: 1, by: "ann" })
        yield* event({
          _tag: "ComponentsSubmitted",
          at: 1,
          submissions: [{ component: "zlib", attempt: 1, task: "t-4" }]
        })
        yield* event({
          _tag: "TasksObserved",
          at: 2,
          observations: [{ component: "zlib", task: "t-4", state: "failed", artifacts: [], log: "/logs/t-4" }]
        })
        const read = Effect.fnUntraced(function*(attempt: number | "latest") {
          const log = yield* store.open(address(id, { attempt }))
          return (yield* store.lines(log, 1, 5)).lines
        })
        assert.deepStrictEqual(yield* read(1), ["first attempt"])
        assert.deepStrictEqual(yield* read(2), ["second attempt"])
        assert.deepStrictEqual(yield* read("latest"), ["second attempt"])
        const why = (given: Parameters<typeof address>[1], build = id) =>
          Effect.map(Effect.flip(store.open(address(build, given))), ({ message }) => message)
        assert.match(yield* why({ attempt: 3 }), /was tried 2 times, not 3 times/)
        assert.match(yield* why({ part: "nope" }), /has no component nope/)
        assert.match(yield* why({ arch: "s390x" }), /no log of its own for s390x/)
        const reused = yield* building("/logs/t-5", "failed", { reusedFrom: 7 })
        assert.match(yield* why({}, reused), /taken from module build 7/)
        const gone = yield* building("/logs/t-99")
        assert.match(yield* why({}, gone), /not kept any more/)
        const traversal = yield* building("/logs/..%2f..%2fetc")
        assert.match(yield* why({}, traversal), /not kept any more/)
        const elsewhere = yield* building("https://koji.example.org/taskinfo?taskID=4")
        assert.match(yield* why({}, elsewhere), /see https:\/\/koji.example.org/)
      }))

    it.effect("read a log of many megabytes once, in pieces", () =>
      Effect.gen(function*() {
        const store = yield* BuildLogs.BuildLogs
        const line = `${"gcc -O2 -c some/file.c -o some/file.o ".repeat(2).slice(0, 59)}\n`
        task("t-6", Buffer.concat(Array.from({ length: 20 }, () => Buffer.from(line.repeat(17_500)))))
        const id = yield* building("/logs/t-6")
        // The beginning is there before all of it was looked at.
        const begun = yield* store.open(address(id), 100)
        assert.isFalse(begun.isWhole)
        assert.strictEqual((yield* store.lines(begun, 90, 10)).lines.length, 10)
        const log = yield* store.open(address(id))
        assert.strictEqual(log.index.lines, 350_000)
        assert.strictEqual((yield* store.lines(log, 349_999, 10)).lines.length, 2)
        const none = yield* store.find(log, LinePattern.literal("nowhere"), 1, 10)
        assert.isDefined(none.next, "more than one question may look through")
        assert.isAbove(none.next!, 200_000)
      }))
  })
}
