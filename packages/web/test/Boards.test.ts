/** What the larger pages are computed with: matrix of package builds, plan of releases, campaigns of thousands of nodes, problems in their places. */
import { assert, describe, it } from "@effect/vitest"
import type { PackageBuildTask } from "@orch/api/orch/PackageBuildsApi"
import type { PackageChecks } from "@orch/api/orch/PackageChecksApi"
import type { ReleasePlanView } from "@orch/api/orch/ReleasesApi"
import { render } from "preact-render-to-string"
import * as CampaignNodes from "../src/campaigns/CampaignNodes.ts"
import * as CampaignPage from "../src/campaigns/CampaignPage.ts"
import * as Neighbourhood from "../src/campaigns/Neighbourhood.ts"
import * as FinishedChart from "../src/farm/FinishedChart.ts"
import * as PackageMatrix from "../src/packagebuilds/PackageMatrix.ts"
import * as ProblemText from "../src/planner/ProblemText.ts"
import * as PlanRows from "../src/releases/PlanRows.ts"
import * as Viewer from "../src/Viewer.ts"
import { campaign, node } from "./Samples.ts"

const task = (id: number, name: string, state: PackageBuildTask["state"] = "completed"): PackageBuildTask => {
  const [platform = "", arch = "", position = "0"] = name.split("/")
  return {
    id,
    name,
    package: ["zlib", "bash"][Number(position)]!,
    platform,
    arch,
    state,
    state_reason: "",
    attempt: 1,
    node: null,
    commit: null,
    started_at: null,
    finished_at: null,
    artifacts: []
  }
}

const test = (
  id: number,
  of: number,
  state: PackageChecks["tests"][number]["state"]
): PackageChecks["tests"][number] => ({
  id,
  task: of,
  package: "zlib-1-1",
  revision: 1,
  state,
  state_reason: "",
  finished_at: null
})

describe("the matrix of a package build", () => {
  it("has a row for each package and a column for each platform and architecture, sources first", () => {
    const { columns, rows } = PackageMatrix.of(
      [task(1, "el9/x86_64/1"), task(2, "el9/src/0"), task(3, "el9/x86_64/0", "failed"), task(4, "el8/aarch64/0")],
      [test(7, 2, "failed"), test(8, 1, "completed")]
    )
    assert.deepStrictEqual(columns, ["el8 aarch64", "el9 src", "el9 x86_64"])
    assert.deepStrictEqual(rows.map(({ name }) => name), ["zlib", "bash"])
    assert.deepStrictEqual(rows[0]!.cells.map((cell) => cell?.task.id), [4, 2, 3])
    assert.deepStrictEqual(rows[1]!.cells.map((cell) => cell?.task.id), [undefined, undefined, 1])
    assert.deepStrictEqual(
      rows.flatMap(({ cells }) => cells.filter((cell) => cell !== undefined && PackageMatrix.isWrong(cell))).map((
        cell
      ) => cell!.task.id),
      [2, 3]
    )
  })
})

describe("the plan of a release", () => {
  const place = (trust: "released" | "unknown" | "edited", there: "nothing" | "other" = "nothing") => ({
    repository: "baseos",
    trust,
    because: { _tag: "Fallback" as const },
    there
  })
  const package_ = (
    nevra: string,
    places: ReadonlyArray<ReturnType<typeof place>>
  ): ReleasePlanView["packages"][number] => ({
    nevra,
    build: 1,
    source: "zlib",
    sha256: "",
    module: null,
    signers: [],
    places
  })

  it("says of each thing whether a person should look at it, and why", () => {
    const rows = PlanRows.rows({
      state: "planned",
      packages: [
        package_("usual", [place("released")]),
        package_("nowhere", []),
        package_("other", [place("released", "other")]),
        package_("guess", [place("unknown")]),
        package_("moved", [place("edited")])
      ],
      modules: [],
      left_out: [],
      problems: []
    })
    assert.deepStrictEqual(rows.map(({ id, unusual }) => [id, unusual]), [
      ["usual", undefined],
      ["nowhere", "it goes nowhere"],
      ["other", "baseos has another file of this name"],
      ["guess", "nobody knows where it belongs"],
      ["moved", "a person placed it"]
    ])
    assert.deepStrictEqual(PlanRows.byRepository(rows), [["baseos", 4]])
  })
})

describe("the impact board", () => {
  it("is small for a campaign of 5,000 nodes, and still shows everything that is wrong", () => {
    const nodes = Array.from(
      { length: 5000 },
      (_, index) => node(index, index % 500 === 3 ? { state: "failed", state_reason: "does not compile" } : {})
    )
    const page = CampaignPage.page({
      campaign: campaign(nodes),
      filter: { state: "", tier: "", q: "", offset: 0 },
      node: "module7:1",
      viewer: Viewer.stranger,
      now: Date.parse("2026-11-28T12:00:00Z"),
      prefix: ""
    })
    const html = page.body.map((part) => render(part)).join("")
    // The size counts, not the time: a browser lays out what it is sent.
    assert.isBelow(html.length, 200_000)
    for (let index = 3; index < 5000; index += 500) assert.include(html, `module${index}:1: Failed`)
    assert.include(html, "10 failed")
  })

  it("says when all will be green, between which times, and what has to be fixed before; nothing where that is not known", () => {
    const shown = (expected: ReturnType<typeof campaign>["expected"]) =>
      CampaignPage.page({
        campaign: { ...campaign([node(1)]), expected },
        filter: { state: "", tier: "", q: "", offset: 0 },
        node: "",
        viewer: Viewer.stranger,
        now: Date.parse("2026-11-28T12:00:00Z"),
        prefix: ""
      }).body.map((part) => render(part)).join("").replaceAll(/<[^>]+>/g, "")
    const text = shown({
      at: "2026-11-28T18:20:00Z",
      earliest: "2026-11-28T17:50:00Z",
      latest: "2026-11-28T18:45:00Z",
      known_runs: 3,
      critical: ["a:1", "b:1"],
      late: ["Not before a:1 is fixed."]
    })
    assert.include(text, "All green about 18:20, between 17:50 and 18:45. Not before a:1 is fixed.")
    assert.include(text, "a:1 → b:1")
    assert.notInclude(shown(null), "All green about")
  })

  it("filters nodes by state, tier and a part of the name, worst first", () => {
    const nodes = [
      node(1),
      node(2, { state: "failed" }),
      node(3, { state: "done", regressed: "its test fails" }),
      node(21)
    ]
    const names = (filter: Partial<CampaignNodes.Filter>) =>
      CampaignNodes.fitting(nodes, { state: "", tier: "", q: "", offset: 0, ...filter }).map(({ name }) => name)
    assert.deepStrictEqual(names({}), ["module3:1", "module2:1", "module1:1", "module21:1"])
    assert.deepStrictEqual(names({ state: "failed" }), ["module2:1"])
    assert.deepStrictEqual(names({ tier: "1" }), ["module1:1", "module21:1"])
    assert.deepStrictEqual(names({ q: "MODULE21" }), ["module21:1"])
  })

  it("shows two steps around a node and no more than it can draw", () => {
    const chain = ["a", "b", "c", "d", "e", "f"].map((name, index, all) => ({
      name,
      after: index === 0 ? [] : [all[index - 1]!]
    }))
    assert.sameMembers(Neighbourhood.around(chain, "c").map(({ name }) => name), ["a", "b", "c", "d", "e"])
    assert.deepStrictEqual(Neighbourhood.around(chain, "z"), [])
    const star = [
      { name: "hub", after: [] },
      ...Array.from({ length: 500 }, (_, index) => ({ name: `n${index}`, after: ["hub"] }))
    ]
    assert.strictEqual(Neighbourhood.around(star, "hub").length, Neighbourhood.most)
  })
})

describe("what is drawn and marked", () => {
  it("ends an axis at the next round number", () => {
    assert.deepStrictEqual([0, 1, 3, 7, 11, 53, 101].map(FinishedChart.ceiling), [1, 1, 5, 10, 20, 100, 200])
  })

  it("shows the lines around problems, once, with a gap where some are left out", () => {
    assert.deepStrictEqual(ProblemText.linesToShow([1, 2, 9], 10), [1, 2, 3, 4, 0, 7, 8, 9, 10])
    assert.deepStrictEqual(ProblemText.linesToShow([], 10), [])
  })
})
