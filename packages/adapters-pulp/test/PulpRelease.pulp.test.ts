/** A whole release on a real Pulp, and what is Pulp's own. */
import { describe, it } from "@effect/vitest"
import * as HostSuite from "./HostSuite.ts"
import * as realPulp from "./realPulp.ts"
import * as ReleaseSuite from "./ReleaseSuite.ts"
import * as Rpms from "./Rpms.ts"

const found = await realPulp.find()
const missing = Rpms.missing ?? ("missing" in found ? found.missing : undefined)

const sizes = {
  whole: { packages: 200, modules: 20, families: 6 },
  short: { packages: 5, modules: 2, families: 2 }
}

if (missing === undefined && "pulp" in found) {
  ReleaseSuite.register("a release on a real Pulp", found.pulp, {
    ...sizes[realPulp.extent],
    installs: true
  })
  HostSuite.own("a real Pulp", found.pulp, realPulp.extent)
} else {
  describe("a release on a real Pulp", () => it.skip(`comes out whole [skipped: ${missing}]`, () => {}))
}
