import { assert, it } from "@effect/vitest"
import * as PoolComponent from "@orch/core/builderpool/PoolComponent"
import * as ComponentTasks from "@orch/server/poolfarm/ComponentTasks"
import type { StoredBuildroot } from "@orch/server/poolfarm/statements/PoolFarmStatements"

const platform = {
  id: 1,
  name: "Test-9",
  type: "rpm" as const,
  distrType: "rhel",
  distrVersion: "9",
  testDistName: "rhel",
  archList: ["x86_64"],
  data: {},
  modularity: null,
  pgpKey: null
}

const plan: StoredBuildroot["plan"] = {
  key: "module-build/1",
  owner: "ann",
  name: "perl",
  stream: "5.40",
  version: 1n,
  context: "c0ffee42",
  platform: "el9",
  arches: ["x86_64"],
  distTag: "module+el9+1+abcdef01",
  macros: "",
  packages: ["perl"],
  modules: [
    { name: "product", stream: "9", version: 1n, context: "00000000", location: "/base", base: true },
    { name: "gcc", stream: "14", version: 1n, context: "00000000", location: "https://modules/gcc" }
  ],
  groups: {},
  blocked: [],
  scratch: false
}

const offerOf = (own: StoredBuildroot["plan"]) =>
  ComponentTasks.offers(
    {
      id: 5,
      buildroot: "b",
      key: "k",
      request: {
        key: "k",
        component: "perl",
        source: { _tag: "Git", repository: "https://git/rpms/perl", commit: "0".repeat(40) },
        arches: ["x86_64"],
        priority: 0,
        buildOnly: false
      },
      firstTask: 10,
      component: PoolComponent.make(["x86_64"])
    },
    [PoolComponent.source],
    {
      buildroot: { id: "b", plan: own, repositories: [], revision: 0 },
      platform,
      repositories: [],
      seconds: () => undefined,
      class: "modules",
      email: "ann@example.org"
    }
  )[0]!

it("components of a module count for whoever asked for it, not for the module", () => {
  const offer = offerOf(plan)
  assert.strictEqual(offer.owner, "ann")
  assert.deepStrictEqual((offer.payload as { created_by: object }).created_by, {
    name: "ann",
    email: "ann@example.org"
  })
  assert.strictEqual(offer.class, "modules")
  const { owner: _, ...before } = plan
  assert.strictEqual(offerOf(before).owner, "perl:5.40")
})

it("a base module is the product itself, whatever its name: neither a repository nor enabled", () => {
  const { platform: { data }, repositories } = offerOf(plan).payload as {
    readonly repositories: ReadonlyArray<{ readonly name: string }>
    readonly platform: { readonly data: { readonly mock: { readonly module_enable: ReadonlyArray<string> } } }
  }
  assert.deepStrictEqual(repositories.map(({ name }) => name), ["gcc-14-Test-9-x86_64"])
  assert.deepStrictEqual(data.mock.module_enable, ["gcc:14"])
})
