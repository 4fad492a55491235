/** The repository host contract, Pulp's own ways and a whole release on a real Pulp. */
import { describe, it } from "@effect/vitest"
import * as HostSuite from "./HostSuite.ts"
import * as realPulp from "./realPulp.ts"
import * as ReleaseSuite from "./ReleaseSuite.ts"
import * as Rpms from "./Rpms.ts"

const found = await realPulp.find()
const missing = Rpms.missing ?? ("missing" in found ? found.missing : undefined)

const extent = process.env["ORCH_TEST_PULP"] === "all" ? "whole" : "short"

const sizes = {
  whole: { packages: 200, modules: 20, families: 6 },
  short: { packages: 5, modules: 2, families: 2 }
}

if (missing === undefined && "pulp" in found) {
  HostSuite.run("PulpRepositoryHost on a real Pulp", found.pulp, extent)
  ReleaseSuite.register("a release on a real Pulp", found.pulp, { ...sizes[extent], installs: true })
} else {
  describe("PulpRepositoryHost on a real Pulp", () =>
    it.skip(`keeps the port's promises [skipped: ${missing}]`, () => {}))
}
