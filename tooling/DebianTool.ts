/**
 * Programs that tests run out of Debian packages which nobody wants installed for that, such as a service: the package is fetched
 * and unpacked into a cache, without root. Absent, with the reason, where there is no apt-get or no network.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs"
import { join, resolve } from "node:path"

const downloadMillis = 120_000

/** What to run, or why it cannot be had. */
export type Prepared = { readonly program: string } | { readonly missing: string }

const run = (command: string, args: ReadonlyArray<string>, cwd: string): string | undefined => {
  const { error, status, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", timeout: downloadMillis })
  return status === 0 ? undefined : `${command}: ${(error?.message ?? stderr).trim().split("\n").at(-1) ?? "failed"}`
}

/** The program from `PATH` where it is there, else from the package. */
export const prepare = (name: string, package_: string): Prepared => {
  if (spawnSync(name, ["--version"]).error === undefined) return { program: name }
  const cache = resolve(import.meta.dirname, `../node_modules/.cache/debian-${package_}`)
  const program = join(cache, "usr/bin", name)
  if (existsSync(program)) return { program }
  mkdirSync(cache, { recursive: true })
  const why = run("apt-get", ["download", package_], cache)
  const archive = readdirSync(cache).find((file) => file.endsWith(".deb"))
  const problem = archive === undefined
    ? why ?? `${package_} was not downloaded`
    : run("dpkg-deb", ["-x", archive, "."], cache)
  if (problem === undefined && existsSync(program)) {
    rmSync(join(cache, archive ?? ""))
    return { program }
  }
  rmSync(cache, { recursive: true, force: true })
  return { missing: problem ?? `${package_} has no ${name}` }
}
