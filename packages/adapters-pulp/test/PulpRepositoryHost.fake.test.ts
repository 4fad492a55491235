/** The suite that a real Pulp passes, on the fake one. */
import { afterAll } from "@effect/vitest"
import * as FakePulp from "../src/testing/FakePulp.ts"
import * as HostSuite from "./HostSuite.ts"

const pulp = await FakePulp.start()
afterAll(() => pulp.close())

HostSuite.run("PulpRepositoryHost on the fake Pulp", { ...pulp, pollMillis: 5 }, "whole")
