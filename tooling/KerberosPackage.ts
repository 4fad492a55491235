/** The `kerberos` package of npm, compiled from its source into a cache, for tests; absent, with the reason, where it cannot be. */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join, resolve } from "node:path"

const version = "7.0.0"

/** Where it is, or why not. */
export type Prepared = { readonly directory: string } | { readonly missing: string }

const loads = (directory: string): boolean => {
  try {
    return typeof createRequire(import.meta.url)(directory).initializeServer === "function"
  } catch {
    return false
  }
}

const isRunning = (id: number): boolean => {
  try {
    return process.kill(id, 0)
  } catch {
    return false
  }
}

/** Does it while no other process does: two that compile in one folder take each other's files away. */
const alone = <A>(lock: string, act: () => A): A => {
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" })
      break
    } catch {
      const holder = existsSync(lock) ? Number(readFileSync(lock, "utf8")) : 0
      // One that has been made and not written to yet is somebody's as well.
      if (holder > 0 && !isRunning(holder)) rmSync(lock, { force: true })
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
    }
  }
  try {
    return act()
  } finally {
    rmSync(lock, { force: true })
  }
}

export const prepare = (): Prepared => {
  const cache = resolve(import.meta.dirname, `../node_modules/.cache/kerberos-${version}`)
  const directory = join(cache, "node_modules/kerberos")
  if (loads(directory)) return { directory }
  // Its headers; what is compiled with those of one Node.js runs on all.
  if (!existsSync("/usr/include/node/node_api.h")) {
    return { missing: "the headers of Node.js are not in /usr/include/node" }
  }
  if (!existsSync("/usr/include/gssapi/gssapi.h")) return { missing: "libkrb5-dev is not installed" }
  mkdirSync(cache, { recursive: true })
  return alone(`${cache}.lock`, () => loads(directory) ? { directory } : compile(cache, directory))
}

const compile = (cache: string, directory: string): Prepared => {
  writeFileSync(join(cache, "package.json"), "{}")
  const { error, stderr } = spawnSync("npm", ["install", `kerberos@${version}`, "--no-audit", "--no-fund"], {
    cwd: cache,
    encoding: "utf8",
    timeout: 300_000,
    env: { ...process.env, npm_config_build_from_source: "true", npm_config_nodedir: "/usr" }
  })
  return loads(directory)
    ? { directory }
    : { missing: `kerberos of npm could not be compiled: ${(error?.message ?? stderr).trim().split("\n").at(-1)}` }
}
