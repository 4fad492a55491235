/** What every module is held to. */
import { assert, describe, it } from "@effect/vitest"
import * as ModuleChecks from "../../src/gating/ModuleChecks.ts"
import * as Modulemd from "../../src/modulemd/Modulemd.ts"
import type { ModuleStreamV2 } from "../../src/modulemd/ModuleStreamV2.ts"

const document = Modulemd.read(`---
document: modulemd
version: 2
data:
  name: web
  stream: "1"
  version: 1
  context: c0ffee00
  summary: Test
  description: For tests
  license: {module: [MIT]}
  profiles:
    default: {rpms: [httpd]}
    client: {rpms: [curl]}
  api: {rpms: [httpd]}
  filter: {rpms: [httpd-devel]}
  components:
    rpms:
      httpd: {rationale: Test}
      curl: {rationale: Test}
...
`).documents[0] as ModuleStreamV2

const pkg = (name: string, more: Partial<ModuleChecks.CheckedPackage> = {}): ModuleChecks.CheckedPackage => ({
  nevra: `${name}-0:1-1.x86_64`,
  name,
  version: "1-1",
  requires: [],
  provides: [],
  conflicts: [],
  obsoletes: [],
  files: new Map(),
  ...more
})

const well: ModuleChecks.CheckedModule = {
  document,
  built: new Map([["httpd", ["httpd", "httpd-devel"]], ["curl", ["curl"]]]),
  packages: [
    pkg("httpd", { requires: ["libc.so.6", "curl"], files: new Map([["/usr/sbin/httpd", "a"]]) }),
    pkg("curl", { requires: ["zlib >= 1"], files: new Map([["/usr/bin/curl", "b"]]) })
  ],
  required: [pkg("zlib")],
  platform: { packages: [pkg("glibc", { provides: ["libc.so.6"] })], owners: new Map() }
}

const found = (module: ModuleChecks.CheckedModule) =>
  Object.fromEntries(ModuleChecks.run(module).map(({ name, note, outcome }) => [name, [outcome, note]]))
const failing = (module: ModuleChecks.CheckedModule) =>
  ModuleChecks.run(module).filter(({ outcome }) => outcome === "failed").map(({ name, note }) => [name, note])

describe("a module", () => {
  it("passes where all is as it should be", () => {
    assert.deepStrictEqual(ModuleChecks.run(well).map(({ outcome }) => outcome), [
      "passed",
      "passed",
      "passed",
      "passed"
    ])
  })

  it("fails where its document names what is not shipped, or what was not built", () => {
    const module = { ...well, built: new Map([["httpd", ["httpd"]]]) }
    assert.deepStrictEqual(failing(module), [[
      "orch.module.artifacts",
      "component curl has no packages; profile client names curl, which is not shipped; "
      + "the filter names httpd-devel, which was not built"
    ]])
  })

  it("fails where a package needs what nobody offers, and so do the profiles with it", () => {
    const module = { ...well, required: [] }
    assert.deepStrictEqual(failing(module), [
      [
        "orch.module.dependencies",
        "httpd-0:1-1.x86_64 needs curl; curl-0:1-1.x86_64 needs zlib >= 1"
      ],
      ["orch.module.installability", "profile default: httpd needs curl; profile client: curl needs zlib >= 1"]
    ])
  })

  it("fails where a file of it is in a package of the platform, unless one of them gives way", () => {
    const owners = new Map([["/usr/bin/curl", ["curl-minimal"]], ["/usr/sbin/httpd", ["httpd"]]])
    const module = { ...well, platform: { packages: well.platform!.packages, owners } }
    assert.deepStrictEqual(failing(module), [[
      "orch.module.file-conflicts",
      "/usr/bin/curl of curl is in curl-minimal of the platform"
    ]])
    const yields = {
      ...module,
      packages: [module.packages![0]!, { ...module.packages![1]!, obsoletes: ["curl-minimal < 2"] }]
    }
    assert.deepStrictEqual(failing(yields), [])
  })

  it("fails where two of its packages have one file with other contents", () => {
    const [httpd, curl] = well.packages!
    const shared = (content: string) => ({ ...curl!, files: new Map([["/usr/sbin/httpd", content]]) })
    assert.deepStrictEqual(failing({ ...well, packages: [httpd!, shared("a")] }), [])
    assert.deepStrictEqual(failing({ ...well, packages: [httpd!, shared("z")] }).map(([name]) => name), [
      "orch.module.file-conflicts"
    ])
  })

  it("is told what could not be looked at, and fails for none of it", () => {
    const unknown = found({ ...well, packages: undefined, platform: undefined })
    assert.deepStrictEqual(unknown["orch.module.artifacts"]![0], "passed")
    assert.deepStrictEqual(unknown["orch.module.dependencies"], [
      "unknown",
      "its packages are not on this machine; the packages of its platform are not known"
    ])
    assert.strictEqual(unknown["orch.module.installability"]![0], "unknown")
    assert.strictEqual(unknown["orch.module.file-conflicts"]![0], "unknown")
  })
})
