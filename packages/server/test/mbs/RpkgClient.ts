/** rpkg of PyPI in a virtual environment of its own, made once and kept; absent where it cannot be had. */
import { execFile, spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join, resolve } from "node:path"

const version = "1.70"
const directory = resolve(import.meta.dirname, `../../../../node_modules/.cache/rpkg-${version}`)
const program = join(import.meta.dirname, "RpkgProgram.py")

/** The interpreter that belongs to the system's `rpm` module, which rpkg needs. */
const system = "/usr/bin/python3"

const prepare = (): { readonly python: string } | { readonly missing: string } => {
  const python = process.env["ORCH_TEST_RPKG_PYTHON"] ?? join(directory, "bin/python")
  const works = () => spawnSync(python, ["-c", "import pyrpkg, requests_gssapi"]).status === 0
  if (existsSync(python) && works()) return { python }
  const steps = [
    [system, "-m", "venv", "--system-site-packages", directory],
    [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", `rpkg==${version}`, "requests-gssapi"]
  ] as const
  for (const [command, ...args] of steps) {
    const done = spawnSync(command, args, { encoding: "utf8", timeout: 240_000 })
    if (done.status !== 0) {
      const why = (done.error?.message ?? done.stderr).trim().split("\n").at(-1)
      return { missing: `rpkg could not be installed: ${why}` }
    }
  }
  return works() ? { python } : { missing: "rpkg cannot be imported: the system's Python lacks the rpm module" }
}

export const client = prepare()

/** Runs the program against a server; its last line is JSON. */
export const run = (...args: ReadonlyArray<string>): Promise<any> =>
  new Promise((resolve, reject) =>
    execFile(
      "python" in client ? client.python : "false",
      [program, ...args],
      { timeout: 240_000, env: { ...process.env, LC_ALL: "C.UTF-8" } },
      (error, stdout, stderr) =>
        error === null
          ? resolve(JSON.parse(stdout.trim().split("\n").at(-1)!))
          : reject(new Error(`${stdout}\n${stderr}`))
    )
  )
