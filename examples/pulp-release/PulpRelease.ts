/**
 * Releases RPM files to a Pulp and takes them back:
 *
 *     ORCH_PULP_URL=https://pulp.example.org ORCH_PULP_USER=orch ORCH_PULP_PASSWORD=… node PulpRelease.ts a.rpm b.rpm
 *
 * Without an address it uses a Pulp in memory. This is a release from end to end without a server: plan, commit, look, take back.
 */
import { PulpRepositoryHost, PulpTransport } from "@orch/adapters-pulp"
import * as FakePulp from "@orch/adapters-pulp/testing/FakePulp"
import { RepositoryHost } from "@orch/core/ports/RepositoryHost"
import * as Release from "@orch/core/release/Release"
import type { ReleasePackage } from "@orch/core/release/ReleasePackage"
import * as ReleasePlanning from "@orch/core/release/ReleasePlanning"
import * as ReleaseProblem from "@orch/core/release/ReleaseProblem"
import { carryOut } from "@orch/core/testing/ReleaseRunner"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const repository = "example/x86_64"

const read = (location: string): ReleasePackage => {
  const form = "%{NAME}-%|EPOCH?{%{EPOCH}}:{0}|:%{VERSION}-%{RELEASE}.%{ARCH} %{NAME}"
  const [nevra = "", source = ""] = execFileSync("rpm", ["-qp", "--nosignature", "--qf", form, location], {
    encoding: "utf8"
  }).split(" ")
  const sha256 = createHash("sha256").update(readFileSync(location)).digest("hex")
  return { nevra, source, sha256, location, build: 1, signers: [] }
}

/** Releases the files, tells what readers see, and takes the release back; `say` gets a line at a time. */
export const run = Effect.fnUntraced(function*(files: ReadonlyArray<string>, say: (line: string) => void) {
  const host = yield* RepositoryHost
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
    packages: files.map(read),
    modules: [],
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
  for (const nevra of yield* host.contents(repository)) say(`readers can install ${nevra}`)
  const back = yield* carryOut(host, released, [{ _tag: "RevertRequested", by: "you", why: "this is an example" }])
  say(`${back.state}: ${back.reason}`)
  say(`${(yield* host.contents(repository)).length} packages are left`)
})

const main = async () => {
  const { ORCH_PULP_PASSWORD = "", ORCH_PULP_URL, ORCH_PULP_USER = "admin" } = process.env
  const fake = ORCH_PULP_URL === undefined ? await FakePulp.start() : undefined
  const { password, url, username } = fake ??
    { url: ORCH_PULP_URL!, username: ORCH_PULP_USER, password: ORCH_PULP_PASSWORD }
  const layer = PulpRepositoryHost.layer({
    url,
    credentials: { _tag: "Password", username, password: Redacted.make(password) }
  }).pipe(Layer.provide(PulpTransport.layer()))
  await Effect.runPromise(Effect.provide(run(process.argv.slice(2), console.log), layer))
  await fake?.close()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
