import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { packageName } from "../../src/packagebuild/BuildRef.ts"
import * as Expansion from "../../src/packagebuild/Expansion.ts"
import { anyPlan, platform, ref, request } from "./plans.ts"

const expanded = (fields: Partial<Expansion.Request>) => Result.getOrThrow(Expansion.expand(request(fields))).tasks

describe("expand", () => {
  it("two references for two architectures are six tasks: sources first, i686 before the others", () => {
    const tasks = expanded({
      refs: [ref("chan"), ref("libchan")],
      platforms: [platform({ arches: ["x86_64", "i686"] })]
    })
    assert.deepStrictEqual(tasks.map(({ after, name }) => [name, after]), [
      ["el8/src/0", []],
      ["el8/src/1", ["el8/src/0"]],
      ["el8/i686/0", ["el8/src/0"]],
      ["el8/i686/1", ["el8/src/1", "el8/i686/0"]],
      ["el8/x86_64/0", ["el8/src/0"]],
      ["el8/x86_64/1", ["el8/src/1", "el8/x86_64/0"]]
    ])
  })

  it("independent references wait for their own source alone", () => {
    const tasks = expanded({ refs: [ref("a"), ref("b")], independent: true })
    assert.deepStrictEqual(tasks.map(({ after }) => after), [[], [], ["el8/src/0"], ["el8/src/1"]])
  })

  it("platforms do not wait for each other", () => {
    const tasks = expanded({ platforms: [platform(), platform({ id: 2, name: "el9" })] })
    for (const { after, platform: own } of tasks) assert.isTrue(after.every((name) => name.startsWith(`${own}/`)))
  })

  it.prop(
    "tasks come after all they wait for, wait for at most two, and every chain has the weight of what is behind",
    [
      anyPlan
    ],
    ([{ tasks }]) => {
      const before = new Map<string, number>()
      for (const [position, { after, name }] of tasks.entries()) {
        assert.isAtMost(after.length, 2)
        for (const one of after) assert.isTrue(before.has(one), `${name} after ${one}`)
        before.set(name, position)
      }
      for (const { after, path } of tasks) {
        for (const one of after) {
          assert.isAtLeast(tasks[before.get(one)!]!.path, path + Expansion.unknownSeconds)
        }
      }
    }
  )

  it("weighs chains with what earlier builds took", () => {
    const seconds = (name: string, arch: string) => name === "a" && arch === "x86_64" ? 7000 : undefined
    const tasks = expanded({ refs: [ref("a"), ref("b")], seconds })
    assert.deepStrictEqual(Object.fromEntries(tasks.map(({ name, path }) => [name, path])), {
      "el8/src/0": 7600,
      "el8/src/1": 600,
      "el8/x86_64/0": 7300,
      "el8/x86_64/1": 300
    })
  })

  it("merges options: the reference's over the build's over the platform's over what the branch says", () => {
    const [, task] = expanded({
      refs: [ref("a", { gitRef: "c8-el8_4", mockOptions: { definitions: { c: "ref" } } })],
      platforms: [platform({ mock: mock({ a: "platform", b: "platform", c: "platform" }) })],
      mockOptions: mock({ b: "build", c: "build" })
    })
    assert.deepStrictEqual(task!.mock.definitions, { dist: ".el8_4", a: "platform", b: "build", c: "ref" })
  })
  const mock = (definitions: Record<string, string>) => ({ moduleEnable: [], yumExclude: [], definitions })

  it("names every problem with its place", () => {
    const result = Expansion.expand(request({
      refs: [],
      platforms: [
        platform({ arches: ["mips", "ppc64le"] }),
        platform({ arches: ["src"] })
      ]
    }))
    assert.deepStrictEqual(
      Result.isFailure(result) ? result.failure.problems.map(({ reason, where }) => [reason, where.join(".")]) : [],
      [
        ["NoReference", "tasks"],
        ["UnknownArch", "platforms.0.arch_list.0"],
        ["ArchNotOfPlatform", "platforms.0.arch_list.1"],
        ["PlatformTwice", "platforms.1.name"],
        ["NoArch", "platforms.1.arch_list"]
      ]
    )
  })

  it("takes a module of 5,000 references for five architectures, and refuses twice that", () => {
    const arches = ["i686", "x86_64", "aarch64", "ppc64le", "s390x"]
    const build = (count: number) =>
      Expansion.expand(request({
        refs: Array.from({ length: count }, (_, index) => ref(`p${index}`)),
        platforms: [platform({ archList: arches, arches })]
      }))
    assert.lengthOf(Result.getOrThrow(build(5000)).tasks, 30_000)
    const twice = build(10_000)
    assert.strictEqual(Result.isFailure(twice) ? twice.failure.problems[0]!.reason : undefined, "TooManyTasks")
  })
})

describe("packageName", () => {
  const cases: ReadonlyArray<[string, "git_branch" | "srpm_url", string]> = [
    ["https://git.example.org/rpms/chan.git", "git_branch", "chan"],
    ["https://git.example.org/rpms/chan/", "git_branch", "chan"],
    ["https://example.org/f/python-chan-0.0.4-3.el8.src.rpm?x=1", "srpm_url", "python-chan"]
  ]
  for (const [url, type, expected] of cases) {
    it(`${url} is ${expected}`, () => assert.strictEqual(packageName({ url, type }), expected))
  }
})
