/** Plans of package builds for tests: only what a test is about is said. */
import * as Arbitrary from "effect/Arbitrary"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { BuildRef } from "../../src/packagebuild/BuildRef.ts"
import * as Expansion from "../../src/packagebuild/Expansion.ts"
import * as MockOptions from "../../src/packagebuild/MockOptions.ts"
import type { PackagePlan } from "../../src/packagebuild/PackagePlan.ts"

export const ref = (name: string, fields: Partial<BuildRef> = {}): BuildRef => ({
  url: `https://git.example.org/rpms/${name}.git`,
  gitRef: "c8",
  type: "git_branch",
  ...fields
})

export const platform = (fields: Partial<Expansion.PlatformRequest> = {}): Expansion.PlatformRequest => ({
  id: 1,
  name: "el8",
  type: "rpm",
  archList: ["i686", "x86_64", "aarch64"],
  arches: ["x86_64"],
  ...fields
})

export const request = (fields: Partial<Expansion.Request> = {}): Expansion.Request => ({
  platforms: [platform()],
  refs: [ref("chan")],
  mockOptions: MockOptions.none,
  independent: false,
  ...fields
})

export const packagePlan = (fields: Partial<Expansion.Request> = {}): PackagePlan => {
  const asked = request(fields)
  return {
    owner: "alice",
    ...Result.getOrThrow(Expansion.expand(asked)),
    refs: asked.refs,
    modules: [],
    firstTask: 1,
    linkedBuilds: [],
    flavors: [],
    secureBoot: false
  }
}

const small = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 99 }))

/** Any plan of up to four references for up to two platforms and three architectures. */
export const anyPlan: Arbitrary.Arbitrary<PackagePlan> = Arbitrary.map(
  Arbitrary.all([
    Arbitrary.schema(small),
    Arbitrary.schema(small),
    Arbitrary.schema(small),
    Arbitrary.schema(Schema.Boolean)
  ]),
  ([refs, arches, platforms, independent]) =>
    packagePlan({
      refs: ["a", "b", "c", "d"].slice(0, 1 + refs % 4).map((name) => ref(name)),
      platforms: ["el8", "el9"].slice(0, 1 + platforms % 2).map((name, index) =>
        platform({ id: index + 1, name, arches: ["x86_64", "i686", "aarch64"].slice(0, 1 + arches % 3) })
      ),
      independent
    })
)

/** Numbers by which a simulation chooses what happens next. */
export const anyScript: Arbitrary.Arbitrary<ReadonlyArray<number>> = Arbitrary.array(Arbitrary.schema(small), {
  minLength: 0,
  maxLength: 80
})
