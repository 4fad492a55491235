/** The `kerberos` package of npm, compiled from its source into a cache, for tests; absent, with the reason, where it cannot be. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join, resolve } from "node:path"
import * as Preparation from "./Preparation.ts"

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
export const prepare = async (): Promise<Prepared> => {
  const cache = resolve(import.meta.dirname, `../node_modules/.cache/kerberos-${version}`)
  const directory = join(cache, "node_modules/kerberos")
  if (loads(directory)) return { directory }
  // Its headers; what is compiled with those of one Node.js runs on all.
  if (!existsSync("/usr/include/node/node_api.h")) {
    return { missing: "the headers of Node.js are not in /usr/include/node" }
  }
  if (!existsSync("/usr/include/gssapi/gssapi.h")) return { missing: "libkrb5-dev is not installed" }
  mkdirSync(cache, { recursive: true })
  return await Preparation.alone(
    `${cache}.lock`,
    patience,
    async () => loads(directory) ? { directory } : await compile(cache, directory)
  ) ?? { missing: `somebody else has compiled it for ${patience / 1000} s` }
}

const compile = async (cache: string, directory: string): Promise<Prepared> => {
  writeFileSync(join(cache, "package.json"), "{}")
  const problem = await Preparation.run("npm", ["install", `kerberos@${version}`, "--no-audit", "--no-fund"], {
    cwd: cache,
    timeout: patience,
    env: { ...process.env, npm_config_build_from_source: "true", npm_config_nodedir: "/usr" }
  })
  return loads(directory)
    ? { directory }
    : { missing: `kerberos of npm could not be compiled: ${problem ?? "npm installed it, and it cannot be loaded"}` }
}
