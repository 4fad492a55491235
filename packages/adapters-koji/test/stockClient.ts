/** The `koji` command of PyPI. */
import { execFile } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as PythonTool from "../../../tooling/PythonTool.ts"

export const client = PythonTool.prepare({
  name: "koji",
  version: "1.36.1",
  program: "koji",
  probe: ["--help"],
  variable: "ORCH_KOJI_CLIENT"
})

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
      "program" in client ? client.program : "false",
      ["-c", config, "--user=orch", "--password=orchpw", ...args],
      { env: { ...process.env, HOME: home, LC_ALL: "C.UTF-8" }, timeout: 60_000 },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr })
    )
  )
}
