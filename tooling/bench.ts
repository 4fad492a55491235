/**
 * Runs the benchmarks: `pnpm bench` all of them, `pnpm bench search koji` those with such a word in their path, `pnpm bench scale`
 * those of how it goes at scale, which take ten minutes at most together; `pnpm bench --help` says more.
 *
 * A benchmark is `packages/NAME/bench/….bench.ts`, or beside an example: a program of its own process that prints what it measured and against
 * which peer or bound, in the same run. Arguments after `--` are handed on. What they print as `BenchLine`s is a table at the end.
 */
import { spawnSync } from "node:child_process"
import { existsSync, globSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as BenchLine from "./bench/BenchLine.ts"
import * as Benchmarks from "./bench/Benchmarks.ts"
import * as Bundled from "./bench/Bundled.ts"
import { systemPackages } from "./setup/system-packages.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))
const all = globSync(["packages/*/bench/**/*.bench.ts", "examples/*/*.bench.ts"], { cwd: root }).sort()

/** Runs them one after the other, and prints the table. */
const run = (paths: ReadonlyArray<string>, rest: ReadonlyArray<string>): void => {
  const folder = mkdtempSync(join(tmpdir(), "orch-bench-lines-"))
  const lines = join(folder, "lines")
  const began = performance.now()
  try {
    for (const path of paths) {
      console.log(`\n# ${path}`)
      const { status } = spawnSync(process.execPath, ["--expose-gc", path, ...rest], {
        cwd: root,
        stdio: ["ignore", "inherit", "inherit"],
        env: { ...process.env, ORCH_BENCH_LINES: lines }
      })
      if (status !== 0) {
        console.error(`bench: ${path} ended with ${status}`)
        process.exitCode = 1
      }
    }
    if (existsSync(lines)) console.log(`\n${BenchLine.table(lines)}`)
    console.log(`\n${((performance.now() - began) / 60_000).toFixed(1)} minutes`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const split = process.argv.indexOf("--")
const words = process.argv.slice(2, split < 0 ? undefined : split).map((word) => word.toLowerCase())
const { paths, unknown } = Benchmarks.chosen(all, words)
if (words.some((word) => ["--help", "-h", "help"].includes(word))) console.log(Benchmarks.help(all))
else if (unknown.length > 0) {
  console.error(unknown.map((word) => Benchmarks.unknown(all, word)).join("\n"))
  console.error("pnpm bench --help says more")
  process.exitCode = 2
} else {
  const starts = paths.filter((path) => Benchmarks.nameOf(path) === "start")
  if (starts.some((path) => path.includes("/client/"))) await systemPackages(["bench"])
  if (starts.length > 1) {
    Bundled.make()
    process.env[Bundled.made] = "1"
  }
  run(paths, split < 0 ? [] : process.argv.slice(split + 1))
}
