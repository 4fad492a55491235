/**
 * What `npm run demo`, its siblings and `npm test` start on a machine that has Node.js 20 and npm and perhaps nothing else.
 *
 * It installs the workspace (which brings a newer Node.js) and the system's packages where it may, starts a PostgreSQL for the tests,
 * and then hands over; a Pulp for the tests is made ready beside them. Plain JavaScript without dependencies: nothing is installed yet
 * when it runs.
 */
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"
import { memoryFolder } from "./setup/memory.mjs"
import { postgresql } from "./setup/postgresql.mjs"
import { pulpInBackground } from "./setup/pulp.mjs"
import { systemPackages } from "./setup/system-packages.mjs"
import { workspace } from "./setup/workspace.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))
const [task = "", ...rest] = process.argv.slice(2)

const tasks = {
  demo: { program: ["tooling/demo.ts"], needs: ["farm"], mustHave: true },
  "demo:farm": { program: ["tooling/demo-farm.ts"], needs: ["farm", "signing"], mustHave: true },
  "demo:campaign": { program: ["tooling/demo-campaign.ts"], needs: ["farm"], mustHave: true },
  test: {
    program: [
      "node_modules/vitest/vitest.mjs",
      "run",
      "--silent=passed-only",
      "--reporter=minimal",
      "--reporter=./tooling/TestReporter.ts"
    ],
    needs: ["farm", "signing", "postgresql", "tests"],
    mustHave: false
  }
}

/** Runs a program with the workspace's Node.js; a closed or absent stdin is nothing to it. */
const hand = (node, args, env) =>
  new Promise((resolve) => {
    const child = spawn(node, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"], env })
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal))
    child.on("error", (error) => {
      console.error(`setup: cannot start ${node}: ${error.message}`)
      resolve(1)
    })
    child.on("exit", (code, signal) => resolve(code ?? (signal === null ? 1 : 130)))
  })

const main = async () => {
  const plan = tasks[task]
  if (plan === undefined) {
    console.error(`usage: node tooling/setup.mjs ${Object.keys(tasks).join("|")} [argument…]`)
    return 2
  }
  const { env, node } = await workspace(root)
  const missing = await systemPackages(plan.needs)
  if (missing.length > 0 && plan.mustHave) return 1
  if (task !== "test") return hand(node, [...plan.program, ...rest], env)
  const memory = await memoryFolder()
  let database
  let pulp
  try {
    database = await postgresql(memory.folder)
    // What Pulp has made ready is used again the next time, where its server is still there.
    pulp = pulpInBackground(root, database.lasting ?? database.env.ORCH_TEST_DATABASE_URL)
    const places = memory.folder === undefined ? {} : { TMPDIR: memory.folder }
    return await hand(node, [...plan.program, ...rest], { ...env, ...places, ...database.env, ...pulp.env })
  } finally {
    await pulp?.stop()
    await database?.stop()
    memory.remove()
  }
}

main().then((code) => process.exitCode = code, (error) => {
  console.error(`setup: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
})
