import { assert, describe, it } from "@effect/vitest"
import * as AvailableModule from "@orch/core/resolution/AvailableModule"
import type * as Dependencies from "@orch/core/resolution/ModuleDependencies"
import * as ModuleSolver from "@orch/core/resolution/ModuleSolver"
import * as SolverConflict from "@orch/core/resolution/SolverConflict"
import * as Schema from "effect/Schema"
import { base, built } from "./Fixture.ts"

const toolkits = [
  base("platform:f28:0:c0"),
  base("platform:f29:0:c0"),
  ...["gtk:3", "gtk:4", "qt:4", "qt:5"].flatMap((stream) => [
    built(`${stream}:0:c8`, "f28", { platform: ["f28"] }),
    built(`${stream}:0:c9`, "f29", { platform: ["f29"] })
  ]),
  built("mess:1:0:c0", undefined, { gtk: ["3"], platform: ["f28"] }, { gtk: ["4"], platform: ["f29"] })
]

const solve = (
  modules: ReadonlyArray<AvailableModule.AvailableModule>,
  ...buildrequires: ReadonlyArray<Dependencies.Streams>
) => ModuleSolver.solve(buildrequires.map((buildrequires) => ({ buildrequires })), modules)

const chosen = (solution: ModuleSolver.Solution): ReadonlyArray<string> =>
  solution.combinations.map(({ element, modules }) =>
    [element, ...modules.map((module) => `${AvailableModule.nameStream(module)}:${module.context}`).sort()].join(" ")
  ).sort()

describe("ModuleSolver", () => {
  it("gives every combination of streams once, with builds that go together", () => {
    assert.deepStrictEqual(chosen(solve(toolkits, { gtk: [], qt: [], platform: ["f29"] })), [
      "0 gtk:3:c9 platform:f29:c0 qt:4:c9",
      "0 gtk:3:c9 platform:f29:c0 qt:5:c9",
      "0 gtk:4:c9 platform:f29:c0 qt:4:c9",
      "0 gtk:4:c9 platform:f29:c0 qt:5:c9"
    ])
    assert.strictEqual(solve(toolkits, { gtk: [], qt: [], platform: [] }).combinations.length, 8)
  })

  it("takes the first of equally new builds where the platform is left open", () => {
    assert.deepStrictEqual(chosen(solve(toolkits, { gtk: ["3"], qt: ["4"] })), ["0 gtk:3:c8 platform:f28:c0 qt:4:c8"])
  })

  it("understands alternatives in what a build requires", () => {
    assert.deepStrictEqual(chosen(solve(toolkits, { mess: [], platform: [] })), [
      "0 gtk:3:c8 mess:1:c0 platform:f28:c0",
      "0 gtk:4:c9 mess:1:c0 platform:f29:c0"
    ])
  })

  it("keeps dependencies elements apart", () => {
    assert.deepStrictEqual(
      chosen(solve(toolkits, { qt: ["5"], platform: ["f28"] }, { gtk: ["4"], platform: ["f29"] })),
      [
        "0 platform:f28:c0 qt:5:c8",
        "1 gtk:4:c9 platform:f29:c0"
      ]
    )
  })

  it("builds a module without buildrequires with nothing", () => {
    assert.deepStrictEqual(chosen(solve(toolkits, {})), ["0"])
  })

  it("does not prefer an old build for requiring less", () => {
    const modules = [
      base("platform:f28:0:c0"),
      built("foo:1:1:old", "f28", { platform: ["f28"] }),
      built("foo:1:2:new", "f28", { platform: ["f28"], bar: ["1"], baz: ["1"] }),
      built("bar:1:1:works", "f28", { platform: ["f28"] }),
      built("bar:1:2:broken", "f28", { platform: ["f99"] }),
      built("baz:1:1:works", "f28", { platform: ["f28"] }),
      built("baz:1:2:broken", "f28", { platform: ["f99"] })
    ]
    assert.deepStrictEqual(chosen(solve(modules, { platform: ["f28"], foo: ["1"] })), [
      "0 bar:1:works baz:1:works foo:1:new platform:f28:c0"
    ])
  })

  it("takes, of two contexts of one version, the one that needs less", () => {
    const modules = [
      base("platform:f28:0:c0"),
      built("foo:1:2:needy", "f28", { platform: ["f28"], bar: ["1"] }),
      built("foo:1:2:plain", "f28", { platform: ["f28"] }),
      built("bar:1:1:works", "f28", { platform: ["f28"] }),
      built("bar:1:2:broken", "f28", { platform: ["f99"] }),
      built("bar:1:2:worse", "f28", { platform: ["f99"] })
    ]
    assert.deepStrictEqual(chosen(solve(modules, { platform: ["f28"], foo: ["1"] })), ["0 foo:1:plain platform:f28:c0"])
  })

  it("decides between equally new builds in the order of names, whatever order the modules are asked for in", () => {
    const contexts = (name: string) => ["first", "second"].map((context) => `${name}:1:1:${context}`)
    const modules = [
      base("platform:f28:0:c0"),
      ...contexts("left").map((nsvc) => built(nsvc, "f28", { shared: [nsvc.endsWith("first") ? "1" : "2"] })),
      ...contexts("right").map((nsvc) => built(nsvc, "f28", { shared: [nsvc.endsWith("first") ? "2" : "1"] })),
      built("shared:1:1:c", "f28"),
      built("shared:2:1:c", "f28")
    ]
    const expected = ["0 left:1:first platform:f28:c0 right:1:second shared:1:c"]
    assert.deepStrictEqual(chosen(solve(modules, { left: ["1"], platform: ["f28"], right: ["1"] })), expected)
    assert.deepStrictEqual(chosen(solve(modules, { right: ["1"], platform: ["f28"], left: ["1"] })), expected)
  })

  const choices: ReadonlyArray<readonly [string, ReadonlyArray<string>, string]> = [
    ["the first of two contexts by text", ["x:1:5:bbb", "x:1:5:aaa"], "x:1:aaa"],
    ["the newer version, whatever its context", ["x:1:10:aaa", "x:1:11:zzz"], "x:1:zzz"],
    ["the first of two streams by text, however old", ["x:9:12:c", "x:10:11:c"], "x:10:c"]
  ]
  for (const [what, builds, expected] of choices) {
    it(`takes ${what} where only another build requires it`, () => {
      for (const order of [builds, builds.toReversed()]) {
        const modules = [
          base("platform:f28:0:c0"),
          ...order.map((nsvc) => built(nsvc, "f28")),
          built("gtk:1:1:c", "f28", { x: [] })
        ]
        assert.deepStrictEqual(chosen(solve(modules, { platform: ["f28"], gtk: ["1"] })), [
          `0 gtk:1:c platform:f28:c0 ${expected}`
        ])
      }
    })
  }

  const broken: ReadonlyArray<readonly [string, AvailableModule.AvailableModule]> = [
    ["requires what does not exist", built("x:1:11:c", "f28", { ghost: ["1"] })],
    ["requires one of two things that do not exist", built("x:1:11:c", "f28", { ghost: ["1"] }, { spook: ["1"] })],
    ["is for another platform", built("x:1:11:c", "f29", { platform: ["f29"] })]
  ]
  for (const [what, newest] of broken) {
    it(`turns to an older build before another stream when the newest ${what}`, () => {
      const modules = [
        base("platform:f28:0:c0"),
        base("platform:f29:0:c0"),
        newest,
        built("x:1:10:old", "f28"),
        built("x:2:12:other", "f28"),
        built("gtk:1:1:c", "f28", { x: [] })
      ]
      assert.deepStrictEqual(chosen(solve(modules, { platform: ["f28"], gtk: ["1"] })), [
        "0 gtk:1:c platform:f28:c0 x:1:old"
      ])
    })
  }

  it("takes the newest of the compatible platforms where none is named", () => {
    const modules = [
      base("platform:el8.0.0:0:c0", "el8"),
      base("platform:el8.1.0:0:c0", "el8"),
      base("platform:el9.0.0:0:c0", "el9"),
      built("gtk:1:1:c", "el8.0.0", { platform: [] })
    ]
    assert.deepStrictEqual(chosen(solve(modules, { gtk: ["1"] })), ["0 gtk:1:c platform:el8.1.0:c0"])
  })

  it("adds as little as possible where a build has alternative requirements", () => {
    const modules = [
      base("platform:f28:0:c0"),
      ...["a", "b", "c"].map((name) => built(`${name}:1:1:c`, "f28")),
      built("more:1:1:c", "f28", { a: ["1"], c: ["1"] }, { b: ["1"] }),
      built("either:1:1:c", "f28", { b: ["1"] }, { a: ["1"] }),
      built("none:1:1:c", "f28", { b: ["1"] }, { platform: ["f28"] })
    ]
    const of = (name: string) => chosen(solve(modules, { platform: ["f28"], [name]: ["1"] }))
    assert.deepStrictEqual(of("more"), ["0 b:1:c more:1:c platform:f28:c0"])
    assert.deepStrictEqual(of("either"), ["0 a:1:c either:1:c platform:f28:c0"])
    assert.deepStrictEqual(of("none"), ["0 none:1:c platform:f28:c0"])
  })

  it("takes the newest version that can be installed", () => {
    const modules = [
      base("platform:f28:0:c0"),
      built("foo:1:3:c", "f28", { platform: ["f29"] }),
      built("foo:1:2:c", "f28", { platform: ["f28"] }),
      built("foo:1:1:c", "f28", { platform: ["f28"] })
    ]
    const [first] = solve(modules, { platform: ["f28"], foo: ["1"] }).combinations
    assert.deepStrictEqual(first!.modules.map(AvailableModule.nsvc), ["platform:f28:0:c0", "foo:1:2:c"])
  })

  it("backtracks where a good choice leads nowhere", () => {
    const modules = [
      base("platform:f28:0:c0"),
      built("app:1:1:c", "f28", { lib: ["1", "2"], tool: ["1"] }),
      built("lib:1:1:c", "f28", { base: ["1"] }),
      built("lib:2:1:c", "f28", { base: ["2"] }),
      built("tool:1:1:c", "f28", { base: ["2"] }),
      built("base:1:1:c", "f28"),
      built("base:2:1:c", "f28")
    ]
    assert.deepStrictEqual(chosen(solve(modules, { platform: ["f28"], app: ["1"] })), [
      "0 app:1:c base:2:c lib:2:c platform:f28:c0 tool:1:c"
    ])
  })

  it("says what is missing, and who wants it", () => {
    const modules = [base("platform:f28:0:c0"), built("foo:1:1:c", "f28", { ghost: ["7"] })]
    const { combinations, conflicts } = solve(modules, { platform: ["f28"], foo: ["1"] })
    assert.deepStrictEqual(combinations, [])
    assert.deepStrictEqual(conflicts.map(SolverConflict.describe), [
      "Cannot find any module builds for ghost:7: foo:1 needs ghost:7"
    ])
  })

  it.each([
    [
      "have nothing to do with each other",
      { a: ["1"], x: ["1"], b: ["1"], y: ["1"] },
      ["a:1 needs x:2, you ask for x:1", "b:1 needs y:2, you ask for y:1"]
    ],
    [
      "are about the same requirement",
      { x: ["1"], a: ["1"], c: ["1"] },
      ["a:1 needs x:2, you ask for x:1", "c:1 needs x:2, you ask for x:1"]
    ],
    ["are between the same two builds", { d: ["1"], e: ["1"] }, [
      "d:1 needs x:1, e:1 needs x:2",
      "d:1 needs y:1, e:1 needs y:2"
    ]],
    ["are of another kind", { a: ["1"], x: ["1"], f: ["1"] }, [
      "Cannot find any module builds for ghost:7: f:1 needs ghost:7",
      "a:1 needs x:2, you ask for x:1"
    ]]
  ])("names all conflicts where several %s", (_, wanted, expected) => {
    const modules = [
      base("platform:f28:0:c0"),
      ...["x:1", "x:2", "y:1", "y:2"].map((stream) => built(`${stream}:1:c`, "f28")),
      built("a:1:1:c", "f28", { x: ["2"] }),
      built("b:1:1:c", "f28", { y: ["2"] }),
      built("c:1:1:c", "f28", { x: ["2"] }),
      built("d:1:1:c", "f28", { x: ["1"], y: ["1"] }),
      built("e:1:1:c", "f28", { x: ["2"], y: ["2"] }),
      built("f:1:1:c", "f28", { ghost: ["7"] })
    ]
    const { combinations, conflicts } = solve(modules, { platform: ["f28"], ...wanted })
    assert.deepStrictEqual(combinations, [])
    assert.sameMembers(conflicts.map(SolverConflict.describe), expected)
  })

  it("explains a bounded number of conflicts", () => {
    const names = Array.from({ length: 40 }, (_, index) => `m${index}`)
    const modules = [
      base("platform:f28:0:c0"),
      ...names.flatMap((name) => [built(`${name}:1:1:c`, "f28"), built(`${name}:2:1:c`, "f28")]),
      ...names.map((name) => built(`of-${name}:1:1:c`, "f28", { [name]: ["2"] }))
    ]
    const wanted = Object.fromEntries(names.flatMap((name) => [[name, ["1"]], [`of-${name}`, ["1"]]]))
    const { conflicts } = solve(modules, { platform: ["f28"], ...wanted })
    assert.lengthOf(conflicts, 20)
    assert.lengthOf(new Set(conflicts.map(SolverConflict.describe)), 20)
  })

  const Level = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 }))
  it.prop(
    "installs at most one stream of a module, and everything a build requires",
    [Schema.Array(Schema.Tuple([Level, Level, Level])).check(Schema.isMaxLength(12))],
    ([edges]) => {
      const names = ["a", "b", "c"]
      const modules = [
        base("platform:f28:0:c0"),
        ...edges.map(([from, to, stream], index) =>
          built(`${names[from]}:${stream}:${index}:c${index}`, "f28", {
            platform: ["f28"],
            ...(to < from ? { [names[to]!]: stream === 2 ? [] : [String(stream)] } : {})
          })
        )
      ]
      for (const { modules: installed } of solve(modules, { platform: ["f28"], c: [] }).combinations) {
        assert.strictEqual(new Set(installed.map(({ name }) => name)).size, installed.length)
        for (const { dependencies } of installed) {
          for (const [name, streams] of Object.entries(dependencies[0]?.requires ?? {})) {
            const found = installed.find((module) => module.name === name)
            assert.isDefined(found)
            assert.isTrue(streams.length === 0 || streams.includes(found!.stream))
          }
        }
      }
    }
  )
})
