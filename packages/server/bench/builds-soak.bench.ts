/**
 * Whole builds for some minutes on nodes that are killed at random, report twice and late, with test systems that do so, too: every build must
 * end with the right packages, what all architectures share and the tests once, and the repositories complete when it says so.
 *
 *   pnpm bench builds-soak -- --seconds 240
 */
import * as Effect from "effect/Effect"
import * as References from "effect/References"
import { parseArgs } from "node:util"
import * as FailingFarm from "../test/albs/FailingFarm.ts"

const { values: given } = parseArgs({
  options: {
    seconds: { type: "string", default: "120" },
    nodes: { type: "string", default: "24" },
    together: { type: "string", default: "6" }
  }
})

const begun = performance.now()
const options: FailingFarm.Options = {
  names: ["one", "two", "three"],
  arches: ["x86_64", "aarch64"],
  nodes: Number(given.nodes),
  together: Number(given.together),
  isOver: () => performance.now() - begun > Number(given.seconds) * 1000
}
const packages = FailingFarm.makePackages(options.names, options.arches)

if (packages === undefined) console.log("skipped: rpmbuild is not installed")
else {
  const { problems, ...said } = await Effect.runPromise(
    Effect.scoped(FailingFarm.run(options, packages)).pipe(Effect.provideService(References.MinimumLogLevel, "Warn"))
  )
  console.log(
    `${options.nodes} nodes, ${((performance.now() - begun) / 1000).toFixed(0)} s: ${said.builds} builds with ${
      said.tasks.toLocaleString("en")
    } tasks in ${
      said.handed.toLocaleString("en")
    } hand-outs; killed ${said.killed}, doubled ${said.doubled}, late ${said.late}, `
      + `${said.refused} reports refused`
  )
  for (const problem of problems.slice(0, 20)) console.log(`PROBLEM ${problem}`)
  console.log(
    problems.length === 0 ? "every build is right: each task, shared package and test once" : "something is wrong"
  )
  if (problems.length > 0) process.exitCode = 1
}
