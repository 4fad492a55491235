/**
 * Programs that tests run out of Debian packages which nobody wants installed for that, such as a service: the package is fetched
 * and unpacked into a cache, without root. Absent, with the reason, where there is no apt-get or no network.
 */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import * as Preparation from "./Preparation.ts"

const downloadMillis = 120_000
/** Milliseconds for which another process may be at it. */
const patience = 300_000

/** What to run, or why it cannot be had. */
export type Prepared = { readonly program: string } | { readonly missing: string }

const run = (command: string, args: ReadonlyArray<string>, cwd: string): Promise<string | undefined> =>
  Preparation.run(command, args, { cwd, timeout: downloadMillis })

/** Makes what belongs into the directory, unless another process does. */
const alone = async <A>(
  cache: string,
  make: () => Promise<A | { readonly missing: string }>
): Promise<A | { readonly missing: string }> => {
  mkdirSync(resolve(cache, ".."), { recursive: true })
  return await Preparation.alone(`${cache}.lock`, patience, make)
    ?? { missing: `somebody else has fetched it for ${patience / 1000} s` }
}

/** The program from `PATH` where it is there, else from the package. */
export const prepare = async (name: string, package_: string): Promise<Prepared> => {
  if (spawnSync(name, ["--version"]).error === undefined) return { program: name }
  const cache = resolve(import.meta.dirname, `../node_modules/.cache/debian-${package_}`)
  const program = join(cache, "usr/bin", name)
  return await alone<Prepared>(cache, async () => {
    if (existsSync(program)) return { program }
    mkdirSync(cache, { recursive: true })
    const why = await run("apt-get", ["download", package_], cache)
    const archive = readdirSync(cache).find((file) => file.endsWith(".deb"))
    const problem = archive === undefined
      ? why ?? `${package_} was not downloaded`
      : await run("dpkg-deb", ["-x", archive, "."], cache)
    if (problem === undefined && existsSync(program)) {
      rmSync(join(cache, archive ?? ""))
      return { program }
    }
    rmSync(cache, { recursive: true, force: true })
    return { missing: problem ?? `${package_} has no ${name}` }
  })
}

/** The directory that packages were unpacked to, or why they cannot be had. */
export type Tree = { readonly root: string } | { readonly missing: string }

/** Several packages in one tree, for services with libraries of their own; programs in it need its libraries in `LD_LIBRARY_PATH`. */
export const tree = async (name: string, packages: ReadonlyArray<string>): Promise<Tree> => {
  const cache = resolve(import.meta.dirname, `../node_modules/.cache/debian-tree-${name}`)
  const done = join(cache, "done")
  return await alone<Tree>(cache, async () => {
    if (existsSync(done)) return { root: cache }
    rmSync(cache, { recursive: true, force: true })
    mkdirSync(cache, { recursive: true })
    let problem = await run("apt-get", ["download", ...packages], cache)
    for (const archive of readdirSync(cache).filter((file) => file.endsWith(".deb"))) {
      problem ??= await run("dpkg-deb", ["-x", archive, "."], cache)
      rmSync(join(cache, archive))
    }
    if (problem !== undefined) {
      rmSync(cache, { recursive: true, force: true })
      return { missing: problem }
    }
    writeFileSync(done, "")
    return { root: cache }
  })
}
