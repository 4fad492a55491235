/**
 * Runs the benchmarks: `pnpm bench` all of them, `pnpm bench search koji` those with such a word in their path, `pnpm bench scale`
 * those of how it goes at scale, which take ten minutes at most together.
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

const root = fileURLToPath(new URL("..", import.meta.url))

/** What `scale` stands for. */
const scale = ["engine", "http", "koji", "start", "idle", "lists"]

const split = process.argv.indexOf("--")
const given = process.argv.slice(2, split < 0 ? undefined : split).map((word) => word.toLowerCase())
const words = given.flatMap((word) => word === "scale" ? scale.map((name) => `${name}.bench.ts`) : [word])
const rest = split < 0 ? [] : process.argv.slice(split + 1)

const all = globSync(["packages/*/bench/**/*.bench.ts", "examples/*/*.bench.ts"], { cwd: root }).sort()
const isMeant = (path: string, word: string): boolean =>
  word.endsWith(".bench.ts") ? path.endsWith(`/${word}`) : path.toLowerCase().includes(word)
const chosen = all.filter((path) => words.length === 0 || words.some((word) => isMeant(path, word)))
if (chosen.length === 0) {
  console.error(`bench: nothing matches ${words.join(", ")}; there is:\n${all.join("\n")}`)
  process.exitCode = 1
}
const folder = mkdtempSync(join(tmpdir(), "orch-bench-lines-"))
const lines = join(folder, "lines")
const began = performance.now()
try {
  for (const path of chosen) {
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
