/** `orch pulp doctor` as people run it. */
import { assert, describe, it } from "@effect/vitest"
import * as FakePulp from "@orch/adapters-pulp/testing/FakePulp"
import { execFile } from "node:child_process"
import * as TestPrograms from "../../../../tooling/TestPrograms.ts"

const program = await TestPrograms.orch()

const orch = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>>) =>
  new Promise<{ readonly code: number; readonly output: string }>((resolve) => {
    execFile(
      process.execPath,
      [program, ...args],
      { env: { ...process.env, ...env } },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr })
    )
  })

describe("orch pulp doctor", () => {
  it("says whether repositories can be published, in its exit code, too", async () => {
    const pulp = await FakePulp.start()
    try {
      const env = { ORCH_PULP_URL: pulp.url, ORCH_PULP_USER: pulp.username, ORCH_PULP_PASSWORD: pulp.password }
      const well = await orch(["pulp", "doctor"], env)
      assert.include(well.output, `Repositories can be published at ${pulp.url}.`)
      assert.strictEqual(well.code, 0)
      const wrong = await orch(["pulp", "doctor", "--json"], { ...env, ORCH_PULP_PASSWORD: "wrong" })
      assert.strictEqual(wrong.code, 1)
      assert.isFalse((JSON.parse(wrong.output) as { readonly healthy: boolean }).healthy)
      assert.notInclude(wrong.output, "wrong")
    } finally {
      await pulp.close()
    }
  })

  it("asks for an address", async () => {
    const { code, output } = await orch(["pulp", "doctor"], { ORCH_PULP_URL: "" })
    assert.strictEqual(code, 2)
    assert.include(output, "--url")
  })
})
