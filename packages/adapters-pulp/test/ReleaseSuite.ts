/** A release as people make it: packages and modules built and signed, planned, committed, installed with dnf, and taken back. */
import { assert, describe, it } from "@effect/vitest"
import type { Erratum } from "@orch/core/farm/Advisory"
import type { Publication } from "@orch/core/ports/RepositoryHost"
import * as Release from "@orch/core/release/Release"
import type { ReleaseModule, ReleasePackage } from "@orch/core/release/ReleasePackage"
import * as ReleasePlanning from "@orch/core/release/ReleasePlanning"
import { describe as tell } from "@orch/core/release/ReleaseProblem"
import type { ReleaseTarget } from "@orch/core/release/ReleaseTarget"
import { carryOut } from "@orch/core/testing/ReleaseRunner"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import * as PulpRepositoryHost from "../src/PulpRepositoryHost.ts"
import { connect, type Where } from "./Connections.ts"
import * as Dnf from "./Dnf.ts"
import * as Modules from "./Modules.ts"
import * as Repodata from "./Repodata.ts"
import * as Rpms from "./Rpms.ts"
import * as SigningKey from "./SigningKey.ts"

export interface Extent {
  readonly packages: number
  readonly modules: number
  /** At most six, one for each. */
  readonly families: number
  /** Whether dnf can read what is published. */
  readonly installs: boolean
}

const run = Date.now().toString(36)

/** What users are told of the release. */
const erratum: Erratum = {
  id: `TEST-2026:${Date.now() % 1_000_000}`,
  type: "security",
  severity: "Important",
  title: `Tests of ${run}`,
  description: "Line 1\nline 2 & <more>",
  references: [{ href: "https://example.org/?a=1&b=2", id: "CVE-2026-1", title: "CVE-2026-1", type: "cve" }]
}

const packageOf = (rpm: Rpms.Rpm, module?: string): ReleasePackage => ({
  nevra: rpm.nevra,
  sha256: createHash("sha256").update(readFileSync(rpm.location)).digest("hex"),
  location: rpm.location,
  build: 1,
  source: rpm.nevra.replace(/-0:.*/, ""),
  signers: SigningKey.missing === undefined ? SigningKey.signersOf(rpm.location) : [],
  ...(module === undefined ? {} : { module })
})

/** Registers the suite; a test is left out where something is missing that it needs. */
export const register = (
  name: string,
  where: Where,
  { families, installs, modules, packages }: Extent
): void => {
  const missing = Rpms.missing ?? SigningKey.missing
  const title =
    `brings ${packages} packages and ${modules} modules to ${families} repositories, and takes them back exactly`
  describe(name, () => {
    if (missing !== undefined) return it.skip(`${title} [skipped: ${missing}]`, () => {})
    it.live(title, () =>
      Effect.scoped(Effect.gen(function*() {
        const key = SigningKey.make()
        const names = ["BaseOS", "AppStream", "Extras", "Devel", "Tools", "Plus"].slice(0, families)
        const at = (family: string) => `release-${run}/${family}`
        const plain = Rpms.build(Array.from({ length: packages }, (_, index) => ({
          name: `plain-${run}-${index}`,
          requires: index === 0 ? [] : [`plain-${run}-0`]
        })))
        const built = Array.from({ length: modules }, (_, index) => {
          const [name, stream, context] = [`mod-${run}-${index}`, "1", "c0ffee42"]
          const release = `1.module_el9+1+${context}`
          const version = Date.now() * 1000 + index
          const [rpm] = Rpms.build([{ name: `${name}-app`, release }], {
            macros: { modularitylabel: `${name}:${stream}:${version}:${context}` }
          })
          const profile = [`${name}-app`]
          const document = Modules.make({ name, stream, context, version, artifacts: [rpm!.nevra], profile })
          return { rpm: rpm!, document, stream: `${name}:${stream}` }
        })
        key.sign([...plain, ...built.map(({ rpm }) => rpm)].map(({ location }) => location))

        const connection = yield* connect(where)
        const host = PulpRepositoryHost.make(connection)
        const target: ReleaseTarget = {
          platform: "el9",
          repositories: names.map((family) => ({ name: at(family), family, arch: "x86_64", kind: "binary" })),
          rules: [
            ...names.slice(1).map((family, index) => ({ names: `plain-*-*${index}`, family })),
            { names: "mod-*", family: names.at(-1)! },
            { names: "*", family: names[0]! }
          ],
          keys: [key.fingerprint],
          signatures: "required",
          downgrades: "refused"
        }
        const released: ReadonlyArray<ReleasePackage> = [
          ...plain.map((rpm) => packageOf(rpm)),
          ...built.map(({ rpm, stream }) => packageOf(rpm, stream))
        ]
        const documents = built.map(({ document, rpm }): ReleaseModule => ({
          id: document.id,
          text: document.text,
          build: 1,
          artifacts: [rpm.nevra]
        }))
        const plan = ReleasePlanning.plan({
          target,
          packages: released,
          modules: documents,
          present: [],
          presentModules: [],
          reference: [],
          edits: []
        })
        assert.deepStrictEqual(plan.problems.map(tell), [])

        // Something was there before: that is what comes back.
        const [before] = Rpms.build([{ name: `before-${run}` }])
        const first = at(names[0]!)
        yield* host.ensure(first)
        yield* host.change(first, { key: "before", add: [before!], remove: [] })
        const publication = yield* host.publish(first)
        const seen = yield* Effect.promise(() => Repodata.read(publication.url))

        const order = { platform: "el9", builds: [1], by: "releng" }
        const done = yield* carryOut(host, Release.unborn(Date.now() % 1_000_000, order), [
          { _tag: "Submitted" },
          { _tag: "Planned", edits: 0, plan },
          { _tag: "Described", by: "releng", erratum },
          { _tag: "CommitRequested", by: "releng" }
        ])
        assert.deepStrictEqual([done.state, done.reason], ["released", "Readers see all of it"])
        const publications: ReadonlyArray<Publication> = yield* Effect.forEach(names, (family) =>
          host.publish(at(family)))
        const shown = yield* Effect.forEach(publications, ({ url }) =>
          Effect.promise(() => Repodata.read(url)))
        assert.sameMembers(
          shown.flatMap((one) => one?.packages ?? []),
          [before!.nevra, ...released.map(({ nevra }) => nevra)]
        )
        assert.sameMembers(shown.flatMap((one) => one?.modules ?? []), documents.map(({ id }) => id))
        assert.includeMembers(shown.flatMap((one) => one?.checksums ?? []), released.map(({ sha256 }) => sha256))
        // What users are told names every package once, and the version of each module in full.
        const told = shown.map((one) => one?.updates ?? "").join("\n")
        for (const { nevra, sha256 } of released) {
          assert.strictEqual(told.split(`>${sha256}<`).length, 2, nevra)
        }
        for (const { id } of documents) assert.include(told, `version="${id.split(":")[2]}"`)
        assert.include(told, `<id>${erratum.id}</id>`)

        if (installs && Dnf.missing === undefined) {
          const urls = publications.map(({ url }) => url)
          const last = plain.at(-1)!
          const own = Dnf.install(urls, ["install", last.nevra.replace(/-0:.*/, "")], key.file)
          assert.deepStrictEqual(own, [...new Set([plain[0]!.nevra, last.nevra])].sort())
          const { rpm, stream } = built.at(-1)!
          assert.deepStrictEqual(Dnf.install(urls, ["module", "install", `${stream}/default`], key.file), [rpm.nevra])
        }

        const back = yield* carryOut(host, done, [{ _tag: "RevertRequested", by: "releng", why: "to see it go" }])
        assert.strictEqual(back.state, "reverted")
        assert.deepStrictEqual(yield* Effect.promise(() => Repodata.read(publication.url)), seen)
        for (const { name, url } of publications) {
          if (name === first) continue
          assert.isUndefined(yield* Effect.promise(() => Repodata.read(url)))
          assert.deepStrictEqual(yield* host.contents(name), [])
        }
      })), 900_000)
  })
}
