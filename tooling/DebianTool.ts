/**
 * Programs that tests run out of Debian packages which nobody wants installed for that, such as a service: the package is fetched
 * and unpacked into a cache, without root. Absent, with the reason, where there is no apt-get or no network.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
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

/** The directory that packages were unpacked to, or why they cannot be had. */
export type Tree = { readonly root: string } | { readonly missing: string }

/** Several packages in one tree, for services with libraries of their own; programs in it need its libraries in `LD_LIBRARY_PATH`. */
export const tree = (name: string, packages: ReadonlyArray<string>): Tree => {
  const cache = resolve(import.meta.dirname, `../node_modules/.cache/debian-tree-${name}`)
  const done = join(cache, "done")
  if (existsSync(done)) return { root: cache }
  rmSync(cache, { recursive: true, force: true })
  mkdirSync(cache, { recursive: true })
  const problem = run("apt-get", ["download", ...packages], cache)
    ?? readdirSync(cache).filter((file) => file.endsWith(".deb")).map((archive) => {
      const wrong = run("dpkg-deb", ["-x", archive, "."], cache)
      rmSync(join(cache, archive))
      return wrong
    }).find((wrong) => wrong !== undefined)
  if (problem !== undefined) {
    rmSync(cache, { recursive: true, force: true })
    return { missing: problem }
  }
  writeFileSync(done, "")
  return { root: cache }
}
