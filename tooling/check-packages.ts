/**
 * Builds and packs every package as it would be published, has publint and attw look at the result, and then does with the
 * tarballs what people do: `packages/trials.ts`.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { run } from "./packages/Command.ts"
import * as EmptyFolder from "./packages/EmptyFolder.ts"
import * as Manifest from "./packages/Manifest.ts"
import * as Registry from "./packages/Registry.ts"
import { trials } from "./packages/trials.ts"

// A signal ends it like any other end, so that what was begun is ended, too.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1))

const root = fileURLToPath(new URL("..", import.meta.url))
const at = { cwd: root }

const problems: Array<string> = []
const attempt = async (what: string, check: () => Promise<void> | void) => {
  try {
    await check()
    console.log(`ok   ${what}`)
  } catch (error) {
    console.error(`FAIL ${what}\n${error instanceof Error ? error.message : String(error)}`)
    problems.push(what)
  }
}

/** Words of the command line choose trials; without any, all are done. */
const words = process.argv.slice(2)
const isWanted = (name: string) => words.length === 0 || words.some((word) => name.includes(word))

run("tsc", ["-b"], at)
run("tsup", [], at)
run("node", ["tooling/bundle-licences.ts"], at)
run("node", ["tooling/embedded-database.ts"], at)
const out = mkdtempSync(join(tmpdir(), "orch-packages-"))
try {
  const tarballs: Array<string> = []
  for (const folder of Manifest.folders(root)) {
    const { bin = {}, name } = Manifest.read(folder)
    const printed = run("npx", ["-y", "pnpm@12.21.0", "pack", "--pack-destination", out], { cwd: folder })
    const tarball = printed.trim().split("\n").at(-1) ?? ""
    tarballs.push(tarball)
    await attempt(`${name}: internal folders are closed`, () => {
      const open = Manifest.openInternals(folder)
      if (open.length > 0) throw new Error(`add to exports and publishConfig.exports: ${open.join(", ")}`)
    })
    await attempt(`${name}: publint`, () => void run("publint", ["run", tarball, "--strict"], at))
    await attempt(
      `${name}: attw`,
      () => void run("attw", [tarball, "--profile", "esm-only", "--format", "ascii"], at)
    )
    await attempt(`${name}: its programs are packed`, () => {
      const files = new Set(run("tar", ["-tzf", tarball], at).split("\n"))
      const absent = Object.values(bin).filter((path) => !files.has(join("package", path)))
      if (absent.length > 0) throw new Error(`${absent.join(", ")} not found`)
    })
  }
  const registry = await Registry.serve(tarballs)
  const lockfile = readFileSync(join(root, "pnpm-workspace.yaml"), "utf8")
  const versions = {
    own: Manifest.read(join(root, "packages/core")).version,
    typescript: /^ {2}typescript: (\S+)$/m.exec(lockfile)?.[1] ?? "latest"
  }
  for (const { check, name, unless } of trials(versions).filter(({ name }) => isWanted(name))) {
    if (unless !== undefined) {
      console.log(`skip ${name}: ${unless}`)
      continue
    }
    const folder = EmptyFolder.make(registry)
    await attempt(name, () => check(folder))
    folder.remove()
  }
  registry.close()
} finally {
  rmSync(out, { recursive: true, force: true })
}
process.exitCode = problems.length === 0 ? 0 : 1
