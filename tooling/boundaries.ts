/**
 * Fails when a file imports what its room must not know, uses what its room must not use, has grown too large, or bears a
 * name that explains nothing. Run by `pnpm check`; the rules are in `boundaries/rooms.ts`.
 */
import { execFileSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { check } from "./boundaries/check.ts"
import { parse } from "./boundaries/SourceFile.ts"

const root = new URL("..", import.meta.url)
const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "--", "packages/*.ts", "examples/*.ts"], {
  cwd: root,
  encoding: "utf8",
  maxBuffer: 64 * 1024 * 1024
})
const files = listed.split("\n").filter((path) => path !== "" && existsSync(new URL(path, root)))
  .map((path) => parse(path, readFileSync(new URL(path, root), "utf8")))
const violations = check(files)
for (const { line, message, path } of violations) console.error(`${path}:${line}: ${message}`)
console.log(`boundaries: ${files.length} files, ${violations.length} violations`)
process.exitCode = violations.length === 0 ? 0 : 1
