/** Tests of a real Pulp come last: it is made ready while the others run. */
import type { TestSpecification } from "vitest/node"
import { BaseSequencer } from "vitest/node"

export default class TestOrder extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    const sorted = await super.sort(files)
    const late = (file: TestSpecification) => file.moduleId.endsWith(".pulp.test.ts")
    return [...sorted.filter((file) => !late(file)), ...sorted.filter(late)]
  }
}
