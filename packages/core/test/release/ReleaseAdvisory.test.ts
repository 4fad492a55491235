/** What users of a repository are told of a release, and how dnf reads it. */
import { assert, describe, it } from "@effect/vitest"
import type { Erratum } from "../../src/farm/Advisory.ts"
import * as UpdateInfo from "../../src/farm/UpdateInfo.ts"
import * as ReleaseAdvisory from "../../src/release/ReleaseAdvisory.ts"
import * as World from "./World.ts"

const erratum: Erratum = {
  id: "ALSA-2026:0001",
  type: "security",
  severity: "Important",
  title: "tea & <cake>",
  description: "line 1\nline \"2\" \u0001",
  references: [{ href: "https://example.org/?a=1&b=2", id: "CVE-2026-1", title: "CVE-2026-1", type: "cve" }]
}

const packages = [
  World.rpm("tea-0:1-1.el9.x86_64"),
  World.rpm("tea-debuginfo-0:1-1.el9.x86_64"),
  World.rpm("tea-0:1-1.el9.src", { source: "tea" }),
  World.rpm("pot-2:3-1.module_el9+1+c0ffee42.noarch", { module: "pot:3" })
]
const modules = [{ id: "pot:3:20261129:c0ffee42:x86_64", artifacts: ["pot-2:3-1.module_el9+1+c0ffee42.noarch"] }]

describe("an advisory", () => {
  const made = ReleaseAdvisory.make(erratum, Date.UTC(2026, 10, 29, 1, 2, 3), packages, modules)!

  it("is about what can be installed, modular packages under their module", () => {
    assert.deepStrictEqual(
      made.collections.map(({ module, packages: own }) => [module, own.map(({ nevra }) => nevra)]),
      [
        [undefined, ["tea-0:1-1.el9.x86_64"]],
        ["pot:3:20261129:c0ffee42:x86_64", ["pot-2:3-1.module_el9+1+c0ffee42.noarch"]]
      ]
    )
    assert.deepStrictEqual(made.collections.flatMap(({ packages: own }) => own.map(({ source }) => source)), [
      "tea-1-1.el9.src.rpm",
      "pot-3-1.module_el9+1+c0ffee42.src.rpm"
    ])
  })

  it("is not made of a repository that gets sources and debugging information alone", () => {
    assert.isUndefined(ReleaseAdvisory.make(erratum, 0, packages.slice(1, 3), []))
  })

  it("is written as XML that holds every word of it", () => {
    const text = UpdateInfo.write([made])
    for (
      const line of [
        "<update from=\"orch\" status=\"final\" type=\"security\" version=\"1\">",
        "<title>tea &amp; &lt;cake&gt;</title>",
        "<issued date=\"2026-11-29 01:02:03\"/>",
        "<severity>Important</severity>",
        "<description>line 1\nline &quot;2&quot; \ufffd</description>",
        "<reference href=\"https://example.org/?a=1&amp;b=2\" id=\"CVE-2026-1\" title=\"CVE-2026-1\" type=\"cve\"/>",
        "<module name=\"pot\" stream=\"3\" version=\"20261129\" context=\"c0ffee42\" arch=\"x86_64\"/>",
        "<filename>pot-3-1.module_el9+1+c0ffee42.noarch.rpm</filename>",
        "<sum type=\"sha256\">sum of tea-0:1-1.el9.x86_64</sum>"
      ]
    ) assert.include(text, line)
  })
})
