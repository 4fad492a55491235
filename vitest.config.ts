/** One test run for the whole workspace; files run side by side, tests of one file in turn. */
import { defineConfig } from "vitest/config"
import TestOrder from "./tooling/TestOrder.ts"

export default defineConfig({
  test: {
    include: ["packages/*/test/**/*.test.ts", "tooling/**/*.test.ts", "examples/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    sequence: { sequencer: TestOrder }
  }
})
