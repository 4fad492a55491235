/** The `kerberos` package of npm, compiled from its source into a cache, for tests; absent, with the reason, where it cannot be. */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join, resolve } from "node:path"
import * as FileLock from "../packages/server/src/programs/FileLock.ts"

const version = "7.0.0"

/** Milliseconds that compiling may take. */
const patience = 300_000

/** Where it is, or why not. */
export type Prepared = { readonly directory: string } | { readonly missing: string }

const loads = (directory: string): boolean => {
  try {
    return typeof createRequire(import.meta.url)(directory).initializeServer === "function"
  } catch {
    return false
  }
}

/** Where it is, compiled before this answers if it was not; two processes that ask at once compile it once. */
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
  const lock = `${cache}.lock`
  if (!FileLock.tryAcquire(lock, patience)) return { missing: `somebody else has compiled it for ${patience / 1000} s` }
  try {
    return loads(directory) ? { directory } : compile(cache, directory)
  } finally {
    FileLock.release(lock)
  }
}

const compile = (cache: string, directory: string): Prepared => {
  writeFileSync(join(cache, "package.json"), "{}")
  const { error, stderr } = spawnSync("npm", ["install", `kerberos@${version}`, "--no-audit", "--no-fund"], {
    cwd: cache,
    encoding: "utf8",
    timeout: patience,
    env: { ...process.env, npm_config_build_from_source: "true", npm_config_nodedir: "/usr" }
  })
  return loads(directory)
    ? { directory }
    : { missing: `kerberos of npm could not be compiled: ${(error?.message ?? stderr).trim().split("\n").at(-1)}` }
}
