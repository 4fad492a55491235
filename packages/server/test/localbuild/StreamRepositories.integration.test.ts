/** A stream's repository as its users see it: the stock dnf installs one version from it and follows to the next. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ChildProcess from "node:child_process"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as SmallProcess from "../../../../tooling/SmallProcess.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import * as SpecFile from "../support/SpecFile.ts"
import * as TestServer from "../support/TestServer.ts"
import * as TestFarm from "./TestFarm.ts"

const missing = [
  ...TestFarm.missing,
  ...(SmallProcess.isInstalled("dnf") ? [] : ["dnf"]),
  ...(process.getuid?.() === 0 ? [] : ["the superuser, to install into a root"])
]

const dnf = (root: string, url: string, ...args: ReadonlyArray<string>): Promise<string> =>
  new Promise((resolve, reject) => {
    const words = [
      "-y",
      `--installroot=${root}`,
      `--repofrompath=orch,${url}`,
      "--disablerepo=*",
      "--enablerepo=orch",
      "--setopt=module_platform_id=platform:el9",
      "--setopt=reposdir=/nonexistent",
      `--setopt=cachedir=${root}/var/cache/dnf`,
      "--setopt=persistdir=/var/lib/dnf",
      "--nogpgcheck",
      "--releasever=9",
      "--refresh",
      ...args
    ]
    const env = { PATH: process.env["PATH"] ?? "", LC_ALL: "C.UTF-8", HOME: "/nonexistent" }
    ChildProcess.execFile(
      "dnf",
      words,
      { env, timeout: 120_000 },
      (error, stdout, stderr) => error === null ? resolve(stdout) : reject(new Error(`${stdout}${stderr}`))
    )
  })

describe.skipIf(missing.length > 0)(`a stream's repository (needs ${missing.join(", ")})`, () => {
  it.live(
    "is followed by dnf over the versions of the stream, beside the repository of each build",
    () =>
      Effect.gen(function*() {
        const { git, url } = yield* TestServer.start()
        const root = yield* Effect.acquireRelease(
          Effect.sync(() => TestRepository.temporary()),
          (path) => Effect.sync(() => Fs.rmSync(path, { recursive: true, force: true }))
        )
        const component = TestRepository.make(Path.join(git, "rpms/tool"))
        const module = TestRepository.make(Path.join(git, "modules/demo"))
        const document = `${TestServer.modulemd({ tool: [] })}  profiles:\n    default:\n      rpms: [tool]\n`

        const build = (version: number) =>
          Effect.promise(async () => {
            component.commit({ "tool.spec": SpecFile.make("tool", { version }) }, 1_700_000_000 + version * 86_400)
            const commit = module.commit({ "demo.yaml": document }, 1_700_000_000 + version * 86_400)
            const body = JSON.stringify({ scmurl: `file://${git}/modules/demo?#${commit}` })
            const answer = await fetch(`${url}/rida/module-builds/`, { method: "POST", body })
            const { id } = await answer.json() as { readonly id: number }
            for (;;) {
              const shown = await fetch(`${url}/rida/module-builds/${id}`)
              const { state, state_reason } = await shown.json() as {
                readonly state: string
                readonly state_reason: string
              }
              if (state === "failed") assert.fail(state_reason)
              if (state === "ready") return
              await new Promise((resolve) => setTimeout(resolve, 100))
            }
          })
        const run = (...args: ReadonlyArray<string>) =>
          Effect.promise(() => dnf(root, `${url}/repositories/streams/el9/demo/1/`, ...args))

        const installed = Effect.map(
          run("repoquery", "--quiet", "--installed", "--qf", "%{name}-%{version}"),
          (text) => text.trim()
        )

        yield* build(1)
        yield* run("module", "install", "demo:1/default")
        assert.strictEqual(yield* installed, "tool-1")
        yield* build(2)
        yield* run("update")
        assert.strictEqual(yield* installed, "tool-2")
        const own = yield* Effect.promise(async () => (await fetch(`${url}/repositories/modules/`)).text())
        assert.strictEqual(own.match(/href="\.\/demo-1-\d+-[0-9a-f]{8}\/"/g)?.length, 2, own)
      }).pipe(Effect.scoped),
    240_000
  )
})
