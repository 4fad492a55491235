/** Plans of module builds for tests: only what a test is about is said. */
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"
import type { ComponentPlan, ModulePlan } from "../../src/modulebuild/ModulePlan.ts"
import * as Modulemd from "../../src/modulemd/Modulemd.ts"
import * as ModuleStreamV2 from "../../src/modulemd/ModuleStreamV2.ts"
import * as Plans from "../../src/testing/internal/plans.ts"
import { component } from "../../src/testing/internal/plans.ts"

export { component }

/** A plan whose document can be parsed. */
export const modulePlan = (components: ReadonlyArray<ComponentPlan>, fields: Partial<ModulePlan> = {}): ModulePlan =>
  Plans.modulePlan(components, {
    marking: "el9",
    modulemd: Modulemd.write(ModuleStreamV2.make({
      name: "demo",
      stream: "1",
      version: 20_261_121_000_000n,
      context: "00000000",
      summary: "A demonstration",
      description: "For tests",
      license: { module: ["MIT"], content: [] }
    })),
    ...fields
  })

const small = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 99 }))

/** Any plan of up to eight components, ordered by batches or by a graph without cycles. */
export const anyPlan: Arbitrary.Arbitrary<ModulePlan> = Arbitrary.map(
  Arbitrary.all({
    graph: Arbitrary.schema(Schema.Boolean),
    draws: Arbitrary.array(Arbitrary.all([Arbitrary.schema(small), Arbitrary.schema(small)]), {
      minLength: 1,
      maxLength: 8
    })
  }),
  ({ draws, graph }) =>
    modulePlan(
      draws.map(([first, second], index) =>
        component(`c${index}`, {
          batch: 1 + first % 3,
          ...(graph ? { afterBatch: 0 } : {}),
          // Only earlier components are named, so there can be no cycle.
          after: graph && index > 0 ? [...new Set([`c${first % index}`, `c${second % index}`])] : []
        })
      )
    )
)

/** Numbers by which a simulation chooses what happens next. */
export const anyScript: Arbitrary.Arbitrary<ReadonlyArray<number>> = Arbitrary.array(Arbitrary.schema(small), {
  minLength: 0,
  maxLength: 80
})
