import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFile, execFileSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { promisify } from "node:util"
import * as BuilderNode from "../builder-node/BuilderNode.ts"
import * as TestFarm from "../builder-node/TestFarm.ts"
import * as Signer from "./Signer.ts"

const missing = TestFarm.missing ?? ["rpmsign", "gpg", "dnf"].find((tool) => {
  try {
    execFileSync(tool, ["--version"], { stdio: "ignore" })
    return false
  } catch {
    return true
  }
})

const temporary = (name: string) =>
  Effect.acquireRelease(
    Effect.sync(() => Fs.mkdtempSync(Path.join(Os.tmpdir(), name))),
    (directory) => Effect.sync(() => Fs.rmSync(directory, { recursive: true, force: true }))
  )

describe.skipIf(missing !== undefined)(
  `a farm with a signer${missing === undefined ? "" : ` [skipped: ${missing}]`}`,
  () => {
    it.live(
      "builds and signs a module that dnf installs from with gpgcheck, and refuses it without the key",
      () =>
        Effect.gen(function*() {
          const farm = yield* TestFarm.start
          farm.commit("chan")
          const home = yield* temporary("gpg-")
          Fs.chmodSync(home, 0o700)
          execFileSync("gpg", [
            "--homedir",
            home,
            "--batch",
            "--passphrase",
            "",
            "--quick-generate-key",
            "farm@example.org",
            "rsa2048",
            "sign",
            "never"
          ], { stdio: "ignore" })
          const [[keyid, fingerprint] = ["", ""]] = [...yield* Effect.promise(() => Signer.fingerprints(home))]
          const publicKey = Path.join(home, "key.asc")
          Fs.writeFileSync(
            publicKey,
            execFileSync("gpg", ["--homedir", home, "--batch", "--armor", "--export", fingerprint])
          )
          const key = yield* farm.ask("POST", "/sign-keys/new/", "root", {
            name: "Farm",
            description: "Test",
            keyid,
            fingerprint,
            public_url: `file://${publicKey}`
          })
          assert.strictEqual(key.status, 201, JSON.stringify(key.body))
          const made = yield* farm.ask("POST", "/builds/", "alice", {
            platforms: [{ name: "el8", arch_list: ["x86_64"], parallel_mode_enabled: false }],
            tasks: [{
              module_name: "demo",
              module_stream: "1",
              module_version: "8050020261128190000",
              modules_yaml: TestFarm.module(["chan"]),
              enabled_modules: { buildtime: [], runtime: [] },
              refs: [{
                url: farm.source("chan"),
                git_ref: "main",
                ref_type: 1,
                enabled: true,
                exist: true,
                mock_options: {}
              }]
            }],
            product_id: 1
          })
          assert.strictEqual(made.status, 200, JSON.stringify(made.body))
          const { id } = made.body as TestFarm.Build
          const stop = new AbortController()
          const node = BuilderNode.run({
            url: farm.url,
            token: "node",
            arches: ["src", "x86_64"],
            excluded: [],
            threads: 1,
            interval: 200,
            signal: stop.signal
          })
          const built = yield* farm.until(id, ({ finished_at }) => finished_at !== null)
          assert.deepStrictEqual(built.tasks.map(({ error, status }) => [status, error]), [[2, null], [2, null]])
          const early = yield* farm.ask("POST", "/sign-tasks/", "alice", { build_id: 999, sign_key_id: 1 })
          assert.strictEqual(early.status, 404)
          const asked = yield* farm.ask("POST", "/sign-tasks/", "alice", { build_id: id, sign_key_id: 1 })
          assert.strictEqual(asked.status, 200, JSON.stringify(asked.body))
          assert.strictEqual(
            (yield* farm.ask("POST", "/sign-tasks/", "alice", { build_id: id, sign_key_id: 1 })).status,
            409
          )
          const signer = Signer.start({
            url: farm.url,
            token: "signer",
            keyRing: home,
            interval: 200,
            signal: stop.signal
          })
          const signed = yield* farm.until(id, ({ sign_tasks }) => (sign_tasks[0]?.status ?? 0) > 2)
          stop.abort()
          yield* Effect.promise(() => Promise.all([node, signer]))
          const tasks = yield* farm.ask("GET", `/sign-tasks/?build_id=${id}`, "alice")
          assert.strictEqual(signed.sign_tasks[0]?.status, 3, JSON.stringify(tasks.body))
          const before = new Set(built.tasks.flatMap(({ artifacts }) => artifacts.map(({ href }) => href)))
          const packages = signed.tasks.flatMap(({ artifacts }) => artifacts.filter(({ type }) => type === "rpm"))
          assert.isTrue(packages.every(({ href }) => !before.has(href)), "signed packages are other files")

          const root = yield* temporary("root-")
          const repository = `${farm.url}/repositories/builds/el8-x86_64-${id}-br/`
          // The server runs in this process: it must not be kept from answering.
          const dnf = (check: string, ...args: ReadonlyArray<string>) =>
            Effect.tryPromise(async () =>
              (await promisify(execFile)("dnf", [
                "--installroot",
                root,
                "--releasever=8",
                "--forcearch=x86_64",
                "--setopt=reposdir=/nonexistent",
                `--setopt=cachedir=${Path.join(root, "cache")}`,
                "--setopt=module_platform_id=platform:el8",
                `--repofrompath=farm,${repository}`,
                "--repo=farm",
                "--setopt=farm.gpgcheck=1",
                `--setopt=farm.gpgkey=file://${check}`,
                "-y",
                ...args
              ])).stdout
            )
          assert.include(yield* dnf(publicKey, "module", "list"), "demo")
          const other = Path.join(home, "none.asc")
          Fs.writeFileSync(other, "")
          yield* Effect.flip(dnf(other, "module", "install", "demo:1/default"))
          yield* dnf(publicKey, "module", "install", "demo:1/default")
          const installed = execFileSync("rpm", ["--root", root, "-q", "chan"], { encoding: "utf8" }).trim()
          assert.match(installed, /^chan-1\.0-1\.module_el8\.5\.0\+2\+[0-9a-f]{8}\.x86_64$/)
        }).pipe(Effect.scoped),
      240_000
    )
  }
)
