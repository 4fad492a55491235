/** rpkg of PyPI. It needs the `rpm` module of the system's Python. */
import { execFile } from "node:child_process"
import { join } from "node:path"
import * as PythonTool from "../../../../tooling/PythonTool.ts"

const program = join(import.meta.dirname, "RpkgProgram.py")

export const client = PythonTool.prepare({
  name: "rpkg",
  version: "1.70",
  more: ["requests-gssapi"],
  program: "python",
  probe: ["-c", "import pyrpkg, requests_gssapi"],
  variable: "ORCH_TEST_RPKG_PYTHON"
})

/** Runs the program against a server; its last line is JSON. */
export const run = (...args: ReadonlyArray<string>): Promise<any> =>
  new Promise((resolve, reject) =>
    execFile(
      "program" in client ? client.program : "false",
      [program, ...args],
      { timeout: 240_000, env: { ...process.env, LC_ALL: "C.UTF-8" } },
      (error, stdout, stderr) =>
        error === null
          ? resolve(JSON.parse(stdout.trim().split("\n").at(-1)!))
          : reject(new Error(`${stdout}\n${stderr}`))
    )
  )
