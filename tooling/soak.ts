/**
 * Kills servers for a long time and says what was lost: `node tooling/soak.ts [--kills 200] [--modules 20] [--pace 1500]
 * [--database embedded|postgresql|both] [--builds]`. With `--builds`, builds are killed too.
 *
 * The short version of it runs with the tests, in `packages/server/test/faults`.
 */
import * as Effect from "effect/Effect"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import * as KillRun from "../packages/server/test/faults/KillRun.ts"
import { temporaryDatabase } from "../packages/server/test/support/Databases.ts"

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    modules: { type: "string", default: "20" },
    pace: { type: "string", default: "1500" },
    database: { type: "string", default: "both" },
    builds: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})
if (values.help) {
  console.log(
    "node tooling/soak.ts [--kills 200] [--modules 20] [--pace 1500] [--database embedded|postgresql|both] [--builds] [--keep]\n"
      + "Kills servers while modules are built, and says what was lost. Builds that have not ended after an hour count as lost: on a\n"
      + "busy machine, where a server takes long to start, give fewer kills."
  )
  process.exit(0)
}

const root = mkdtempSync(join(tmpdir(), "orch-soak-"))

const soak = (name: string, databaseUrl: string | undefined, processes: number) =>
  Effect.promise(async () => {
    const directory = join(root, name)
    mkdirSync(directory)
    console.log(`${name}: ${values.modules} modules, ${values.kills} kills over ${processes} server process(es)`)
    const outcome = await KillRun.run({
      root: directory,
      dataDir: join(directory, "data"),
      databaseUrl,
      processes,
      modules: Number(values.modules),
      kills: Number(values.kills),
      pace: Number(values.pace),
      patience: 3_600_000,
      killsBuilds: values.builds,
      report: (line) => console.log(`${name}: ${line}`)
    })
    console.log(`${name}: ${outcome.kills} kills in ${outcome.seconds} s, ${outcome.problems.length} problems`)
    for (const problem of outcome.problems) console.log(`${name}: PROBLEM ${problem}`)
    return outcome.problems.length
  })

const embedded = soak("embedded", undefined, 1)
const postgresql = Effect.scoped(Effect.flatMap(temporaryDatabase, ({ url }) => soak("postgresql", url, 2)))

const found = await Effect.runPromise(
  Effect.gen(function*() {
    const first = values.database === "postgresql" ? 0 : yield* embedded
    const second = values.database === "embedded" ? 0 : yield* postgresql
    return first + second
  })
)
if (found === 0 && !values.keep) rmSync(root, { recursive: true, force: true })
else console.log(`soak: everything is kept in ${root}`)
process.exitCode = found === 0 ? 0 : 1
