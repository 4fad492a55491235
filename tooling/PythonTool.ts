/**
 * Clients of others that tests drive, from PyPI: each in a virtual environment of its own, made once and kept; absent, with the
 * reason, where it cannot be had.
 */
import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join, resolve } from "node:path"

/** Debian's and Fedora's own interpreter, which sees what their packages bring and pip would have to compile. */
const system = "/usr/bin/python3"

const installMillis = 240_000

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

export const prepare = ({ more = [], name, probe, program, variable, version }: Tool): Prepared => {
  const directory = resolve(import.meta.dirname, `../node_modules/.cache/${name}-${version}`)
  const path = process.env[variable] ?? join(directory, "bin", program)
  const works = () => spawnSync(path, probe, { env: { ...process.env, HOME: directory } }).status === 0
  if (existsSync(path) && works()) return { program: path }
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
  for (const [command, ...args] of steps) {
    const done = spawnSync(command, args, { encoding: "utf8", timeout: installMillis })
    if (done.status !== 0) {
      const why = (done.error?.message ?? done.stderr).trim().split("\n").at(-1)
      return { missing: `${name} of PyPI could not be installed: ${why}` }
    }
  }
  return works() ? { program: path } : { missing: `${name} of PyPI is installed and does not work` }
}
