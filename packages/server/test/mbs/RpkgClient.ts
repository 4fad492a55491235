/** rpkg of PyPI. It needs the `rpm` module of the system's Python. */
import { join } from "node:path"
import * as PythonTool from "../../../../tooling/PythonTool.ts"
import * as SmallProcess from "../../../../tooling/SmallProcess.ts"

const program = join(import.meta.dirname, "RpkgProgram.py")

export const client = await PythonTool.prepare({
  name: "rpkg",
  version: "1.70",
  more: ["requests-gssapi"],
  program: "python",
  probe: ["-c", "import pyrpkg, requests_gssapi"],
  variable: "ORCH_TEST_RPKG_PYTHON"
})

/** Runs the program against a server; its last line is JSON. */
export const run = async (...args: ReadonlyArray<string>): Promise<any> => {
  const { code, err, out } = await SmallProcess.ran(
    "program" in client ? client.program : "false",
    [program, ...args],
    {
      env: { ...process.env, LC_ALL: "C.UTF-8" },
      timeout: 240_000
    }
  )
  if (code !== 0) throw new Error(`${out}\n${err}`)
  return JSON.parse(out.trim().split("\n").at(-1)!)
}
