/** The `koji` command of PyPI. */
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as PythonTool from "../../../tooling/PythonTool.ts"
import * as SmallProcess from "../../../tooling/SmallProcess.ts"

export const client = await PythonTool.prepare({
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
export const run = async (hub: string, ...args: ReadonlyArray<string>): Promise<Ran> => {
  const home = mkdtempSync(join(tmpdir(), "koji-client-"))
  const config = join(home, "config")
  writeFileSync(
    config,
    `[koji]\nserver = ${hub}\nweburl = http://127.0.0.1/koji\ntopurl = http://127.0.0.1/kojifiles\n` +
      "authtype = password\npoll_interval = 1\n"
  )
  const { code, err, out } = await SmallProcess.ran(
    "program" in client ? client.program : "false",
    ["-c", config, "--user=orch", "--password=orchpw", ...args],
    { env: { ...process.env, HOME: home, LC_ALL: "C.UTF-8" }, timeout: 60_000 }
  )
  return { code, output: out + err }
}
