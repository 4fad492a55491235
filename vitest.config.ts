/**
 * One test run for the whole workspace; files run side by side, tests of one file in turn.
 *
 * Tests of values share their loaded modules, which is most of what one of their files would take. Those that start servers, hold
 * files or set what a process has only once have a process for each file.
 */
import { defineConfig } from "vitest/config"
import TestOrder from "./tooling/TestOrder.ts"

const pure = ["packages/core/test/**/*.test.ts", "packages/api/test/**/*.test.ts"]

export default defineConfig({
  test: {
    maxWorkers: 2,
    sequence: { sequencer: TestOrder },
    projects: [
      { extends: true, test: { name: "values", include: pure, pool: "threads", isolate: false } },
      {
        extends: true,
        test: {
          name: "world",
          include: ["packages/*/test/**/*.test.ts", "tooling/**/*.test.ts", "examples/**/*.test.ts"],
          exclude: ["**/node_modules/**", ...pure]
        }
      }
    ],
    testTimeout: 60_000,
    hookTimeout: 120_000
  }
})
