/**
 * One line for each file of tests, and at the end: what ran on which database, what was skipped and why, and the sums.
 *
 * A suite says in its name on what it runs ("… on PGlite", "… on PostgreSQL"), and a test that skips gives its reason
 * with `skip("reason")` or, where it is known beforehand, in a name: "… [skipped: reason]".
 */
import type { Reporter, TestCase, TestModule } from "vitest/node"

const databases = ["PGlite", "PostgreSQL"]

const count = (tests: ReadonlyArray<TestCase>, state: string): number =>
  tests.filter((test) => test.result().state === state).length

const reason = (test: TestCase): string => {
  const result = test.result()
  if (result.state === "skipped" && result.note !== undefined && result.note !== "") return result.note
  return /[[(]skipped:? (.+?)[\])]/.exec(test.fullName)?.[1] ?? /\((needs .+?)\)/.exec(test.fullName)?.[1] ??
    /on PostgreSQL: (no .+)$/.exec(test.fullName)?.[1]
    ?? "no reason given"
}

export const summarize = (tests: ReadonlyArray<TestCase>, brokenFiles: number): ReadonlyArray<string> => {
  const skipped = tests.filter((test) => test.result().state === "skipped")
  const reasons = Map.groupBy(skipped, reason)
  return [
    ...databases.map((database) => {
      const own = tests.filter((test) => test.fullName.includes(database))
      const server = database === "PostgreSQL" ? process.env["ORCH_TEST_DATABASE_URL"] : undefined
      const where = server === undefined || !URL.canParse(server) ? "" : ` (${new URL(server).host})`
      return `on ${database}${where}: ${count(own, "passed")} passed, ${count(own, "failed")} failed, ${
        count(own, "skipped")
      } skipped`
    }),
    ...[...reasons].map(([why, all]) =>
      `skipped ${all.length}: ${why}${why === "no reason given" ? ` (${names(all)})` : ""}`
    ),
    ...brokenFiles > 0 ? [`files that could not run: ${brokenFiles}`] : [],
    `${count(tests, "passed")} passed, ${count(tests, "failed") + brokenFiles} failed, ${skipped.length} skipped`
  ]
}

/** Tests named at the end because they took longest. */
const most = 10

const slowest = (tests: ReadonlyArray<TestCase>): ReadonlyArray<string> => {
  const took = (test: TestCase): number => test.diagnostic()?.duration ?? 0
  return tests.toSorted((one, two) => took(two) - took(one)).slice(0, most).map((test) =>
    `  ${(took(test) / 1000).toFixed(1)} s  ${test.module.relativeModuleId}: ${test.fullName}`
  )
}

const names = (tests: ReadonlyArray<TestCase>): string =>
  [...new Set(tests.map((test) => test.module.relativeModuleId))].join(", ")

export default class TestReporter implements Reporter {
  onTestModuleEnd(module: TestModule): void {
    const tests = [...module.children.allTests()]
    const mark = module.ok() ? "ok  " : "FAIL"
    const skipped = count(tests, "skipped")
    const duration = Math.round(module.diagnostic().duration)
    const note = skipped === 0 ? "" : `, ${skipped} skipped`
    console.log(`${mark} ${module.relativeModuleId} (${tests.length} tests${note}, ${duration} ms)`)
  }

  onTestRunEnd(modules: ReadonlyArray<TestModule>): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const broken = modules.filter((module) => module.errors().length > 0).length
    console.log(`\nthe slowest tests:\n${slowest(tests).join("\n")}`)
    console.log(`\n${summarize(tests, broken).join("\n")}`)
  }
}
