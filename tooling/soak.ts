/**
 * Kills servers for a long time and says what was lost: `pnpm soak [--kills 200] [--modules 200] [--pace 1500]
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
    modules: { type: "string" },
    pace: { type: "string", default: "1500" },
    database: { type: "string", default: "both" },
    builds: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
    help: { type: "boolean", default: false }
  }
})
if (values.help) {
  console.log(
    "pnpm soak [--kills 200] [--modules 200] [--pace 1500] [--database embedded|postgresql|both] [--builds] [--keep]\n"
      + "Kills servers while modules are built, and says what was lost. A run ends with its last build: where --modules says nothing\n"
      + "else, there are as many modules as kills, and half as many on the embedded database. Builds that have not ended after an hour\n"
      + "count as lost: on a busy machine, where a server takes long to start, give fewer kills."
  )
  process.exit(0)
}

const root = mkdtempSync(join(tmpdir(), "orch-soak-"))

const soak = (name: string, databaseUrl: string | undefined, processes: number) =>
  Effect.promise(async () => {
    // Of two servers one goes on while the other one starts.
    const modules = Number(values.modules ?? Math.max(20, Math.ceil(Number(values.kills) * processes / 2)))
    const directory = join(root, name)
    mkdirSync(directory)
    console.log(`${name}: ${modules} modules, ${values.kills} kills over ${processes} server process(es)`)
    const outcome = await KillRun.run({
      root: directory,
      dataDir: join(directory, "data"),
      databaseUrl,
      processes,
      modules,
      kills: Number(values.kills),
      pace: Number(values.pace),
      patience: 3_600_000,
      killsBuilds: values.builds,
      report: (line) => console.log(`${name}: ${line}`)
    })
    console.log(`${name}: ${outcome.kills} kills in ${outcome.seconds} s, ${outcome.problems.length} problems`)
    if (outcome.kills < Number(values.kills)) {
      console.log(`${name}: all builds had ended by then; --modules gives more of them`)
    }
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
