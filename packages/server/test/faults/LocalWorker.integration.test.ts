/** The local farm as a worker of the builder pool, killed with -9 in the middle of a build: the task is done, once. */
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as LocalBuildSystem from "@orch/server/localbuild/LocalBuildSystem"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as TestFarm from "../localbuild/TestFarm.ts"
import * as PidNamespace from "../programs/PidNamespace.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import * as SpecFile from "../support/SpecFile.ts"
import * as FaultServers from "./FaultServers.ts"

const root = TestRepository.temporary()
afterAll(() => Fs.rmSync(root, { recursive: true, force: true }))

const arch = LocalBuildSystem.hostArch
const names = ["first", "second"]
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

interface Build {
  readonly id: number
  readonly finished_at: string | null
  readonly tasks: ReadonlyArray<{
    readonly arch: string
    readonly status: number
    readonly error: string | null
    readonly artifacts: ReadonlyArray<{ readonly name: string; readonly type: string }>
  }>
}

/** Builds two packages, and kills the server as soon as the build of each has begun. Answers the build and what its steps wrote. */
const killedBuild = async (name: string, inContainers: boolean) => {
  const directory = Path.join(root, name)
  Fs.mkdirSync(directory)
  const file = Path.join(directory, "ledger")
  Fs.writeFileSync(file, "")
  const ledger = () => Fs.readFileSync(file, "utf8").split("\n").filter((line) => line !== "")
  for (const one of names) {
    TestRepository.make(Path.join(directory, "rpms", one)).commit({
      [`${one}.spec`]: SpecFile.make(one, {
        build: `echo 'begin ${one}' >> ${file}; sleep 3`,
        install: `echo 'end ${one}' >> ${file}`
      })
    })
  }
  const servers = await FaultServers.start({
    distGit: { root: directory, components: `file://${directory}/rpms/` },
    dataDir: Path.join(directory, "data"),
    databaseUrl: undefined,
    processes: 1,
    inContainers,
    settings: { ORCH_BUILD_SYSTEM: "pool", ORCH_LOCAL_WORKER: "1", ORCH_BUILDER_LEASE: "5" }
  })
  const post = (path: string, body: unknown) =>
    servers.request(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body)
    })
  try {
    await post("/api/v1/platforms/", {
      name: "el9",
      type: "rpm",
      distr_type: "rhel",
      distr_version: "9",
      test_dist_name: "rhel",
      arch_list: [arch],
      data: { mock: {}, yum: {}, definitions: { dist: ".el9" } }
    })
    const asked = await post("/api/v1/builds/", {
      platforms: [{ name: "el9", arch_list: [arch] }],
      tasks: names.map((one) => ({ url: `file://${directory}/rpms/${one}`, git_ref: "main", ref_type: 1 }))
    })
    assert.strictEqual(asked.status, 200, JSON.stringify(asked.body))
    const { id } = asked.body as Build
    for (const one of names) {
      for (let tries = 0; tries < 1_200 && !ledger().includes(`begin ${one}`); tries++) await pause(50)
      assert.notInclude(ledger(), `end ${one}`, "it is in the middle of the build")
      await servers.killNow()
    }
    for (;;) {
      const { body } = await servers.request(`/api/v1/builds/${id}/`)
      const build = body as Build
      if (build.finished_at !== null) return { build, steps: ledger(), log: Fs.readFileSync(servers.log, "utf8") }
      await pause(200)
    }
  } finally {
    await servers.stop()
  }
}

const assertWhole = ({ build, log }: Awaited<ReturnType<typeof killedBuild>>): void => {
  assert.deepStrictEqual(
    build.tasks.map((task) => [task.arch, task.status, task.error]),
    [["src", 2, null], ["src", 2, null], [arch, 2, null], [arch, 2, null]],
    log.slice(-3_000)
  )
  for (const [index, one] of names.entries()) {
    const packages = build.tasks[names.length + index]!.artifacts.filter(({ type }) => type === "rpm")
    const own = packages.filter((artifact) => !artifact.name.endsWith(".src.rpm"))
    assert.lengthOf(packages.filter((artifact) => artifact.name.endsWith(".src.rpm")), 1)
    assert.lengthOf(own, 1)
    assert.isTrue(own[0]!.name.startsWith(`${one}-`))
  }
}

const skipped = TestFarm.missing.length > 0 ? ` (skipped: needs ${TestFarm.missing.join(", ")})` : ""
describe.skipIf(TestFarm.missing.length > 0)(`the local worker of the pool, killed while it builds${skipped}`, () => {
  it("goes on with what it had begun: each package is built once", async () => {
    const killed = await killedBuild("alone", false)
    assertWhole(killed)
    assert.deepStrictEqual(killed.steps, names.flatMap((one) => [`begin ${one}`, `end ${one}`]))
  }, 240_000)

  it.skipIf(PidNamespace.missing !== undefined)(
    `begins again where its build died with it: each package comes to its end once${
      PidNamespace.missing === undefined ? "" : ` (skipped: ${PidNamespace.missing})`
    }`,
    async () => {
      const killed = await killedBuild("container", true)
      assertWhole(killed)
      assert.deepStrictEqual(
        killed.steps.filter((step) => step.startsWith("end")),
        names.map((one) => `end ${one}`)
      )
    },
    240_000
  )
})
