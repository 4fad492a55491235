/** The suite that a real Pulp passes, on the fake one. */
import { afterAll } from "@effect/vitest"
import * as FakePulp from "../src/testing/FakePulp.ts"
import * as HostSuite from "./HostSuite.ts"
import * as ReleaseSuite from "./ReleaseSuite.ts"

const pulp = await FakePulp.start()
afterAll(() => pulp.close())

ReleaseSuite.register("a release on the fake Pulp", { ...pulp, pollMillis: 5 }, {
  packages: 40,
  modules: 4,
  families: 6,
  installs: false
})
HostSuite.contract("PulpRepositoryHost on the fake Pulp", { ...pulp, pollMillis: 5 }, "whole")
HostSuite.own("PulpRepositoryHost on the fake Pulp", { ...pulp, pollMillis: 5 }, "whole")
