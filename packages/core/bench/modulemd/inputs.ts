/** Made up module metadata in the proportions of real repositories. */
import * as Modulemd from "../../src/modulemd/Modulemd.ts"
import * as Component from "../../src/modulemd/ModulemdComponent.ts"
import * as ModuleStreamV2 from "../../src/modulemd/ModuleStreamV2.ts"

const stream = (i: number): ModuleStreamV2.ModuleStreamV2 => {
  const rpms = Array.from({ length: 40 }, (_, k) => `package${i}-part${String(k).padStart(2, "0")}`)
  return ModuleStreamV2.make({
    name: `module${i >> 2}`,
    stream: `${i & 3}.10`,
    version: 8020020200715124551n + BigInt(i),
    context: "c0ffee43",
    arch: "x86_64",
    summary: `Module number ${i}`,
    description: "A module that is made up, with a description of usual length that goes over more than one line.",
    license: { module: ["MIT"], content: ["Apache-2.0", "GPL-2.0-or-later", "MIT"] },
    dependencies: [{
      buildrequires: new Map([["platform", ["el8.2.0"]]]),
      requires: new Map([["platform", ["el8"]], [`module${(i >> 2) + 1}`, []]])
    }],
    references: { community: "https://example.com/", documentation: "https://example.com/docs", tracker: undefined },
    profiles: new Map([["common", { description: "What most want", rpms: rpms.slice(0, 4), default: false }]]),
    api: rpms.slice(0, 12),
    components: {
      rpms: new Map(
        rpms.slice(0, 8).map((name, k) => [
          name,
          Component.rpm({
            rationale: "Needed by the others.",
            ref: "8f2a6c1e0b7d4a5f9c3e2d1b0a9f8e7d6c5b4a39",
            buildorder: BigInt(k),
            arches: ["aarch64", "i686", "ppc64le", "s390x", "x86_64"]
          })
        ])
      ),
      modules: new Map()
    },
    artifacts: { rpms: rpms.map((name) => `${name}-0:1.${i}-1.module+el8.2.0+7000+c0ffee43.x86_64`), rpmMap: new Map() }
  })
}

/** Some 5.5 kB per stream. */
export const index = (streams: number): string => Modulemd.write(Array.from({ length: streams }, (_, i) => stream(i)))

/** Minimal documents of one stream that differ in their version. */
export const versions = (count: number): string =>
  Modulemd.write(Array.from({ length: count }, (_, i) =>
    ModuleStreamV2.make({
      name: "one",
      stream: "1",
      version: BigInt(i + 1),
      context: "c0ffee43",
      arch: "x86_64",
      summary: "s",
      description: "d",
      license: { module: ["MIT"], content: [] }
    })))
