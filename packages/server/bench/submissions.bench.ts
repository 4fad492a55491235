/**
 * Whether the server still answers while many modules are submitted at once: the time of `/health/live`, asked 50 times a
 * second, while 200 submissions (another number as an argument) run side by side, each of a module of its own with four
 * components in git. The bound is 250 ms for 99 of 100 answers.
 *
 *   pnpm bench submissions -- 60
 *   DATABASE_URL=postgres://postgres@127.0.0.1/bench pnpm bench submissions
 */
import { mkdtempSync, rmSync } from "node:fs"
import { availableParallelism, tmpdir } from "node:os"
import { join } from "node:path"
import * as TestRepository from "../test/scm/TestRepository.ts"
import * as SpecFile from "../test/support/SpecFile.ts"
import * as TestServer from "../test/support/TestServer.ts"
import * as ServerProcess from "./ServerProcess.ts"

const submissions = Number(process.argv[2] ?? 200)
const bound = 250
const components = ["one", "two", "three", "four"]

const root = mkdtempSync(join(tmpdir(), "orch-bench-"))
const git = join(root, "git")
for (const name of components) {
  TestRepository.make(join(git, "rpms", name)).commit({ [`${name}.spec`]: SpecFile.make(name) })
}
console.log(`making ${submissions} modules in git …`)
const document = TestServer.modulemd(Object.fromEntries(components.map((name) => [name, []])))
const urls = Array.from({ length: submissions }, (_, index) => {
  const name = `module-${index}`
  const { commit, url } = TestRepository.make(join(git, "modules", name))
  return `${url}?#${commit({ [`${name}.yaml`]: document.replace("name: demo", `name: ${name}`) })}`
})

const server = await ServerProcess.start({
  ORCH_DATA_DIR: join(root, "data"),
  ORCH_SCM_ALLOW: `file://${git}`,
  ORCH_RPMS_REPOSITORY: `file://${git}/rpms/`,
  // What is built is another matter.
  ORCH_JOBS: "1",
  ORCH_LIMIT_TOTAL: "1",
  ...(process.env["DATABASE_URL"] === undefined ? {} : { DATABASE_URL: process.env["DATABASE_URL"] })
})
const stop = await server.probe()
const began = performance.now()
const statuses = await Promise.all(
  urls.map((scmurl) =>
    fetch(`${server.url}/rida/module-builds/`, { method: "POST", body: JSON.stringify({ scmurl }) }).then((
      { status }
    ) => status)
  )
)
const seconds = (performance.now() - began) / 1000
const times = await stop()
await server.stop()
rmSync(root, { recursive: true, force: true, maxRetries: 5 })

const accepted = statuses.filter((status) => status === 201).length
console.log(
  `${accepted} of ${submissions} accepted in ${
    seconds.toFixed(1)
  } s on ${availableParallelism()} processors; /health/live, `
    + `${times.length} times: median ${ServerProcess.at(times, 0.5).toFixed(0)} ms, p99 ${
      ServerProcess.at(times, 0.99).toFixed(0)
    } ms, longest ${ServerProcess.at(times, 1).toFixed(0)} ms`
    + ` (bound ${bound} ms)`
)
if (accepted !== submissions || ServerProcess.at(times, 0.99) > bound) process.exitCode = 1
