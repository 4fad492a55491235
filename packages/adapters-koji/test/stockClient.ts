/** The `koji` command of PyPI in a virtual environment of its own, made once and kept; absent where it cannot be had. */
import { execFile, spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"

const version = "1.36.1"
const directory = resolve(import.meta.dirname, `../../../node_modules/.cache/koji-client-${version}`)

const system = "/usr/bin/python3"

const prepare = (): { readonly command: string } | { readonly missing: string } => {
  const command = process.env.ORCH_KOJI_CLIENT ?? join(directory, "bin/koji")
  const works = () => spawnSync(command, ["--help"]).status === 0
  if (existsSync(command) && works()) return { command }
  const steps = [
    // The system's own interpreter comes with GSSAPI, which is else compiled.
    [existsSync(system) ? system : "python3", "-m", "venv", "--system-site-packages", directory],
    [join(directory, "bin/pip"), "install", "--quiet", "--disable-pip-version-check", `koji==${version}`]
  ] as const
  for (const [program, ...args] of steps) {
    const done = spawnSync(program, args, { encoding: "utf8", timeout: 180_000 })
    if (done.status !== 0) {
      const why = (done.error?.message ?? done.stderr).trim().split("\n").at(-1)
      return { missing: `the stock koji client could not be installed: ${why}` }
    }
  }
  return { command }
}

export const client = prepare()

export interface Ran {
  readonly code: number
  readonly output: string
}

/** Runs `koji ARGS` against a hub, logged in by password. */
export const run = (hub: string, ...args: ReadonlyArray<string>): Promise<Ran> => {
  const home = mkdtempSync(join(tmpdir(), "koji-client-"))
  const config = join(home, "config")
  writeFileSync(
    config,
    `[koji]\nserver = ${hub}\nweburl = http://127.0.0.1/koji\ntopurl = http://127.0.0.1/kojifiles\n` +
      "authtype = password\npoll_interval = 1\n"
  )
  return new Promise((resolve) =>
    execFile(
      "command" in client ? client.command : "false",
      ["-c", config, "--user=orch", "--password=orchpw", ...args],
      { env: { ...process.env, HOME: home, LC_ALL: "C.UTF-8" }, timeout: 60_000 },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr })
    )
  )
}
