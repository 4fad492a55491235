/**
 * What a start of the server costs, as it is published: its bundles in a folder of their own. The first start with the embedded
 * database against the second one (aim: at most twice its seconds of processor), its peak of memory (bound: 600 MB), and until
 * a server on PostgreSQL is ready that has been migrated (bound: 0.6 s); for comparison, a bare Node.js.
 *
 * PostgreSQL is `ORCH_TEST_DATABASE_URL` or a server that answers on this machine, where a database is made and dropped.
 */
import * as Effect from "effect/Effect"
import { execFileSync, spawn, spawnSync } from "node:child_process"
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as BenchLine from "../../../tooling/bench/BenchLine.ts"
import * as Bundled from "../../../tooling/bench/Bundled.ts"
import { emptyDatabase, skippedServer } from "../test/support/Databases.ts"

const root = fileURLToPath(new URL("../../..", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "orch-bench-start-"))

const node = (...args: ReadonlyArray<string>) => execFileSync(process.execPath, args, { cwd: root, stdio: "inherit" })
Bundled.make()
node("tooling/embedded-database.ts")
for (const part of ["bin", "dist", "package.json"]) {
  cpSync(join(root, "packages/server", part), join(folder, part), { recursive: true })
}
const pglite = "node_modules/@electric-sql/pglite"
mkdirSync(join(folder, "node_modules/@electric-sql"), { recursive: true })
cpSync(realpathSync(join(root, "packages/server", pglite)), join(folder, pglite), { recursive: true })

interface Started {
  /** Seconds until it listened. */
  readonly ready: number
  /** Seconds of processors until then. */
  readonly cpu: number
  /** Megabytes at the most. */
  readonly peak: number
}

const ticks = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }))

const start = (data: string, environment: Readonly<Record<string, string>> = {}): Promise<Started> =>
  new Promise((resolve, reject) => {
    const began = performance.now()
    const server = spawn(process.execPath, [join(folder, "bin/orch-server.js")], {
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        PATH: process.env["PATH"],
        NODE_COMPILE_CACHE: join(folder, "cache"),
        ORCH_PORT: "0",
        ORCH_DRAIN: "0",
        ORCH_DATA_DIR: join(folder, data),
        ...environment
      }
    })
    let output = ""
    let started: Started | undefined
    server.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text
      if (started !== undefined || !output.includes("\"Listening\"")) return
      const fields = readFileSync(`/proc/${server.pid}/stat`, "utf8").split(") ")[1]!.split(" ")
      started = {
        ready: (performance.now() - began) / 1000,
        cpu: (Number(fields[11]) + Number(fields[12])) / ticks,
        peak: Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1]) / 1000
      }
      server.kill("SIGTERM")
    })
    server.once("error", reject)
    server.once(
      "exit",
      () => started === undefined ? reject(new Error(`it did not start\n${output}`)) : resolve(started)
    )
  })

try {
  // Fills the cache of compiled code.
  await start("warm")
  await start("warm")
  const pairs: Array<readonly [first: Started, second: Started]> = []
  for (let n = 0; n < 3; n++) pairs.push([await start(`data${n}`), await start(`data${n}`)])
  const middle = (which: 0 | 1, of: (one: Started) => number) => BenchLine.median(pairs.map((pair) => of(pair[which])))
  const shown = (which: 0 | 1) =>
    `${middle(which, ({ cpu }) => cpu).toFixed(1)} s of processor, ready after ${
      middle(which, ({ ready }) => ready).toFixed(1)
    } s`
  BenchLine.print({
    what: "first start, embedded database",
    ours: shown(0),
    against: `second start ${shown(1)}`,
    ...BenchLine.atMost(BenchLine.medianRatio(pairs.map(([{ cpu }]) => cpu), pairs.map(([, { cpu }]) => cpu)), 2)
  })
  const peak = Math.max(...pairs.flat().map(({ peak }) => peak))
  BenchLine.print({
    what: "peak of memory, embedded database",
    ours: `${peak.toFixed(0)} MB`,
    against: `second start ${middle(1, ({ peak }) => peak).toFixed(0)} MB`,
    ...BenchLine.within(peak, 600, "MB")
  })
  const bare = (() => {
    const began = performance.now()
    spawnSync(process.execPath, ["-e", "0"])
    return (performance.now() - began) / 1000
  })()
  const onServer = async (database: string): Promise<void> => {
    const migrated = await start("pg", { DATABASE_URL: database })
    const starts: Array<Started> = []
    for (let n = 0; n < 5; n++) starts.push(await start("pg", { DATABASE_URL: database }))
    const ready = BenchLine.median(starts.map(({ ready }) => ready))
    BenchLine.print({
      what: "server ready on PostgreSQL",
      ours: `${ready.toFixed(2)} s, ${BenchLine.median(starts.map(({ cpu }) => cpu)).toFixed(2)} s of processor`,
      against: `bare Node.js ${bare.toFixed(2)} s, migrating first ${migrated.ready.toFixed(2)} s`,
      ...BenchLine.within(ready, 0.6, "s")
    })
  }
  if (skippedServer !== undefined) console.log(`PostgreSQL: skipped, ${skippedServer}`)
  else {
    await Effect.runPromise(
      Effect.scoped(Effect.flatMap(emptyDatabase, ({ url }) => Effect.promise(() => onServer(url))))
    )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
