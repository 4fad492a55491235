/** Production repositories at a real Pulp: synced from another one with modules, compared with it, released into, and taken back. */
import { assert, describe, it } from "@effect/vitest"
import type { ProductionRepository, RepositoryComparison } from "@orch/api/orch/ProductionApi"
import * as Effect from "effect/Effect"
import * as ChildProcess from "node:child_process"
import * as Fs from "node:fs"
import * as Path from "node:path"
import * as Dnf from "../../../adapters-pulp/test/Dnf.ts"
import * as Modules from "../../../adapters-pulp/test/Modules.ts"
import * as realPulp from "../../../adapters-pulp/test/realPulp.ts"
import * as Repodata from "../../../adapters-pulp/test/Repodata.ts"
import * as Rpms from "../../../adapters-pulp/test/Rpms.ts"
import * as TestRepository from "../scm/TestRepository.ts"
import * as ReleaseServer from "./ReleaseServer.ts"

const found = realPulp.extent === "whole" ? await realPulp.find() : { missing: "ORCH_TEST_PULP=all runs it" }
const tools = ["createrepo_c", "modifyrepo_c"].find((tool) =>
  ChildProcess.spawnSync(tool, ["--version"]).error !== undefined
)
const skipped = "missing" in found ? found.missing : Rpms.missing ?? (tools === undefined ? undefined : `no ${tools}`)

const run = Date.now().toString(36)
const record = `almalinux-8-base${run}`
const name = `production/${record}/x86_64/os`

/** Serves a folder, in a process of its own: dnf, which this one waits for, makes Pulp fetch from it. */
const serve = `
  const { createReadStream } = require("node:fs")
  const server = require("node:http").createServer((request, response) => {
    createReadStream(process.argv[1] + require("node:path").posix.normalize(decodeURIComponent(request.url)))
      .on("error", () => response.writeHead(404).end()).pipe(response)
  })
  server.listen(0, "127.0.0.1", () => console.log(server.address().port))`

/** A repository elsewhere that packages and documents of modules are put into. */
const upstream = Effect.fnUntraced(function*(directory: string) {
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      ChildProcess.spawn(process.execPath, ["-e", serve, directory], { stdio: ["ignore", "pipe", "inherit"] })
    ),
    (running) => Effect.sync(() => void running.kill())
  )
  const port = yield* Effect.promise(() =>
    new Promise<string>((resolve) => child.stdout.once("data", (bytes: Buffer) => resolve(bytes.toString().trim())))
  )
  const offer = (files: ReadonlyArray<string>, documents: ReadonlyArray<string>) => {
    for (const file of files) Fs.copyFileSync(file, Path.join(directory, Path.basename(file)))
    ChildProcess.execFileSync("createrepo_c", ["--quiet", directory])
    Fs.writeFileSync(Path.join(directory, "modules.yaml"), documents.join(""))
    ChildProcess.execFileSync("modifyrepo_c", [
      "--mdtype=modules",
      Path.join(directory, "modules.yaml"),
      Path.join(directory, "repodata")
    ], { stdio: "pipe" })
  }
  return { url: `http://127.0.0.1:${port}/`, offer }
})

describe("production repositories at a real Pulp", () => {
  const title = "are synced with their modules, tell how they differ, and go on from there by releases"
  if (skipped !== undefined || !("pulp" in found)) return it.skip(`${title} [skipped: ${skipped}]`, () => {})
  const { pulp } = found

  it.live(title, () =>
    Effect.scoped(Effect.gen(function*() {
      const directory = TestRepository.temporary()
      yield* Effect.addFinalizer(() => Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true })))
      const [old] = Rpms.build([{ name: "chan", version: "0.9" }])
      const modular = (stream: string, version: number) => {
        const [rpm] = Rpms.build([{ name: `mod${run}`, version: `${stream}.${version}` }], {
          macros: { modularitylabel: `mod${run}:${stream}:${version}:c0ffee42` }
        })
        const { id, text } = Modules.make({
          name: `mod${run}`,
          stream,
          context: "c0ffee42",
          version,
          artifacts: [rpm!.nevra],
          profile: [`mod${run}`]
        })
        return { rpm: rpm!, id, text }
      }
      const [one, two, later] = [modular("1", 1), modular("2", 1), modular("1", 2)]
      const from = yield* upstream(directory)
      from.offer([old!, one.rpm, two.rpm].map(({ location }) => location), [one.text, two.text])

      const server = yield* ReleaseServer.start({
        ORCH_PULP_URL: pulp.url,
        ORCH_PULP_USER: pulp.username,
        ORCH_PULP_PASSWORD: pulp.password,
        ORCH_OUTGOING_ALLOW: "127.0.0.1"
      })
      const repos = [ReleaseServer.repository(record, "x86_64")]
      assert.strictEqual((yield* server.ask("PUT", "/platforms/", "root", { name: "el8", repos })).status, 200)
      const typed = (method: string, path: string, body?: unknown) =>
        server.send(
          method,
          `/orch/v1/production-repositories${path}`,
          "root",
          body === undefined ? undefined : JSON.stringify(body)
        )
      const differences = Effect.gen(function*() {
        const { body, status } = yield* typed("GET", `/drift?${new URLSearchParams({ name })}`)
        assert.strictEqual(status, 200, JSON.stringify(body))
        return (body as RepositoryComparison).differences.map(({ kind, nevra }) => `${kind} ${nevra}`)
      })
      const shown = Effect.promise(() => Repodata.read(`${pulp.content}orch/${name.replaceAll("/", "~")}/`))

      assert.strictEqual((yield* typed("POST", "/sync", { name, url: from.url })).status, 202)
      const synced = yield* server.until(
        Effect.map(
          typed("GET", ""),
          ({ body }) => (body as ReadonlyArray<ProductionRepository>).find((each) => each.name === name)?.sync
        ),
        (sync) => sync?.state === "done" || sync?.state === "failed"
      )
      assert.strictEqual(synced?.state, "done", JSON.stringify(synced))
      assert.deepStrictEqual(yield* differences, [])
      const before = yield* shown
      assert.deepStrictEqual(before?.modules, [one.id, two.id].sort())

      // Upstream goes on with the older of two streams: the newest of that name is the same, and it is told all the same.
      from.offer([later.rpm.location], [one.text, two.text, later.text])
      assert.deepStrictEqual((yield* differences).toSorted(), [`older ${one.id}`, `older ${one.rpm.nevra}`].toSorted())

      // A release goes where the package lies already, and what is synced stays beside it.
      const build = yield* server.built("chan")
      const order = { builds: [build], platform_id: server.platform, reference_platform_id: server.platform }
      const made = (yield* server.ask("POST", "/releases/new/", "root", order)).body as ReleaseServer.Release
      const places = ReleaseServer.places(made).filter((place) => !place.startsWith("chan-1.0-1.src"))
      assert.deepStrictEqual(places, [`chan-1.0-1.noarch.rpm > ${record} x86_64`])
      yield* server.send(
        "POST",
        `/orch/v1/releases/${made.id}/edits`,
        "root",
        JSON.stringify({ edits: [{ exclude: "chan-0:1.0-1.src" }] })
      )
      yield* server.until(server.release(made.id), ({ plan }) => plan !== null)
      const done = yield* server.ask("POST", `/releases/${made.id}/commit/`, "root")
      assert.deepInclude(done.body, { message: "Successfully committed release" }, JSON.stringify(done.body))
      const after = yield* shown
      assert.deepStrictEqual(after?.packages, [...before!.packages, "chan-0:1.0-1.noarch"].sort())
      assert.deepStrictEqual(after?.modules, before?.modules)
      assert.include(yield* differences, "newer chan-0:1.0-1.noarch")
      if (Dnf.missing === undefined) {
        const url = `${pulp.content}orch/${name.replaceAll("/", "~")}/`
        assert.deepStrictEqual(Dnf.install([url], ["install", "chan"]), ["chan-0:1.0-1.noarch"])
        assert.deepStrictEqual(Dnf.install([url], ["module", "install", `mod${run}:1/default`]), [one.rpm.nevra])
      }

      assert.strictEqual((yield* server.ask("POST", `/releases/${made.id}/revert/`, "root")).status, 200)
      yield* server.until(server.release(made.id), ({ status }) => status === 5)
      assert.deepStrictEqual(yield* shown, before)
    })), 600_000)
})
