/**
 * Simulates rebuilds of whole distributions and prints how long they take, as a multiple of what no schedule can beat:
 * `pnpm sim [--graph debian|modules|both] [--workers 25,100] [--chart FILE]`. What is compared: `docs/rebuilds.md`.
 *
 * Debian's lists come by apt, once; where apt or the network is missing, only the made-up distribution is simulated.
 */
import { writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import * as BuildGraph from "./sim/BuildGraph.ts"
import * as Change from "./sim/Change.ts"
import * as Chart from "./sim/Chart.ts"
import * as DebianPackages from "./sim/DebianPackages.ts"
import * as ModuleDistribution from "./sim/ModuleDistribution.ts"
import * as Policies from "./sim/Policies.ts"
import * as Schedule from "./sim/Schedule.ts"

const { values } = parseArgs({
  options: {
    graph: { type: "string", default: "both" },
    workers: { type: "string", default: "25,50,100,200,350,500,700,1000" },
    chart: { type: "string" }
  }
})
const workers = values.workers.split(",").map(Number)
if (workers.some((count) => !Number.isInteger(count) || count < 1)) {
  throw new Error("--workers: numbers above 0, with commas")
}

const hours = (seconds: number) => `${(seconds / 3600).toFixed(1)} h`
const row = (label: string, cells: ReadonlyArray<string>) =>
  console.log(`  ${label.padEnd(30)}${cells.map((cell) => cell.padStart(9)).join("")}`)
const goal = 1.05
let [worst, missed] = [1, 0]

const simulate = (graph: BuildGraph.BuildGraph) => {
  console.log(
    `\n# ${graph.name}: ${graph.builds} builds, ${graph.names.length} nodes, ${graph.edges} edges, largest circle ${graph.largestCircle} builds`
  )
  const tierOf = BuildGraph.tiers(graph)
  const ranks = new Map(Policies.policies.map((policy) => [policy.name, policy]))
  const ours = ranks.get("ours")!
  /** Makespans over the bound, one for each number of workers. */
  const compare = (
    seconds: Float64Array,
    policy: Policies.Policy,
    conditions: { sigma?: number; regeneration?: number; failing?: number; chosen?: Uint8Array } = {}
  ) => {
    const { sigma = 0, ...rest } = conditions
    const rank = policy.rank(graph, Policies.predicted(seconds, sigma))
    return workers.map((count) => {
      const rebuild = { graph, seconds, workers: count, ...rest }
      const barrier = policy.barrier === true ? tierOf : undefined
      return Schedule.makespan({ ...rebuild, rank, barrier }) / Schedule.lowerBound(rebuild).seconds
    })
  }
  const print = (label: string, ratios: ReadonlyArray<number>) => row(label, ratios.map((ratio) => ratio.toFixed(3)))
  const judge = (ratios: ReadonlyArray<number>) => {
    worst = Math.max(worst, ...ratios)
    missed += ratios.filter((ratio) => ratio > goal).length
    return ratios
  }
  for (const [model, durationsOf] of Object.entries(Policies.durations)) {
    if (model === "by size" && graph.bytes.every((bytes) => bytes === 0)) continue
    const seconds = durationsOf(graph)
    const { path, work } = Schedule.lowerBound({ graph, seconds, workers: 1 })
    console.log(`\n${graph.name}, everything, durations ${model}: ${hours(work)} of work, longest chain ${hours(path)}`)
    row("workers", workers.map(String))
    row("lower bound", workers.map((count) => hours(Math.max(path, work / count))))
    const lines = Policies.policies.map((policy) => ({ name: policy.name, values: compare(seconds, policy) }))
    for (const line of lines) print(line.name, line.name === "ours" ? judge(line.values) : line.values)
    for (const sigma of [0.5, 1]) print(`ours, predictions off by ${sigma}`, judge(compare(seconds, ours, { sigma })))
    if (model === "lognormal" && values.chart !== undefined && graph.name === "Debian") {
      const title = "Full rebuild of Debian 12: time over the lower bound"
      writeFileSync(values.chart, Chart.draw(title, workers, lines))
    }
    if (model !== "lognormal") continue
    console.log("  what this goal does not cover:")
    for (const policy of [ranks.get("FIFO")!, ours]) {
      print(`${policy.name}, 5 % fail`, compare(seconds, policy, { failing: 0.05 }))
      print(`${policy.name}, repository 120 s`, compare(seconds, policy, { regeneration: 120 }))
    }
  }
  const seconds = Policies.durations.lognormal(graph)
  const changes = graph.name === "Debian"
    ? ["src:zlib", "src:libpng1.6", "src:gtk+3.0"]
    : ["m0/c0", "m50/c0", "m500/c0"]
  console.log(
    `\n${graph.name}, one change: builds, and time at ${
      workers.at(-1)
    } workers, by how often a rebuild comes out unchanged`
  )
  row("unchanged", ["0 %", "50 %", "80 %", "95 %"])
  for (const [change, named] of changes.flatMap((change) => [[change, false], [change, true]] as const)) {
    const node = graph.names.indexOf(change)
    const sets = [0, 0.5, 0.8, 0.95].map((unchanged) => Change.rebuilt(graph, node, unchanged, named))
    row(
      `${change}, ${named ? "what is named" : "whole buildroot"}`,
      sets.map((chosen) => `${chosen.reduce((sum, one) => sum + one, 0)}`)
    )
    const rank = ours.rank(graph, seconds)
    row("", sets.map((chosen) => hours(Schedule.makespan({ graph, seconds, workers: workers.at(-1)!, rank, chosen }))))
  }
}

if (!["debian", "modules", "both"].includes(values.graph)) throw new Error("--graph: debian, modules or both")
if (values.graph !== "modules") {
  try {
    simulate(DebianPackages.graph())
  } catch (problem) {
    if (values.graph === "debian") throw problem
    console.log(`Debian is left out: ${problem instanceof Error ? problem.message : problem}`)
  }
}
if (values.graph !== "debian") simulate(ModuleDistribution.graph())
console.log(`\nours at worst ${worst.toFixed(3)} of the lower bound; ${missed} of its numbers above ${goal}`)
