/** Where packages go, why, and what is wrong with it. */
import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import type { ReleaseEdit } from "../../src/release/ReleaseEdit.ts"
import { byRepository as additions } from "../../src/release/ReleasePlan.ts"
import * as ReleasePlanning from "../../src/release/ReleasePlanning.ts"
import { blocks, describe as tell } from "../../src/release/ReleaseProblem.ts"
import { speaksOf } from "../../src/release/ReleaseTarget.ts"
import type { Addition } from "../../src/release/RepositoryRelease.ts"
import { oneOf } from "../support/Choice.ts"
import { input, key, module, placesOf, plan, present, reference, repositories, rpm, target } from "./World.ts"

const bash = rpm("bash-0:5.1-2.el9.x86_64")
const old = present("el9/BaseOS/x86_64", "bash-0:5.1-1.el9.x86_64")
const who = { by: "releng", why: "ticket 1" }

const identityOf = (one: Addition) => one._tag === "Package" ? one.package.nevra : one.module.id

describe("a package goes", () => {
  it("where one of its name and architecture lies", () => {
    const made = plan({ packages: [bash], present: [old], reference: [reference("bash", "AppStream")] })
    assert.deepStrictEqual(placesOf(made, bash.nevra), ["el9/BaseOS/x86_64 released"])
    assert.deepStrictEqual(made.packages[0]!.places[0]!.because, {
      _tag: "Released",
      nevra: old.nevra,
      repository: old.repository
    })
    assert.deepStrictEqual(made.problems, [])
  })

  it("to all families where it lies", () => {
    const both = [old, present("el9/AppStream/x86_64", "bash-0:5.1-1.el9.x86_64")]
    assert.deepStrictEqual(placesOf(plan({ packages: [bash], present: both }), bash.nevra), [
      "el9/AppStream/x86_64 released",
      "el9/BaseOS/x86_64 released"
    ])
  })

  it("where another distribution has it, the best match only", () => {
    const told = [
      reference("bash", "AppStream", { matched: "name" }),
      reference("bash", "BaseOS", { matched: "closest" }),
      reference("bash", "Devel", { matched: "version" })
    ]
    assert.deepStrictEqual(placesOf(plan({ packages: [bash], reference: told }), bash.nevra), [
      "el9/BaseOS/x86_64 reference"
    ])
  })

  it("where a rule says, the first that speaks of it", () => {
    const rules = [{ names: "ba*h", family: "BaseOS" }, { names: "*", family: "AppStream" }]
    assert.deepStrictEqual(placesOf(plan({ packages: [bash], target: { ...target, rules } }), bash.nevra), [
      "el9/BaseOS/x86_64 rule"
    ])
  })

  it("by a rule of many parts without trying each way to divide its name", () => {
    const name = "a".repeat(60)
    assert.isFalse(speaksOf({ names: `${"*a".repeat(20)}*b`, family: "BaseOS" }, name))
    assert.isTrue(speaksOf({ names: `${"*a".repeat(20)}*`, family: "BaseOS" }, name))
    assert.isFalse(speaksOf({ names: "g.+", family: "BaseOS" }, "gcc"))
  })

  it("where the others of its source go", () => {
    const libs = rpm("bash-new-0:5.1-2.el9.x86_64")
    const made = plan({ packages: [bash, libs], present: [old] })
    assert.deepStrictEqual(placesOf(made, libs.nevra), ["el9/BaseOS/x86_64 source"])
  })

  it("to the family for such packages when nobody knows it, or nowhere", () => {
    assert.deepStrictEqual(placesOf(plan({ packages: [bash] }), bash.nevra), ["el9/Devel/x86_64 unknown"])
    const { fallback: _, ...without } = target
    const made = plan({ packages: [bash], target: without })
    assert.deepStrictEqual(made.problems.map(({ _tag }) => _tag), ["Unplaced"])
    assert.isTrue(blocks(made.problems))
  })

  it("to each architecture it is for, and to those of its source when it has none itself", () => {
    const doc = rpm("bash-libs-0:5.1-2.el9.noarch")
    const everywhere = plan({
      packages: [doc],
      reference: ["x86_64", "aarch64"].map((repositoryArch) =>
        reference("bash-libs", "BaseOS", { repositoryArch, arch: "noarch" })
      )
    })
    assert.deepStrictEqual(placesOf(everywhere, doc.nevra), [
      "el9/BaseOS/aarch64 reference",
      "el9/BaseOS/x86_64 reference"
    ])
    const one = plan({ packages: [bash, doc], present: [old] })
    assert.deepStrictEqual(placesOf(one, doc.nevra), ["el9/BaseOS/x86_64 source"])
    // A product's go everywhere, also where nothing else of their source was built.
    const offered = plan({ packages: [bash, doc], target: { ...target, noarch: "everywhere" } })
    assert.deepStrictEqual(placesOf(offered, doc.nevra), ["el9/Devel/aarch64 unknown", "el9/Devel/x86_64 unknown"])
  })

  it("with debug packages and sources after it", () => {
    const [info, sources, src] = [
      rpm("bash-debuginfo-0:5.1-2.el9.x86_64"),
      rpm("bash-debugsource-0:5.1-2.el9.x86_64"),
      rpm("bash-0:5.1-2.el9.src")
    ]
    const made = plan({ packages: [bash, info, sources, src], present: [old] })
    assert.deepStrictEqual(placesOf(made, info.nevra), ["el9/BaseOS/x86_64/debug released"])
    assert.deepStrictEqual(placesOf(made, sources.nevra), ["el9/BaseOS/x86_64/debug released"])
    assert.deepStrictEqual(placesOf(made, src.nevra), ["el9/BaseOS/src released"])
  })

  it("into a 64-bit repository as a 32-bit one only where such a one lies or is known", () => {
    const small = rpm("zlib-0:1-2.i686")
    const big = rpm("zlib-0:1-2.x86_64")
    const lying = [present("el9/BaseOS/x86_64", "zlib-0:1-1.x86_64")]
    assert.deepStrictEqual(placesOf(plan({ packages: [small, big], present: lying }), small.nevra), [])
    const both = [...lying, present("el9/BaseOS/x86_64", "zlib-0:1-1.i686")]
    assert.deepStrictEqual(placesOf(plan({ packages: [small, big], present: both }), small.nevra), [
      "el9/BaseOS/x86_64 released"
    ])
    const told = [reference("zlib", "AppStream", { arch: "i686" })]
    assert.deepStrictEqual(placesOf(plan({ packages: [small], reference: told }), small.nevra), [
      "el9/AppStream/x86_64 reference"
    ])
  })

  it("with its module, which goes where other distributions have most of its packages when none of it lies there", () => {
    const names = ["perl", "perl-libs", "perl-doc"]
    const packages = names.map((name) => rpm(`${name}-0:5.32-2.x86_64`, { module: "perl:5.32" }))
    const id = "perl:5.32:2:cafe:x86_64"
    const told = names.map((name, index) =>
      reference(name, index === 0 ? "BaseOS" : "AppStream", { matched: index === 2 ? "version" : "name" })
    )
    const made = plan({
      packages,
      modules: [module(id, packages.map(({ nevra }) => nevra))],
      reference: told,
      target: { ...target, rules: [{ names: "*", family: "BaseOS" }] }
    })
    assert.deepStrictEqual(
      made.modules[0]!.places.map(({ because, repository, trust }) => ({ because, repository, trust })),
      [{
        repository: "el9/AppStream/x86_64",
        trust: "reference",
        because: { _tag: "Reference", platform: told[0]!.platform, matched: "version" }
      }]
    )
    for (const { nevra } of packages) {
      assert.deepStrictEqual(placesOf(made, nevra), ["el9/AppStream/x86_64 reference"])
    }
  })

  it("with its module, which goes where its stream lies, or another stream", () => {
    const id = "perl:5.32:2:cafe:x86_64"
    const inModule = rpm("perl-0:5.32-2.x86_64", { module: "perl:5.32" })
    const made = plan({
      packages: [inModule],
      modules: [module(id, [inModule.nevra])],
      present: [present("el9/BaseOS/x86_64", "perl-0:5.30-1.x86_64")],
      presentModules: [{ repository: "el9/AppStream/x86_64", id: "perl:5.30:1:beef:x86_64" }]
    })
    assert.deepStrictEqual(made.modules[0]!.places.map(({ repository }) => repository), ["el9/AppStream/x86_64"])
    assert.deepStrictEqual(placesOf(made, inModule.nevra), ["el9/AppStream/x86_64 released"])
    assert.deepStrictEqual(made.problems, [])
  })
})

describe("a plan says", () => {
  const problemsOf = (more: Partial<ReleasePlanning.Input>) => plan(more).problems.map(tell)

  it("that the repository holds this very file, which then is nothing to do", () => {
    const made = plan({ packages: [bash], present: [present("el9/BaseOS/x86_64", bash.nevra)] })
    assert.deepStrictEqual(made.problems, [])
    assert.strictEqual(additions(made).size, 0)
  })

  it("that the repository holds another file of the name, until somebody forces it", () => {
    const other = present("el9/BaseOS/x86_64", bash.nevra, { sha256: "other" })
    const made = plan({ packages: [bash], present: [other] })
    assert.deepStrictEqual(made.problems.map(tell), [`el9/BaseOS/x86_64 holds another file of ${bash.nevra}`])
    assert.isTrue(blocks(made.problems))
    const forced = plan({ packages: [bash], present: [other], edits: [{ _tag: "Force", package: bash.nevra, ...who }] })
    assert.strictEqual(forced.problems.length, 1)
    assert.isFalse(blocks(forced.problems))
  })

  it("that two builds bring different files of one name, which nobody can force", () => {
    const other = { ...bash, build: 2, sha256: "other" }
    const made = plan({
      packages: [bash, other],
      present: [old],
      edits: [{ _tag: "Force", package: bash.nevra, ...who }]
    })
    assert.include(made.problems.map(tell), `the builds 1 and 2 bring different files of ${bash.nevra}`)
    assert.isTrue(blocks(made.problems))
    assert.deepStrictEqual(problemsOf({ packages: [bash, { ...bash, build: 2 }], present: [old] }), [])
  })

  it("that a newer one is there, or in the release", () => {
    const newer = present("el9/BaseOS/x86_64", "bash-0:5.2-1.el9.x86_64")
    assert.deepStrictEqual(problemsOf({ packages: [bash], present: [old, newer] }), [
      `el9/BaseOS/x86_64 holds ${newer.nevra}, which is newer than ${bash.nevra}`
    ])
    const next = rpm("bash-0:5.3-1.el9.x86_64", { build: 2 })
    assert.deepStrictEqual(problemsOf({ packages: [bash, next], present: [old] }), [
      `the release brings ${next.nevra}, which is newer than ${bash.nevra}`
    ])
    const reported = plan({ packages: [bash], present: [newer], target: { ...target, downgrades: "reported" } })
    assert.isFalse(blocks(reported.problems))
  })

  it("nothing about streams of modules that are older than each other", () => {
    const inModule = rpm("perl-0:5.30-2.x86_64", { module: "perl:5.30" })
    const id = "perl:5.30:2:cafe:x86_64"
    assert.deepStrictEqual(
      problemsOf({
        packages: [inModule],
        modules: [module(id, [inModule.nevra])],
        present: [present("el9/AppStream/x86_64", "perl-0:5.32-1.x86_64", { module: "perl:5.32" })],
        presentModules: [{ repository: "el9/AppStream/x86_64", id: "perl:5.32:1:beef:x86_64" }]
      }),
      []
    )
  })

  it("what is not signed with a key of the platform, as strictly as the platform is", () => {
    const by = (signers: ReadonlyArray<string>, signatures: typeof target.signatures = "required") =>
      plan({ packages: [{ ...bash, signers }], present: [old], target: { ...target, signatures } }).problems
    assert.isTrue(blocks(by([])))
    assert.isTrue(blocks(by(["FFFFFFFFFFFFFFFF"])))
    assert.deepStrictEqual(by([key.slice(-16).toLowerCase()]), [])
    assert.deepStrictEqual(by([key]), [])
    assert.deepStrictEqual(by([], "reported").map(({ severity }) => severity), ["warns"])
    assert.deepStrictEqual(by([], "ignored"), [])
    // A text too short to be a key's id is nobody's.
    assert.isTrue(blocks(by(["34"])))
  })

  it("which packages could not be installed afterwards, on which architecture", () => {
    const needy = { ...bash, requires: ["libtinfo.so.6", "rpmlib(X)"] }
    assert.deepStrictEqual(problemsOf({ packages: [needy], present: [old] }), [
      `${bash.nevra} could not be installed on x86_64: nothing provides libtinfo.so.6`
    ])
    const libs = present("el9/AppStream/x86_64", "ncurses-0:6-1.x86_64", { provides: ["libtinfo.so.6"] })
    assert.deepStrictEqual(problemsOf({ packages: [needy], present: [old, libs] }), [])
  })

  it("which packages that are there would break, and not those that are broken already", () => {
    const user = present("el9/BaseOS/x86_64", "user-0:1-1.x86_64", { requires: ["bash(old)"] })
    const broken = present("el9/BaseOS/x86_64", "broken-0:1-1.x86_64", { requires: ["nothing"] })
    const there = present("el9/BaseOS/x86_64", bash.nevra, { sha256: "other", provides: ["bash(old)"] })
    const made = plan({ packages: [bash], present: [there, user, broken] })
    assert.deepStrictEqual(made.problems.filter(({ _tag }) => _tag === "Uninstallable"), [{
      _tag: "Uninstallable",
      severity: "blocks",
      package: user.nevra,
      arch: "x86_64",
      missing: ["bash(old)"],
      present: true
    }])
  })

  it("which packages of a module are missing, and which module has two documents", () => {
    const id = "perl:5.32:2:cafe:x86_64"
    assert.deepStrictEqual(problemsOf({ modules: [module(id, ["perl-0:5.32-2.x86_64", "perl-0:5.32-2.src"])] }), [
      `the module ${id} names perl-0:5.32-2.x86_64, which is neither released nor there`
    ])
    assert.deepStrictEqual(problemsOf({ modules: [module(id), module(id, [], "other text")] }), [
      `there is another document of the module ${id}`
    ])
  })
})

describe("an edit", () => {
  it("places a package and says who wants it", () => {
    const edits: ReadonlyArray<ReleaseEdit> = [{
      _tag: "Place",
      package: bash.nevra,
      repositories: ["el9/AppStream/x86_64"],
      ...who
    }]
    const made = plan({ packages: [bash], present: [old], edits })
    assert.deepStrictEqual(placesOf(made, bash.nevra), ["el9/AppStream/x86_64 edited"])
    assert.deepStrictEqual(made.packages[0]!.places[0]!.because, { _tag: "Edited", ...who })
  })

  it("places a module with its packages", () => {
    const id = "perl:5.32:2:cafe:x86_64"
    const inModule = rpm("perl-0:5.32-2.x86_64", { module: "perl:5.32" })
    const edits: ReadonlyArray<ReleaseEdit> = [{
      _tag: "PlaceModule",
      module: id,
      repositories: ["el9/BaseOS/x86_64"],
      ...who
    }]
    const made = plan({ packages: [inModule], modules: [module(id, [inModule.nevra])], edits })
    assert.deepStrictEqual(placesOf(made, inModule.nevra), ["el9/BaseOS/x86_64 edited"])
    assert.deepStrictEqual(made.problems, [])
  })

  it("leaves a package out, which then has no problems, and takes that back", () => {
    const exclude: ReleaseEdit = { _tag: "Exclude", subject: bash.nevra, ...who }
    const excluded = plan({ packages: [{ ...bash, signers: [] }], edits: [exclude] })
    assert.deepStrictEqual(excluded.problems, [])
    assert.strictEqual(additions(excluded).size, 0)
    const back: ReleaseEdit = { _tag: "Reset", subject: bash.nevra, ...who }
    assert.deepStrictEqual(plan({ packages: [bash], edits: [exclude, back] }), plan({ packages: [bash] }))
  })

  it("of what is not there is told", () => {
    const edits: ReadonlyArray<ReleaseEdit> = [
      { _tag: "Exclude", subject: "zsh-0:1-1.x86_64", ...who },
      { _tag: "Place", package: bash.nevra, repositories: ["el9/Nowhere/x86_64"], ...who }
    ]
    const made = plan({ packages: [bash], edits })
    assert.sameMembers(made.problems.flatMap((one) => one._tag === "EditOfNothing" ? [one.subject] : []), [
      "zsh-0:1-1.x86_64",
      "el9/Nowhere/x86_64"
    ])
    assert.include(made.problems.map(({ _tag }) => _tag), "Unplaced")
  })
})

const evr = oneOf("0:1-1", "0:2-1")
const arch = oneOf("x86_64", "aarch64", "noarch", "src", "i686")
const repository = oneOf("el9/BaseOS/x86_64", ...repositories.map(({ name }) => name))
const anyPackage = Arbitrary.map(
  Arbitrary.all({
    name: oneOf("a", "b", "c", "a-debuginfo", "b-libs"),
    evr,
    arch,
    build: oneOf(1, 2),
    sha256: oneOf("one", "two")
  }),
  ({ arch, build, evr, name, sha256 }) => rpm(`${name}-${evr}.${arch}`, { build, sha256 })
)
const anyPresent = Arbitrary.map(
  Arbitrary.all({ repository, name: oneOf("a", "b", "c"), evr, arch }),
  ({ arch, evr, name, repository }) => present(repository, `${name}-${evr}.${arch}`, { sha256: "one" })
)
const anyEdit = Arbitrary.map(
  Arbitrary.all({ one: anyPackage, repository, tag: oneOf("Exclude", "Reset", "Force", "Place") }),
  ({ one: { nevra }, repository, tag }): ReleaseEdit => {
    if (tag === "Place") return { _tag: tag, package: nevra, repositories: [repository], ...who }
    return tag === "Force" ? { _tag: tag, package: nevra, ...who } : { _tag: tag, subject: nevra, ...who }
  }
)
const anyInput = Arbitrary.all({
  packages: Arbitrary.array(anyPackage, { maxLength: 8 }),
  present: Arbitrary.array(anyPresent, { maxLength: 8 }),
  edits: Arbitrary.array(anyEdit, { maxLength: 4 })
})

describe("a plan, whatever goes into it,", () => {
  it.prop("does not depend on the order of packages and contents", [anyInput], ([more]) => {
    const reversed = { ...more, packages: more.packages.toReversed(), present: more.present.toReversed() }
    const shape = (made: ReturnType<typeof plan>) => ({
      places: made.packages.map(({ excluded, package: { nevra, sha256 }, places }) => ({
        nevra,
        sha256,
        excluded,
        places: places.map(({ repository, there, trust }) => ({ repository, there, trust }))
      })),
      blocked: blocks(made.problems)
    })
    assert.deepStrictEqual(shape(plan(reversed)), shape(plan(more)))
  })

  it.prop("names every file once, and either a place for it, a problem, or who left it out", [anyInput], ([more]) => {
    const made = plan(more)
    const files = new Set(more.packages.map(({ nevra, sha256 }) => `${nevra} ${sha256}`))
    assert.strictEqual(made.packages.length, files.size)
    for (const { excluded, package: { nevra }, places } of made.packages) {
      const told = made.problems.some((problem) => problem._tag === "Unplaced" && problem.package === nevra)
      assert.isTrue(excluded || (places.length > 0) !== told, nevra)
    }
  })

  it.prop(
    "puts packages where their kind and architecture belong, unless people say otherwise",
    [anyInput],
    ([more]) => {
      const byName = new Map(repositories.map((one) => [one.name, one]))
      for (const { package: { nevra }, places } of plan(more).packages) {
        const arch = nevra.slice(nevra.lastIndexOf(".") + 1)
        for (const { repository, trust } of places) {
          if (trust === "edited") continue
          const { arch: machine, kind } = byName.get(repository)!
          assert.strictEqual(kind, arch === "src" ? "source" : nevra.includes("-debuginfo-") ? "debug" : "binary")
          if (arch === "src") assert.strictEqual(machine, "src")
          else if (arch === "i686") assert.strictEqual(machine, "x86_64")
          else if (arch !== "noarch") assert.strictEqual(machine, arch)
        }
      }
    }
  )

  it.prop("is the same when an edit is made twice", [anyInput], ([more]) => {
    assert.deepStrictEqual(plan({ ...more, edits: [...more.edits, ...more.edits.slice(-1)] }), plan(more))
  })

  it.prop("adds nothing when it is made again after it was carried out", [anyInput], ([more]) => {
    const made = plan(more)
    const carriedOut = new Map(more.present.map((one) => [`${one.repository} ${one.nevra}`, one]))
    for (const [repository, all] of additions(made)) {
      for (const one of all) {
        if (one._tag === "Package") {
          const { nevra, sha256 } = one.package
          carriedOut.set(`${repository} ${nevra}`, present(repository, nevra, { sha256 }))
        }
      }
    }
    if (made.problems.some(({ _tag }) => _tag === "TwoFiles")) return
    const again = plan({ ...more, present: [...carriedOut.values()] })
    for (const [repository, all] of additions(again)) {
      // What lies in one family by now is known to lie there, so nothing moves.
      assert.isFalse(
        additions(made).get(repository)?.some((one) => all.some((other) => identityOf(other) === identityOf(one))) ??
          false
      )
    }
  })

  it("plans ten thousand packages on fifty thousand", () => {
    const many = Array.from({ length: 10_000 }, (_, index) => rpm(`p${index}-0:2-1.x86_64`, { build: index >> 3 }))
    const lying = Array.from(
      { length: 50_000 },
      (_, index) => present(`el9/${index % 2 === 0 ? "BaseOS" : "AppStream"}/x86_64`, `p${index >> 1}-0:1-1.x86_64`)
    )
    const made = ReleasePlanning.plan(input({ packages: many, present: lying }))
    assert.strictEqual(made.packages.length, 10_000)
    assert.isTrue(made.packages.every(({ places }) => places.length === 2))
  })
})
