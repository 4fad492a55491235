/**
 * Runs the benchmarks: `pnpm bench` all of them, `pnpm bench search koji` those with such a word in their path.
 *
 * A benchmark is `packages/NAME/bench/….bench.ts`: a program of its own process that prints what it measured and against
 * which peer or bound, in the same run. Arguments after `--` are handed on.
 */
import { spawnSync } from "node:child_process"
import { globSync } from "node:fs"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const split = process.argv.indexOf("--")
const words = process.argv.slice(2, split < 0 ? undefined : split).map((word) => word.toLowerCase())
const rest = split < 0 ? [] : process.argv.slice(split + 1)

const all = globSync("packages/*/bench/**/*.bench.ts", { cwd: root }).sort()
const chosen = all.filter((path) => words.length === 0 || words.some((word) => path.toLowerCase().includes(word)))
if (chosen.length === 0) {
  console.error(`bench: nothing matches ${words.join(", ")}; there is:\n${all.join("\n")}`)
  process.exitCode = 1
}
for (const path of chosen) {
  console.log(`\n# ${path}`)
  const { status } = spawnSync(process.execPath, ["--expose-gc", path, ...rest], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"]
  })
  if (status !== 0) {
    console.error(`bench: ${path} ended with ${status}`)
    process.exitCode = 1
  }
}
