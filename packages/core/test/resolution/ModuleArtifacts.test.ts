import { assert, describe, it } from "@effect/vitest"
import * as ModuleArtifacts from "@orch/core/resolution/ModuleArtifacts"

describe("ModuleArtifacts", () => {
  const rpm = (name: string, arch: string, srpm = "dhcp", fields: Partial<ModuleArtifacts.Rpm> = {}) => ({
    nevra: `${name}-0:1-1.${arch}`,
    name,
    arch,
    srpmName: srpm,
    srpmNevra: `${srpm}-0:1-1.src`,
    license: "MIT",
    ...fields
  })
  const rules = { filter: ["dhcp-devel"], components: { dhcp: {}, perl: { multilib: ["x86_64"] } } }
  const all = [
    rpm("dhcp", "src"),
    rpm("dhcp", "x86_64"),
    rpm("dhcp", "i686"),
    rpm("dhcp", "s390x"),
    rpm("dhcp-devel", "x86_64"),
    rpm("dhcp-devel-debuginfo", "x86_64"),
    rpm("dhcp-debuginfo", "x86_64"),
    rpm("dhcp-debugsource", "x86_64"),
    rpm("perl", "src", "perl", { license: "GPL" }),
    rpm("perl", "i686", "perl", { license: "GPL" }),
    rpm("perl-doc", "noarch", "perl", { excludeArch: ["x86_64"] }),
    rpm("stranger", "x86_64", "stranger")
  ]

  it("takes what fits the architecture, filter, multilib and debug rules", () => {
    assert.deepStrictEqual(ModuleArtifacts.select(all, rules, "x86_64"), {
      rpms: [
        "dhcp-0:1-1.src",
        "dhcp-0:1-1.x86_64",
        "dhcp-debuginfo-0:1-1.x86_64",
        "dhcp-debugsource-0:1-1.x86_64",
        "perl-0:1-1.i686",
        "perl-0:1-1.src"
      ],
      licenses: ["GPL", "MIT"]
    })
  })

  const names: ReadonlyArray<readonly [arch: string, exclusive: string, fits: boolean]> = [
    ["x86_64", "x86_64", true],
    ["x86_64", "amd64", false],
    ["x86_64", "i686", false],
    ["i686", "i386", true],
    ["armv7hl", "armv6hl", true],
    ["s390x", "s390", false]
  ]
  for (const [arch, exclusive, fits] of names) {
    it(`${fits ? "takes" : "leaves out"} on ${arch} what is exclusive to ${exclusive}`, () => {
      const only = rpm("dhcp", "noarch", "dhcp", { exclusiveArch: [exclusive] })
      assert.deepStrictEqual(ModuleArtifacts.select([only], rules, arch).rpms.includes(only.nevra), fits)
    })
  }

  it("gives the rest to the devel module", () => {
    assert.deepStrictEqual(ModuleArtifacts.select(all, rules, "x86_64", true).rpms, [
      "dhcp-0:1-1.i686",
      "dhcp-devel-0:1-1.x86_64",
      "dhcp-devel-debuginfo-0:1-1.x86_64",
      "stranger-0:1-1.x86_64"
    ])
  })
})
