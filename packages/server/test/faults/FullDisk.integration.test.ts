/**
 * A disk that is really full: a small file system of its own below the data directory, filled to the last byte. The server answers
 * 503 and is not ready; when there is room again it goes on by itself, and what it accepted is there.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as TestRepository from "../scm/TestRepository.ts"
import * as TestServer from "../support/TestServer.ts"

const mount = (...args: ReadonlyArray<string>): string | undefined => {
  const { error, status, stderr } = spawnSync("mount", args, { encoding: "utf8" })
  return status === 0 ? undefined : error?.message ?? stderr.trim()
}

/** Why no file system can be mounted here. */
const missing = (() => {
  const directory = TestRepository.temporary()
  const problem = mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", directory)
  if (problem === undefined) spawnSync("umount", [directory])
  Fs.rmSync(directory, { recursive: true, force: true })
  return problem === undefined ? undefined : `no file system can be mounted: ${problem}`
})()

/** A file system of so many megabytes. */
const smallDisk = (megabytes: number) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const directory = TestRepository.temporary()
      assert.isUndefined(mount("-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", directory))
      return directory
    }),
    (directory) =>
      Effect.sync(() => {
        spawnSync("umount", ["-l", directory])
        Fs.rmSync(directory, { recursive: true, force: true })
      })
  )

/** Takes all room that is left; gone with the file. */
const fill = (file: string): void => {
  const handle = Fs.openSync(file, "w")
  for (const size of [1024 * 1024, 4096]) {
    const block = Buffer.alloc(size, 1)
    try {
      for (;;) Fs.writeSync(handle, block)
    } catch (error) {
      assert.strictEqual((error as NodeJS.ErrnoException).code, "ENOSPC")
    }
  }
  Fs.closeSync(handle)
}

const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  for (let n = 0; n < 600; n++) {
    if (await holds()) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  assert.fail(`${what} was waited for in vain`)
}

const skipped = missing === undefined ? "" : ` (skipped: ${missing})`

describe.skipIf(missing !== undefined)(`a full disk below the embedded database${skipped}`, () => {
  it.live(
    "is 503 and not ready, and over when there is room again",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const disk = yield* smallDisk(144)
        const { git, url } = yield* TestServer.start({
          ORCH_DATA_DIR: Path.join(disk, "data"),
          ORCH_ALLOW_YAML: "true",
          ORCH_PLATFORMS: "el9",
          // What is built is another matter.
          ORCH_JOBS: "1",
          ORCH_LIMIT_TOTAL: "1"
        })
        TestRepository.make(`${git}/rpms/slow`).commit({ "slow.spec": "Name: slow\n" })
        yield* Effect.promise(async () => {
          const accepted: Array<number> = []
          const submit = async (name: string): Promise<number> => {
            const document = TestServer.modulemd({ slow: [] }).replace("name: demo", `name: ${name}`)
              // Nothing that compresses well, or it would find room in what the database has already.
              .replace("Test", `Test ${Array.from({ length: 8000 }, () => Math.random().toString(36)).join("")}`)
            const response = await fetch(`${url}/orch/v1/module-builds/`, {
              method: "POST",
              headers: { "content-type": "application/json" },
              body: JSON.stringify({ yaml_modulemd: document })
            })
            const body = await response.json() as unknown
            if (response.status === 201) accepted.push((body as ReadonlyArray<{ readonly id: number }>)[0]!.id)
            if (response.status === 503) assert.match(response.headers.get("retry-after") ?? "", /^\d+$/)
            return response.status
          }
          const ready = async () => (await fetch(`${url}/health/ready`)).status === 200
          const live = async () => (await fetch(`${url}/health/live`)).status === 200

          await until("readiness", ready)
          assert.strictEqual(await submit("before"), 201)
          const filler = Path.join(disk, "filler")
          fill(filler)
          // What the database has room for in its files and its log is still taken.
          const statuses: Array<number> = []
          while (!statuses.includes(503) && statuses.length < 2000) {
            statuses.push(await submit(`full${statuses.length}`))
          }
          assert.deepStrictEqual([...new Set(statuses)].filter((status) => ![201, 503].includes(status)), [])
          assert.include(statuses, 503)
          await until("no readiness", async () => !(await ready()))
          assert.isTrue(await live())
          Fs.rmSync(filler)
          await until("readiness", ready)
          assert.strictEqual(await submit("after"), 201)
          for (const id of accepted) {
            assert.strictEqual((await fetch(`${url}/orch/v1/module-builds/${id}`)).status, 200)
          }
        })
      })),
    300_000
  )
})
