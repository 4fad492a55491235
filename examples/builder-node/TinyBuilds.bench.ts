/**
 * What a farm adds to the builds themselves, where those are tiny: from the request to the end of the build as its answer tells, against the time
 * in which at least one node was building. Two of the example's nodes build two packages, by themselves and as a module.
 *
 *   pnpm bench tinybuilds -- --times 5
 */
import * as Effect from "effect/Effect"
import { parseArgs } from "node:util"
import * as BuilderNode from "./BuilderNode.ts"
import * as TestFarm from "./TestFarm.ts"

const { values: given } = parseArgs({ options: { times: { type: "string", default: "5" } } })
const times = Number(given.times)

/** Times what the builds take. */
const bound = 1.5

interface Timed {
  readonly id: number
  readonly finished_at: string | null
  readonly tasks: ReadonlyArray<{
    readonly status: number
    readonly error: string | null
    readonly performance_stats: ReadonlyArray<
      { readonly statistics?: { readonly build_node_stats?: Record<string, Record<string, string>> } }
    >
  }>
}

const parse = (text: string | undefined): number => Date.parse(`${(text ?? "").replace(" ", "T")}Z`)

/** Milliseconds in which at least one node was building. */
const building = ({ tasks }: Timed): number => {
  const spans = tasks.flatMap(({ performance_stats }) =>
    performance_stats.flatMap(({ statistics }): ReadonlyArray<readonly [number, number]> => {
      const task = statistics?.build_node_stats?.["build_node_task"]
      return task === undefined ? [] : [[parse(task["start_ts"]), parse(task["end_ts"])]]
    })
  )
  let total = 0
  let last = -Infinity
  for (const [from, to] of [...spans].sort(([a], [b]) => a - b)) {
    total += Math.max(0, to - Math.max(from, last))
    last = Math.max(last, to)
  }
  return total
}

const names = ["chan", "libchan"]

const bench = Effect.gen(function*() {
  const farm = yield* TestFarm.start
  for (const name of names) farm.commit(name)
  const refs = names.map((name) => ({ url: farm.source(name), git_ref: "main", ref_type: 1 }))
  const platforms = [{ name: "el8", arch_list: ["x86_64"], parallel_mode_enabled: true }]
  const wanted = {
    "two packages": { platforms, tasks: refs, product_id: 1 },
    "a module of two packages": {
      platforms,
      tasks: [{
        module_name: "demo",
        module_stream: "1",
        modules_yaml: TestFarm.module(names),
        enabled_modules: { buildtime: [], runtime: [] },
        refs: refs.map((ref) => ({ ...ref, enabled: true, exist: true, mock_options: {} }))
      }],
      product_id: 1
    }
  }
  const stop = new AbortController()
  const node = () =>
    BuilderNode.run({
      url: farm.url,
      token: "node",
      arches: ["src", "x86_64"],
      excluded: [],
      threads: 1,
      interval: 10_000,
      signal: stop.signal
    })
  const nodes = [node(), node()]
  for (const [what, body] of Object.entries(wanted)) {
    const ratios: Array<number> = []
    const rests: Array<number> = []
    for (let turn = 0; turn <= times; turn++) {
      const begun = Date.now()
      const made = yield* farm.ask("POST", "/builds/", "alice", body)
      if (made.status !== 200) throw new Error(JSON.stringify(made.body))
      const { id } = made.body as Timed
      let build: Timed
      do {
        yield* Effect.sleep("25 millis")
        build = (yield* farm.ask("GET", `/builds/${id}/`, "alice")).body as Timed
      } while (build.finished_at === null)
      const wall = parse(build.finished_at) - begun
      const wrong = build.tasks.find(({ status }) => status !== 2)
      if (wrong !== undefined) throw new Error(`${what}: a task ended with ${wrong.status}: ${wrong.error}`)
      if (turn === 0) continue
      ratios.push(wall / building(build))
      rests.push(wall - building(build))
    }
    const middle = (all: ReadonlyArray<number>): number => [...all].sort((a, b) => a - b)[all.length >> 1]!
    const ratio = middle(ratios)
    console.log(
      `${what}: request to finished ${ratio.toFixed(2)} times what the builds took (bound ${bound}; ${
        ratios.map((one) => one.toFixed(2)).join(", ")
      }), ${middle(rests).toFixed(0)} ms more`
    )
    if (ratio > bound) process.exitCode = 1
  }
  stop.abort()
  yield* Effect.promise(() => Promise.all(nodes))
})

if (TestFarm.missing === undefined) await Effect.runPromise(Effect.scoped(bench))
else console.log(`skipped: ${TestFarm.missing} is not installed`)
