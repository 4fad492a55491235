/**
 * Releases RPM files and documents of modules to a Pulp, has dnf install from it, and takes the release back:
 *
 *     ORCH_PULP_URL=https://pulp.example.org ORCH_PULP_USER=orch ORCH_PULP_PASSWORD=… \
 *       node PulpRelease.ts tea.rpm pot.rpm pot.yaml --install tea --install-module pot:3/default
 *
 * Without an address it uses a Pulp in memory, which dnf can read as well, except for the packages themselves. This is a release from end
 * to end without a server: plan, commit, look, take back.
 */
import { PulpRepositoryHost, PulpTransport } from "@orch/adapters-pulp"
import * as FakePulp from "@orch/adapters-pulp/testing/FakePulp"
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import * as ModulemdDocument from "@orch/core/modulemd/ModulemdDocument"
import * as Upgrade from "@orch/core/modulemd/ModulemdUpgrade"
import { RepositoryHost } from "@orch/core/ports/RepositoryHost"
import * as Release from "@orch/core/release/Release"
import type { ReleaseModule, ReleasePackage } from "@orch/core/release/ReleasePackage"
import * as ReleasePlanning from "@orch/core/release/ReleasePlanning"
import * as ReleaseProblem from "@orch/core/release/ReleaseProblem"
import { carryOut } from "@orch/core/testing/ReleaseRunner"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"

const repository = "example/x86_64"

/** What is to be released, and what dnf is to install afterwards. */
export interface Wanted {
  /** Paths of RPMs and of documents of modules, `.yaml`. */
  readonly files: ReadonlyArray<string>
  readonly install: ReadonlyArray<string>
  readonly installModules: ReadonlyArray<string>
}

const readPackage = (location: string, modules: ReadonlyArray<ReleaseModule>): ReleasePackage => {
  const form = "%{NAME}-%|EPOCH?{%{EPOCH}}:{0}|:%{VERSION}-%{RELEASE}.%{ARCH} %{NAME}"
  const [nevra = "", source = ""] = execFileSync("rpm", ["-qp", "--nosignature", "--qf", form, location], {
    encoding: "utf8"
  }).split(" ")
  const sha256 = createHash("sha256").update(readFileSync(location)).digest("hex")
  const module = modules.find(({ artifacts }) => artifacts.includes(nevra))
  const belongs = module === undefined ? {} : { module: module.id.split(":", 2).join(":") }
  return { nevra, source, sha256, location, build: 1, signers: [], ...belongs }
}

const readModules = (location: string): ReadonlyArray<ReleaseModule> =>
  Modulemd.read(readFileSync(location, "utf8")).documents.flatMap((document) => {
    const stream = Upgrade.toStream(document)
    if (stream === undefined) return []
    const id = ModulemdDocument.nsvca(document)
    return [{ id, text: Modulemd.write(document), build: 1, artifacts: stream.artifacts.rpms }]
  })

/** Has dnf install into an empty folder, and answers what is in it then. */
const dnf = (url: string, args: ReadonlyArray<string>): ReadonlyArray<string> => {
  const root = mkdtempSync(join(tmpdir(), "orch-example-"))
  try {
    execFileSync(
      "dnf",
      [
        "-y",
        `--installroot=${root}`,
        `--repofrompath=example,${url}`,
        "--disablerepo=*",
        "--enablerepo=example",
        "--nogpgcheck",
        "--setopt=module_platform_id=platform:el9",
        "--setopt=reposdir=/nonexistent",
        `--setopt=cachedir=${root}/var/cache/dnf`,
        "--releasever=9",
        ...args
      ],
      { stdio: "pipe" }
    )
    return execFileSync("rpm", ["--root", root, "-qa"], { encoding: "utf8" }).split("\n").filter((line) => line !== "")
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** Releases what is wanted, tells what readers see, and takes the release back; `say` gets a line at a time. */
export const run = Effect.fnUntraced(
  function*({ files, install, installModules }: Wanted, say: (line: string) => void) {
    const host = yield* RepositoryHost
    const modules = files.filter((file) => file.endsWith(".yaml")).flatMap(readModules)
    const packages = files.filter((file) => file.endsWith(".rpm")).map((file) => readPackage(file, modules))
    const plan = ReleasePlanning.plan({
      target: {
        platform: "example",
        repositories: [{ name: repository, family: "example", arch: "x86_64", kind: "binary" }],
        rules: [],
        fallback: "example",
        keys: [],
        signatures: "reported",
        downgrades: "refused"
      },
      packages,
      modules,
      present: [],
      presentModules: [],
      reference: [],
      edits: []
    })
    for (const problem of plan.problems) say(`${problem.severity}: ${ReleaseProblem.describe(problem)}`)
    const order = { platform: "example", builds: [1], by: "you" }
    const released = yield* carryOut(host, Release.unborn(Date.now() % 1_000_000_000, order), [
      { _tag: "Submitted" },
      { _tag: "Planned", edits: 0, plan },
      { _tag: "CommitRequested", by: "you" }
    ])
    say(`${released.state}: ${released.reason}`)
    for (const id of yield* host.contents(repository)) say(`readers can install ${id}`)
    const { url } = yield* host.publish(repository)
    for (const name of install) say(`dnf installed ${dnf(url, ["install", name]).join(", ")}`)
    for (const module of installModules) say(`dnf installed ${dnf(url, ["module", "install", module]).join(", ")}`)
    const back = yield* carryOut(host, released, [{ _tag: "RevertRequested", by: "you", why: "this is an example" }])
    say(`${back.state}: ${back.reason}`)
    say(`${(yield* host.contents(repository)).length} packages are left`)
  }
)

const main = async () => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      install: { type: "string", multiple: true, default: [] },
      "install-module": { type: "string", multiple: true, default: [] }
    }
  })
  const { ORCH_PULP_PASSWORD = "", ORCH_PULP_URL, ORCH_PULP_USER = "admin" } = process.env
  const fake = ORCH_PULP_URL === undefined ? await FakePulp.start() : undefined
  const { password, url, username } = fake ??
    { url: ORCH_PULP_URL!, username: ORCH_PULP_USER, password: ORCH_PULP_PASSWORD }
  const layer = PulpRepositoryHost.layer({
    url,
    credentials: { _tag: "Password", username, password: Redacted.make(password) }
  }).pipe(Layer.provide(PulpTransport.layer()))
  const wanted = { files: positionals, install: values.install, installModules: values["install-module"] }
  await Effect.runPromise(Effect.provide(run(wanted, console.log), layer))
  await fake?.close()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
