/**
 * The longest files begin first, so that nothing is left to wait for at the end: they wait for most of their time. Tests of a real Pulp
 * come last: it is made ready while the others run.
 */
import type { TestSpecification } from "vitest/node"
import { BaseSequencer } from "vitest/node"

/** Files that take more than twenty seconds alone, the longest first. */
const long = [
  "database/Stores.integration",
  "faults/Kill.integration",
  "localbuild/Sandbox",
  "releases/ReleaseBoundaries.integration",
  "releases/ReleaseFaults.integration",
  "releases/OtherCommands.integration",
  "releases/ReleaseStore.integration",
  "campaigns/CampaignStore.integration",
  "farms/KojiRestart.integration",
  "farms/KojiAway.integration",
  "farms/KojiFarm.integration",
  "adapters-koji/test/KojiBuildSystem.faults",
  "adapters-koji/test/FakeKojiHub.stock",
  "http/AuthorizationMatrix.integration",
  "web/test/Shell.integration",
  "web/test/Boards.integration",
  "web/test/Content.integration",
  "web/test/Reconnect.integration",
  "farms/OwnFarm.integration",
  "http/Fuzz.integration",
  "localbuild/LocalBuildSystem",
  "modulebuilds/Client.integration",
  "client/test/commands/CommandLine",
  "client/test/tree/Completions"
]

const place = ({ moduleId }: TestSpecification): number => {
  if (moduleId.endsWith(".pulp.test.ts")) return long.length + 1
  const found = long.findIndex((name) => moduleId.endsWith(`${name}.test.ts`))
  return found < 0 ? long.length : found
}

export default class TestOrder extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    return (await super.sort(files)).toSorted((one, two) => place(one) - place(two))
  }
}
