/**
 * Fails when an export of the packages that others import has no docstring, or one that keeps silent about failures. Run by
 * `pnpm check`; prints the names. What lies in `internal/` is not exported to anybody.
 */
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { check } from "./docstrings/check.ts"
import { read } from "./docstrings/Exports.ts"

const root = new URL("..", import.meta.url)
const packages = ["core", "api", "client", "adapters-koji", "adapters-pulp"].map((name) => `packages/${name}/src/*.ts`)
const exports = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "--", ...packages], {
  cwd: root,
  encoding: "utf8"
})
  .split("\n")
  .filter((path) => path !== "" && !/\/internal\/|\.d\.ts$/.test(path) && existsSync(new URL(path, root)))
  .flatMap((path) => read(path, readFileSync(new URL(path, root), "utf8")))
const { exports: count, failures, functions } = check(exports)
for (const failure of failures) console.error(failure)
console.log(`docstrings: ${count} exports, ${functions} of them functions, ${failures.length} without a good docstring`)
process.exitCode = failures.length === 0 ? 0 : 1
