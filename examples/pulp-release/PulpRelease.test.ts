/** The example as people run it, on a Pulp in memory. */
import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import * as Rpms from "../../packages/adapters-pulp/test/Rpms.ts"

const program = fileURLToPath(new URL("PulpRelease.ts", import.meta.url))

describe.skipIf(Rpms.missing !== undefined)(
  `the example of a release${Rpms.missing === undefined ? "" : ` [skipped: ${Rpms.missing}]`}`,
  () => {
    it("releases files and takes them back", () => {
      const files = Rpms.build([{ name: "example-one" }, { name: "example-two" }]).map(({ location }) => location)
      const { ORCH_PULP_URL: _, ...env } = process.env
      const output = execFileSync(process.execPath, [program, ...files], { encoding: "utf8", env })
      assert.deepStrictEqual(output.trimEnd().split("\n"), [
        "warns: example-one-0:1.0-1.noarch is not signed with a key of the platform",
        "warns: example-two-0:1.0-1.noarch is not signed with a key of the platform",
        "released: Readers see all of it",
        "readers can install example-one-0:1.0-1.noarch",
        "readers can install example-two-0:1.0-1.noarch",
        "reverted: Taken back by you: this is an example",
        "0 packages are left"
      ])
    })
  }
)
