/**
 * Builds and packs every package as it would be published, and has publint and attw look at the result.
 *
 * Also checked: that folders called `internal` are closed in `exports` (a pattern key has one `*`, so each needs a key of
 * its own), and that the packed entry points load in Node.js without the sources.
 */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly bin?: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, unknown>>
  readonly publishConfig?: { readonly exports?: Readonly<Record<string, unknown>> }
}

const manifest = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))

const run = (command: string, args: ReadonlyArray<string>, cwd = root): string => {
  const { error, status, stderr, stdout } = spawnSync(command, args, { cwd, encoding: "utf8" })
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}\n${stdout}${stderr}${error?.message ?? ""}`)
  return stdout
}

/** Folders called `internal` that the manifest leaves open. */
const openInternals = (folder: string): ReadonlyArray<string> => {
  const { exports, publishConfig } = manifest(folder)
  return readdirSync(join(folder, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name === "internal")
    .map((entry) => `./${join(entry.parentPath, entry.name).slice(join(folder, "src").length + 1)}/*`)
    .filter((key) => exports[key] !== null || publishConfig?.exports?.[key] !== null)
}

const problems: Array<string> = []
const attempt = (what: string, check: () => void) => {
  try {
    check()
    console.log(`ok   ${what}`)
  } catch (error) {
    console.error(`FAIL ${what}\n${error instanceof Error ? error.message : String(error)}`)
    problems.push(what)
  }
}

run("tsc", ["-b"])
run("tsup", [])
run("node", ["tooling/bundle-licences.ts"])
const out = mkdtempSync(join(tmpdir(), "orch-packages-"))
try {
  const scope = join(out, "node_modules/@orch")
  mkdirSync(scope, { recursive: true })
  const folders = readdirSync(join(root, "packages")).map((name) => join(root, "packages", name))
  for (const folder of folders.filter((path) => manifest(path).private !== true)) {
    const { bin = {}, name } = manifest(folder)
    attempt(`${name}: internal folders are closed`, () => {
      const open = openInternals(folder)
      if (open.length > 0) {
        throw new Error(`add to exports and publishConfig.exports: ${open.map((key) => `"${key}": null`)}`)
      }
    })
    const tarball =
      run("npx", ["-y", "pnpm@12.21.0", "pack", "--pack-destination", out], folder).trim().split("\n").at(-1) ?? ""
    attempt(`${name}: publint`, () => run("publint", ["run", tarball, "--strict"]))
    attempt(`${name}: attw`, () => run("attw", [tarball, "--profile", "esm-only", "--format", "ascii"]))
    const unpacked = join(scope, name.slice("@orch/".length))
    mkdirSync(unpacked)
    run("tar", ["-xzf", tarball, "--strip-components=1", "-C", unpacked])
    attempt(
      `${name}: its programs are packed`,
      () => Object.values(bin).forEach((path) => readFileSync(join(unpacked, path)))
    )
    // The packed packages find each other above themselves, and third parties where the workspace keeps them.
    mkdirSync(join(unpacked, "node_modules"))
    for (
      const entry of readdirSync(join(folder, "node_modules")).filter((other) => ![".bin", "@orch"].includes(other))
    ) {
      symlinkSync(join(folder, "node_modules", entry), join(unpacked, "node_modules", entry))
    }
  }
  for (const folder of readdirSync(scope).map((name) => join(scope, name))) {
    const { bin = {}, exports, name } = manifest(folder)
    const plain = (...args: ReadonlyArray<string>) => run("node", ["--no-experimental-strip-types", ...args], out)
    attempt(`${name}: loads from its build`, () => {
      const entry = join(folder, (exports["."] as { readonly default: string }).default)
      plain("--input-type=module", "-e", `await import(${JSON.stringify(entry)})`)
    })
    for (const [program, path] of Object.entries(bin)) {
      attempt(`${name}: ${program} --help`, () => plain(join(folder, path), "--help"))
    }
  }
} finally {
  rmSync(out, { recursive: true, force: true })
}
process.exitCode = problems.length === 0 ? 0 : 1
