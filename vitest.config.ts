/**
 * One test run for the whole workspace; files run side by side, tests of one file in turn.
 *
 * Loading what it tests is most of what a short file costs, so files share a process, and what it has loaded, wherever they can:
 * tests of values in threads, those of servers in processes. Files have a process of their own that change what a process has only
 * once, measure it, or start programs from it.
 */
import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"
import TestOrder from "./tooling/TestOrder.ts"

const values = ["packages/{core,api}/test/**/*.test.ts"]
const alone = [
  "packages/server/test/auth/Kerberos.integration.test.ts",
  "packages/server/test/database/{EarlierVersion,EmbeddedSnapshot}*.test.ts",
  "packages/server/test/farms/OwnFarm.integration.test.ts",
  "packages/server/test/faults/*.test.ts",
  "packages/server/test/http/Bodies.integration.test.ts",
  "packages/server/test/programs/*.test.ts",
  "packages/web/test/Kerberos.integration.test.ts",
  "examples/custom-*/*.test.ts"
]
// Of every other package, also of one that is new.
const others = ["packages/!(core|api)/test/**/*.test.ts", "tooling/**/*.test.ts", "examples/**/*.test.ts"]

// Nine files took a sixth less of the processor with these. Collectors of garbage in threads of their own wait for processors that other
// files use. The heap need not be looked through whenever it has grown by a few megabytes, nor what it holds for a moment be moved, for the
// minutes that a process of tests lives; and what a file has compiled the next one needs, too.
const execArgv = [
  "--single-threaded-gc",
  "--no-flush-bytecode",
  "--initial-old-space-size=800",
  "--min-semi-space-size=16",
  "--max-semi-space-size=64"
]

const project = (name: string, include: Array<string>, rest: object = {}) => ({
  extends: true as const,
  test: { name, include, ...rest }
})

export default defineConfig({
  test: {
    // Many files wait for timers and other processes for most of their time: two for each processor leave a third of it unused.
    maxWorkers: Math.min(8, 3 * availableParallelism()),
    sequence: { sequencer: TestOrder },
    globalSetup: "tooling/TestFolder.ts",
    setupFiles: "tooling/TestModules.ts",
    // Node.js loads the sources as they are, which takes a third of what it takes Vite to hand them over.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    projects: [
      project("values", values, { pool: "threads", isolate: false }),
      project("servers", others, {
        pool: "forks",
        isolate: false,
        execArgv,
        exclude: ["**/node_modules/**", ...alone]
      }),
      project("alone", alone, { execArgv })
    ],
    // What hangs, and not what is slow: machines differ, and what else they do.
    testTimeout: 120_000,
    hookTimeout: 180_000
  }
})
