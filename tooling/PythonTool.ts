/**
 * Clients of others that tests drive, from PyPI: each in a virtual environment of its own, made once and kept; absent, with the
 * reason, where it cannot be had.
 */
import { existsSync, mkdirSync } from "node:fs"
import { join, resolve } from "node:path"
import * as Preparation from "./Preparation.ts"

/** Debian's and Fedora's own interpreter, which sees what their packages bring and pip would have to compile. */
const system = "/usr/bin/python3"

const installMillis = 240_000
const probeMillis = 60_000

export interface Tool {
  readonly name: string
  readonly version: string
  /** What has to be installed besides. */
  readonly more?: ReadonlyArray<string>
  /** Program below `bin` of the environment that tests run. */
  readonly program: string
  /** Arguments with which the program ends successfully where all is well. */
  readonly probe: ReadonlyArray<string>
  /** Environment variable that names another installation of the program. */
  readonly variable: string
}

export type Prepared = { readonly program: string } | { readonly missing: string }

export const prepare = async (
  { more = [], name, probe, program, variable, version }: Tool
): Promise<Prepared> => {
  const directory = resolve(import.meta.dirname, `../node_modules/.cache/${name}-${version}`)
  const path = process.env[variable] ?? join(directory, "bin", program)
  const fault = () => Preparation.run(path, probe, { timeout: probeMillis, env: { ...process.env, HOME: directory } })
  const isThere = async () => existsSync(path) && await fault() === undefined
  if (await isThere()) return { program: path }
  const steps = [
    [existsSync(system) ? system : "python3", "-m", "venv", "--system-site-packages", directory],
    [
      join(directory, "bin/python"),
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      `${name}==${version}`,
      ...more
    ]
  ] as const
  mkdirSync(resolve(directory, ".."), { recursive: true })
  return await Preparation.alone<Prepared>(`${directory}.lock`, 2 * installMillis, async () => {
    if (await isThere()) return { program: path }
    for (const [command, ...args] of steps) {
      const why = await Preparation.run(command, args, { timeout: installMillis })
      if (why !== undefined) return { missing: `${name} of PyPI could not be installed: ${why}` }
    }
    const why = await fault()
    return why === undefined
      ? { program: path }
      : { missing: `${name} of PyPI is installed and does not work: ${why}` }
  }) ?? { missing: `somebody else has installed ${name} of PyPI for ${2 * installMillis / 1000} s` }
}
