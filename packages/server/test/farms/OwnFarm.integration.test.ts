/** Farms and repository hosts of the operator's own, in the server: those of the guides build and publish a module. */
import { assert, describe, it } from "@effect/vitest"
import { OrchPromiseClient } from "@orch/client"
import { serve, StartFailed } from "@orch/server"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import * as TestFarm from "../localbuild/TestFarm.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import * as SpecFile from "../support/SpecFile.ts"
import * as TestServer from "../support/TestServer.ts"

const example = (name: string): string => fileURLToPath(new URL(`../../../../examples/${name}`, import.meta.url))
const farmFile = example("custom-build-system/my-farm.mjs")
const hostFile = example("custom-repository-host/my-host.mjs")

const home = TestRepository.temporary()
process.env["MY_FARM"] = Path.join(home, "farm")
process.env["MY_HOST"] = Path.join(home, "host")

/** Publishes a module of one package, and answers what to submit. */
const publish = (git: string, name: string): string => {
  TestRepository.make(Path.join(git, "rpms", `${name}-one`)).commit({
    [`${name}-one.spec`]: SpecFile.make(`${name}-one`)
  })
  const commit = TestRepository.make(Path.join(git, "modules", name)).commit({
    [`${name}.yaml`]: TestServer.modulemd({ [`${name}-one`]: ["ref: main"] }).replace("name: demo", `name: ${name}`)
  })
  return `file://${git}/modules/${name}?#${commit}`
}

const build = async (url: string, scmurl: string) => {
  const orch = OrchPromiseClient.make({ url })
  try {
    const [submitted] = await orch.moduleBuilds.submit(scmurl)
    return await orch.moduleBuilds.finished(submitted!.id)
  } finally {
    await orch.close()
  }
}

const settings = (directory: string) => ({
  ORCH_PORT: "0",
  ORCH_DRAIN: "0",
  ORCH_DATA_DIR: Path.join(directory, "data"),
  ORCH_SCM_ALLOW: `file://${directory}/git`,
  ORCH_RPMS_REPOSITORY: `file://${directory}/git/rpms/`,
  ORCH_RECONCILE_INTERVAL: "200"
})

if (TestFarm.missing.length > 0) it.skip(`farms of one's own (needs ${TestFarm.missing.join(", ")})`, () => {})
else {
  describe("files that settings name", () => {
    it.live(
      "build and publish, a farm beside the server's own host, and a host beside the server's own farm",
      () =>
        Effect.gen(function*() {
          const { git, url } = yield* TestServer.start({ ORCH_BUILD_SYSTEM: farmFile, ORCH_RECONCILE_INTERVAL: "200" })
          const ended = yield* Effect.promise(() => build(url, publish(git, "farmed")))
          assert.strictEqual(ended.state, "ready", JSON.stringify(ended.components))
          assert.match(ended.repository?.url ?? "", /^\/repositories\//)
          const listed = yield* Effect.promise(() => fetch(`${url}${ended.repository?.url}repodata/repomd.xml`))
          assert.strictEqual(listed.status, 200)

          const both = yield* TestServer.start({
            ORCH_BUILD_SYSTEM: farmFile,
            ORCH_REPOSITORY_HOST: hostFile,
            ORCH_RECONCILE_INTERVAL: "200"
          })
          const hosted = yield* Effect.promise(() => build(both.url, publish(both.git, "hosted")))
          assert.strictEqual(hosted.state, "ready", JSON.stringify(hosted.components))
          const { path, url: address } = hosted.repository!
          assert.strictEqual(address, `file://${path}/`)
          const files = Fs.readdirSync(path!)
          assert.isTrue(
            files.some((name) => name.startsWith("hosted-one-1-1.") && name.endsWith(".noarch.rpm")),
            files.join()
          )
          assert.isTrue(Fs.readdirSync(Path.join(path!, "repodata")).some((name) => name.includes("modules")))
        }).pipe(Effect.scoped),
      120_000
    )
  })

  describe("serve", () => {
    it("runs a server in this process with a farm and a host that are handed in", async () => {
      const directory = TestRepository.temporary()
      const { default: farm } = await import(farmFile)
      const { default: host } = await import(hostFile)
      const server = await serve({ config: settings(directory), farm, host })
      try {
        const ended = await build(server.url, publish(Path.join(directory, "git"), "served"))
        assert.strictEqual(ended.state, "ready", JSON.stringify(ended.components))
      } finally {
        await server.stop()
        Fs.rmSync(directory, { recursive: true })
      }
      await fetch(server.url).then(() => assert.fail("it still answers"), () => {})
    }, 120_000)

    const wrong: ReadonlyArray<readonly [string, Parameters<typeof serve>[0], RegExp]> = [
      ["settings that cannot be used", { config: { ORCH_PORT: "many", ORCH_JOBS: "0" } }, /ORCH_PORT.*ORCH_JOBS/s],
      [
        "a build system of a name that there is not",
        { config: { ORCH_BUILD_SYSTEM: "jenkins" } },
        /"jenkins" is neither local nor koji/
      ],
      [
        "a farm that lacks functions",
        { farm: { prepare: async () => ({}) } as never },
        /farm of serve.*lacks submit, observe/
      ]
    ]
    for (const [what, options, words] of wrong) {
      it(`says what is wrong with ${what}`, async () => {
        const directory = TestRepository.temporary()
        const error: unknown = await serve({ ...options, config: { ...settings(directory), ...options.config } })
          .then(() => undefined, (error: unknown) => error)
        Fs.rmSync(directory, { recursive: true, force: true })
        if (!(error instanceof StartFailed)) return assert.fail(String(error))
        assert.match(error.message, words)
      })
    }
  })
}
