/**
 * What a large module costs: one of 20,000 components (another number as an argument) is planned, stored and shown, and
 * `/health/live` answers meanwhile. The bounds are 3 seconds for the two requests together, and 250 ms for each answer of
 * `/health/live`, on the embedded database and on PostgreSQL.
 *
 *   pnpm bench components -- 5000
 */
import * as Effect from "effect/Effect"
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as TestRepository from "../test/scm/TestRepository.ts"
import { skippedServer, temporaryDatabase } from "../test/support/Databases.ts"
import * as SpecFile from "../test/support/SpecFile.ts"
import * as ServerProcess from "./ServerProcess.ts"

const components = Number(process.argv[2] ?? 20_000)
const bounds = { seconds: 3, milliseconds: 250 }

/** In 40 batches. */
const document = [
  "document: modulemd",
  "version: 2",
  "data:",
  "  name: large",
  "  stream: one",
  "  summary: Large",
  "  description: Large",
  "  license: {module: [MIT]}",
  "  dependencies: [{buildrequires: {platform: [el9]}, requires: {platform: [el9]}}]",
  "  components:",
  "    rpms:",
  ...Array.from({ length: components }, (_, n) => [
    `      c${n}:`,
    "        rationale: Needed.",
    "        ref: main",
    `        buildorder: ${n % 40}`
  ]).flat(),
  ""
].join("\n")

const on = async (name: string, database: Readonly<Record<string, string>>): Promise<void> => {
  const root = mkdtempSync(join(tmpdir(), "orch-bench-"))
  const git = join(root, "git")
  const { commit } = TestRepository.make(join(git, "one"))
  commit({ "one.spec": SpecFile.make("one") })
  mkdirSync(join(git, "rpms"))
  for (let n = 0; n < components; n++) symlinkSync("../one", join(git, "rpms", `c${n}`))
  const server = await ServerProcess.start({
    ORCH_DATA_DIR: join(root, "data"),
    ORCH_SCM_ALLOW: `file://${git}`,
    ORCH_RPMS_REPOSITORY: `file://${git}/rpms/`,
    ORCH_ALLOW_YAML: "true",
    ORCH_PLATFORMS: "el9",
    ...database
  })
  try {
    await measure(name, server)
  } finally {
    await server.stop()
    rmSync(root, { recursive: true, force: true, maxRetries: 5 })
  }
}

const measure = async (name: string, server: ServerProcess.ServerProcess): Promise<void> => {
  const stop = await server.probe()
  const began = performance.now()
  const response = await fetch(`${server.url}/orch/v1/module-builds/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ yaml_modulemd: document })
  })
  const submitted = performance.now()
  if (response.status !== 201) throw new Error(`submission: ${response.status} ${await response.text()}`)
  const [build] = await response.json() as ReadonlyArray<{ readonly id: number }>
  const read = async (path: string): Promise<number> => {
    const began = performance.now()
    const shown = await fetch(`${server.url}${path}`)
    const text = await shown.text()
    if (shown.status !== 200 || !text.includes(`c${components - 1}`)) {
      throw new Error(`${path}: ${shown.status} ${text.slice(0, 500)}`)
    }
    return (performance.now() - began) / 1000
  }
  const shown = await read(`/orch/v1/module-builds/${build!.id}`)
  const inMbs = await read(`/module-build-service/2/module-builds/${build!.id}?verbose=true`)
  const again = await read(`/rida/module-builds/${build!.id}`)
  // What follows in the background may not hold it up either.
  await new Promise((resolve) => setTimeout(resolve, 5_000))
  const times = await stop()
  const stored = (submitted - began) / 1000
  console.log(
    `${name}: ${components} components planned and stored in ${stored.toFixed(2)} s, shown in ${shown.toFixed(2)} s`
      + ` (together at most ${bounds.seconds} s), by MBS's face in ${inMbs.toFixed(2)} s, by rida in ${
        again.toFixed(2)
      } s;`
      + ` /health/live, ${times.length} times: median ${ServerProcess.at(times, 0.5).toFixed(0)} ms, longest`
      + ` ${ServerProcess.at(times, 1).toFixed(0)} ms (at most ${bounds.milliseconds} ms)`
  )
  if (stored + shown > bounds.seconds || ServerProcess.at(times, 1) > bounds.milliseconds) process.exitCode = 1
}

await on("PGlite", {})
if (skippedServer === undefined) {
  await Effect.runPromise(Effect.scoped(Effect.gen(function*() {
    const { url } = yield* temporaryDatabase
    yield* Effect.promise(() => on("PostgreSQL", { DATABASE_URL: url }))
  })))
} else console.log(`PostgreSQL: skipped, ${skippedServer}`)
