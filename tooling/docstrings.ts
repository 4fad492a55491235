/**
 * Fails when an export of the packages that others import has no docstring, or one that keeps silent about failures. Run by
 * `pnpm check`; prints the names. What lies in `internal/` is not exported to anybody.
 */
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { check, type Floor } from "./docstrings/check.ts"
import { read } from "./docstrings/Exports.ts"

/** Rooms whose docstrings are being written: their share may only rise. Everything else is documented whole. */
const floors: ReadonlyArray<Floor> = [
  { room: /^packages\/core\/src\/(?:life|engine|ports|testing)\//, share: 0.41 },
  { room: /^packages\/core\/src\/modulebuild\//, share: 0.55 }
]

const root = new URL("..", import.meta.url)
const packages = ["core", "api", "client"].map((name) => `packages/${name}/src/*.ts`)
const exports = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "--", ...packages], {
  cwd: root,
  encoding: "utf8"
})
  .split("\n")
  .filter((path) => path !== "" && !/\/internal\/|\.d\.ts$/.test(path) && existsSync(new URL(path, root)))
  .flatMap((path) => read(path, readFileSync(new URL(path, root), "utf8")))
const verdict = check(exports, floors)
for (const failure of verdict.failures) console.error(failure)
const share = (part: number, whole: number) => `${part} of ${whole} (${Math.floor(100 * part / whole)} %)`
console.log(
  `docstrings: ${share(verdict.good, verdict.exports)} exports, ${
    share(verdict.goodFunctions, verdict.functions)
  } functions`
)
process.exitCode = verdict.failures.length === 0 ? 0 : 1
