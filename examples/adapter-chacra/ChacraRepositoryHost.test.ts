/** The adapter held to the port's promises, and the fake it is tested on held to chacra's own client. */
import { assert, describe, it } from "@effect/vitest"
import type { Content, Publication } from "@orch/core/ports/RepositoryHost"
import { repositoryHostContract } from "@orch/core/testing/RepositoryHostContract"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as PythonTool from "../../tooling/PythonTool.ts"
import * as ChacraRepositoryHost from "./ChacraRepositoryHost.ts"
import * as FakeChacra from "./FakeChacra.ts"

class Chacra extends Context.Service<Chacra, FakeChacra.FakeChacra>()("examples/Chacra") {}

const directory = mkdtempSync(join(tmpdir(), "orch-chacra-"))
process.on("exit", () => rmSync(directory, { recursive: true, force: true }))

const packageFile = (nevra: string): Content => {
  const [name, evr, arch] = /^(.*)-(?:\d+:)?([^-]+-[^-]+)\.([^.]+)$/.exec(nevra)!.slice(1)
  const location = join(directory, `${name}-${evr}.${arch}.rpm`)
  writeFileSync(location, `the bytes of ${nevra}`)
  return { _tag: "Package", nevra, location }
}

const packages = ["a-0:1-1.noarch", "b-0:1-1.x86_64", "b-0:1-1.src", "c-1:2-3.aarch64"].map(packageFile)

const options = (chacra: FakeChacra.FakeChacra): ChacraRepositoryHost.Options => ({
  url: chacra.url,
  user: chacra.user,
  key: chacra.key,
  project: "modules",
  place: (name) => ({
    ref: name.replaceAll("/", "@"),
    sha1: "current",
    distro: "centos",
    version: "9",
    flavor: "default"
  }),
  timeoutMillis: 10_000,
  pollMillis: 5,
  rebuildMillis: 10_000
})

/** What readers see: the files of the last rebuild by the NEVRA of each, and the modules of the extra. */
const read = (publication: Publication) =>
  Effect.promise(async () => {
    const files = await fetch(publication.url)
    if (!files.ok) return []
    const seen = (await files.json() as ReadonlyArray<string>).map((path) => path.slice(path.indexOf("/") + 1))
    const nevras = packages.flatMap((each) =>
      each._tag === "Package" && seen.includes(each.location.slice(directory.length + 1)) ? [each.nevra] : []
    )
    const repo = await (await fetch(publication.url.replace("/r/", "/repos/"))).json() as {
      readonly extra: { readonly orch: { readonly modules: ReadonlyArray<{ readonly id: string }> } }
    }
    return [...nevras, ...repo.extra.orch.modules.map(({ id }) => id)]
  })

const server = Layer.effect(
  Chacra,
  Effect.acquireRelease(Effect.promise(() => FakeChacra.start()), ({ close }) => Effect.promise(close))
)
const host = Layer.unwrap(Effect.map(Chacra, (chacra) => ChacraRepositoryHost.layer(options(chacra))))

repositoryHostContract("chacra", {
  layer: Layer.provideMerge(host, server),
  packages: packages as [Content, Content, Content, Content],
  unreadable: { _tag: "Package", nevra: "gone-0:1-1.noarch", location: join(directory, "gone-1-1.noarch.rpm") },
  read
})

describe("the chacra adapter", () => {
  const withHost = <A>(
    use: (
      chacra: FakeChacra.FakeChacra,
      host: ReturnType<typeof ChacraRepositoryHost.make>
    ) => Effect.Effect<A, unknown>
  ) =>
    Effect.scoped(Effect.gen(function*() {
      const chacra = yield* Effect.acquireRelease(Effect.promise(() => FakeChacra.start()), ({ close }) =>
        Effect.promise(close))
      return yield* use(chacra, ChacraRepositoryHost.make(options(chacra)))
    }))

  it.live("sends a file again that arrived damaged", () =>
    withHost((chacra, host) =>
      Effect.gen(function*() {
        yield* host.ensure("damaged")
        chacra.damageNext = 1
        yield* host.change("damaged", { key: "1", add: [packages[0]!], remove: [] })
        assert.deepStrictEqual(yield* read(yield* host.publish("damaged")), ["a-0:1-1.noarch"])
        chacra.damageNext = 2
        const refused = yield* Effect.flip(host.change("damaged", { key: "2", add: [packages[1]!], remove: [] }))
        assert.strictEqual(refused.reason, "unreachable")
        assert.deepStrictEqual(yield* host.contents("damaged"), ["a-0:1-1.noarch"])
      })
    ))

  it.live("says what is wrong with credentials and addresses", () =>
    withHost((chacra) =>
      Effect.gen(function*() {
        const wrong = ChacraRepositoryHost.make({ ...options(chacra), key: "wrong" })
        assert.strictEqual((yield* Effect.flip(wrong.ensure("x"))).reason, "refused")
        const nowhere = ChacraRepositoryHost.make({ ...options(chacra), url: "http://127.0.0.1:9" })
        assert.strictEqual((yield* Effect.flip(nowhere.ensure("x"))).reason, "unreachable")
      })
    ))
})

const chacractl = await PythonTool.prepare({
  name: "chacractl",
  version: "0.0.25",
  program: "chacractl",
  probe: ["--version"],
  variable: "ORCH_TEST_CHACRACTL"
})
const missing = "missing" in chacractl ? chacractl.missing : undefined

describe.skipIf(missing !== undefined)(
  `the fake under chacra's own client${missing === undefined ? "" : ` [skipped: ${missing}]`}`,
  () => {
    it("takes uploads, refuses repetitions, verifies checksums, deletes and rebuilds", async () => {
      const chacra = await FakeChacra.start()
      const home = join(directory, "home")
      mkdirSync(home, { recursive: true })
      writeFileSync(
        join(home, ".chacractl"),
        `url = "${chacra.url}"\nuser = "${chacra.user}"\nkey = "${chacra.key}"\nssl_verify = False\n`
      )
      const { spawn } = await import("node:child_process")
      const run = (input: string, ...args: ReadonlyArray<string>) =>
        new Promise<string>((resolve, reject) => {
          const child = spawn("program" in chacractl ? chacractl.program : "false", args, {
            env: { ...process.env, HOME: home }
          })
          let output = ""
          child.stdout.on("data", (chunk) => output += String(chunk))
          child.stderr.on("data", (chunk) => output += String(chunk))
          child.on("error", reject).on("close", (code) =>
            code === 0 ? resolve(output) : reject(new Error(`${code}: ${output}`)))
          child.stdin.end(input)
        })
      const place = "ceph/main/abc/centos/9/x86_64/flavors/default"
      const file = packages[1]!._tag === "Package" ? packages[1]!.location : ""
      try {
        assert.include(await run(`${file}\n`, "binary", "create", place), "POSTing file")
        assert.include(await run(`${file}\n`, "binary", "create", place), "SKIP")
        assert.include(await run(`${file}\n`, "binary", "--force", "create", place), "PUTing file")
        assert.include(await run("", "repo", "update", "ceph/main/abc/centos/9/flavors/default"), "needs_update: True")
        assert.include(await run("", "repo", "set-raw", "ceph/main/abc/centos/9/flavors/default"), "type: raw")
        assert.include(await run("", "binary", "delete", `${place}/${file.split("/").at(-1)}`), "DELETE file")
        const gone = await fetch(`${chacra.url}/repos/ceph/main/abc/centos/9/flavors/default/`)
        assert.strictEqual(gone.status, 404)
      } finally {
        await chacra.close()
      }
    })
  }
)
