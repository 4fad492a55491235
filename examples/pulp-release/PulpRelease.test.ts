/** The example as people run it, on a Pulp in memory. */
import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Dnf from "../../packages/adapters-pulp/test/Dnf.ts"
import * as Modules from "../../packages/adapters-pulp/test/Modules.ts"
import * as Rpms from "../../packages/adapters-pulp/test/Rpms.ts"

const program = fileURLToPath(new URL("PulpRelease.ts", import.meta.url))

describe.skipIf(Rpms.missing !== undefined)(
  `the example of a release${Rpms.missing === undefined ? "" : ` [skipped: ${Rpms.missing}]`}`,
  () => {
    it("releases packages and a module, and takes them back", () => {
      const files = Rpms.build([{ name: "example-one" }, { name: "example-two" }]).map(({ location }) => location)
      const version = Date.now()
      const [pot] = Rpms.build([{ name: "example-pot", release: "1.module_el9+1+c0ffee42" }], {
        macros: { modularitylabel: `pot:3:${version}:c0ffee42` }
      })
      const { id, text } = Modules.make({
        name: "pot",
        stream: "3",
        version,
        artifacts: [pot!.nevra],
        profile: ["example-pot"]
      })
      const document = join(dirname(pot!.location), "pot.yaml")
      writeFileSync(document, text)
      // On a Pulp of yours, dnf installs from it as well.
      const { ORCH_PULP_URL: url, ...env } = process.env
      const installs = url !== undefined && Dnf.missing === undefined
      const output = execFileSync(
        process.execPath,
        [
          program,
          ...files,
          pot!.location,
          document,
          ...(installs ? ["--install", "example-one", "--install-module", "pot:3/default"] : [])
        ],
        { encoding: "utf8", env: { ...env, ...(url === undefined ? {} : { ORCH_PULP_URL: url }) } }
      )
      assert.deepStrictEqual(output.trimEnd().split("\n"), [
        "warns: example-one-0:1.0-1.noarch is not signed with a key of the platform",
        `warns: ${pot!.nevra} is not signed with a key of the platform`,
        "warns: example-two-0:1.0-1.noarch is not signed with a key of the platform",
        "released: Readers see all of it",
        "readers can install example-one-0:1.0-1.noarch",
        `readers can install ${pot!.nevra}`,
        "readers can install example-two-0:1.0-1.noarch",
        `readers can install ${id}`,
        ...(installs
          ? [
            "dnf installed example-one-1.0-1.noarch",
            "dnf installed example-pot-1.0-1.module_el9+1+c0ffee42.noarch"
          ]
          : []),
        "reverted: Taken back by you: this is an example",
        "0 packages are left"
      ])
    }, 120_000)
  }
)
