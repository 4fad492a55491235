/** The repository host contract on a real Pulp. */
import { describe, it } from "@effect/vitest"
import * as HostSuite from "./HostSuite.ts"
import * as realPulp from "./realPulp.ts"
import * as Rpms from "./Rpms.ts"

const found = await realPulp.find()
const missing = Rpms.missing ?? ("missing" in found ? found.missing : undefined)

if (missing === undefined && "pulp" in found) {
  HostSuite.contract("PulpRepositoryHost on a real Pulp", found.pulp, realPulp.extent)
} else {
  describe("PulpRepositoryHost on a real Pulp", () =>
    it.skip(`keeps the port's promises [skipped: ${missing}]`, () => {}))
}
