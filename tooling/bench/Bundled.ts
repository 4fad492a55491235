/** The bundles as they are published, for benchmarks that start them: made once for all that run together. */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../..", import.meta.url))

const tool = (name: string, ...args: ReadonlyArray<string>): void => {
  const { error, status, stderr, stdout } = spawnSync(join(root, "node_modules/.bin", name), args, {
    cwd: root,
    encoding: "utf8"
  })
  if (status !== 0) throw new Error(`${name}: ${error?.message ?? `${stdout}${stderr}`}`)
}

/** The name of the variable that says that they are there. */
export const made = "ORCH_BENCH_BUNDLED"

/** Makes them, unless who runs the benchmarks has. */
export const make = (): void => {
  if (process.env[made] !== undefined) return
  tool("tsc", "-b", "packages/server", "packages/client")
  tool("tsup")
}
