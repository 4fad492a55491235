/** Servers killed with -9 while they build: a short run; `node tooling/soak.ts` makes a long one. */
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as TestFarm from "../localbuild/TestFarm.ts"
import * as PidNamespace from "../programs/PidNamespace.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import { skippedServer, temporaryDatabase } from "../support/Databases.ts"
import * as KillRun from "./KillRun.ts"

const root = TestRepository.temporary()
afterAll(() => Fs.rmSync(root, { recursive: true, force: true }))

const skipped = TestFarm.missing.length > 0 ? ` (skipped: needs ${TestFarm.missing.join(", ")})` : ""

const run = (name: string, databaseUrl: string | undefined, processes: number, inContainers = false) => {
  const directory = Path.join(root, name)
  Fs.mkdirSync(directory)
  return Effect.promise(() =>
    KillRun.run({
      root: directory,
      dataDir: Path.join(directory, "data"),
      databaseUrl,
      processes,
      inContainers,
      modules: 2,
      kills: 5,
      pace: 2_500,
      patience: 480_000
    })
  )
}

describe.skipIf(TestFarm.missing.length > 0)(`servers killed at random moments${skipped}`, () => {
  it.live("lose nothing and build nothing twice on the embedded database", () =>
    Effect.gen(function*() {
      const { log, problems } = yield* run("embedded", undefined, 1)
      assert.deepStrictEqual(problems, [], Fs.readFileSync(log, "utf8").slice(-5_000))
    }), 600_000)

  const noContainers = skippedServer ?? PidNamespace.missing
  it.live.skipIf(noContainers !== undefined)(
    `lose nothing, two of them in two containers${noContainers === undefined ? "" : ` (skipped: ${noContainers})`}`,
    () =>
      Effect.gen(function*() {
        const { url } = yield* temporaryDatabase
        const { log, problems } = yield* run("containers", url, 2, true)
        assert.deepStrictEqual(problems, [], Fs.readFileSync(log, "utf8").slice(-5_000))
      }).pipe(Effect.scoped),
    600_000
  )

  it.live.skipIf(skippedServer !== undefined)(
    `lose nothing and build nothing twice, two of them on PostgreSQL${
      skippedServer === undefined ? "" : ` (skipped: ${skippedServer})`
    }`,
    () =>
      Effect.gen(function*() {
        const { url } = yield* temporaryDatabase
        const { log, problems } = yield* run("postgresql", url, 2)
        assert.deepStrictEqual(problems, [], Fs.readFileSync(log, "utf8").slice(-5_000))
      }).pipe(Effect.scoped),
    600_000
  )
})
