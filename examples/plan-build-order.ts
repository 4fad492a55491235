/** Orders the components of a module into batches, says why each stands where it stands, and what to start first. */
import * as BuildOrder from "@orch/core/buildorder/BuildOrder"
import * as Readiness from "@orch/core/buildorder/Readiness"
import * as Result from "effect/Result"

const planned = BuildOrder.plan([
  { kind: "rpm", name: "app", buildafter: ["libfoo", "tools"] },
  { kind: "rpm", name: "libfoo", buildafter: ["tools"] },
  { kind: "rpm", name: "tools" },
  { kind: "rpm", name: "docs", buildafter: ["tools"] }
])
if (Result.isFailure(planned)) throw planned.failure

for (const placement of planned.success.placements) console.log(BuildOrder.explain(placement))
// > tools is in batch 1 because nothing has to be built before it
// > libfoo is in batch 2 because it is built after tools (batch 1)
// > docs is in batch 2 because it is built after tools (batch 1)
// > app is in batch 3 because it is built after libfoo (batch 2)

const isIn = (key: string) => key === "rpms/tools"
console.log(
  "may start:",
  Readiness.ready(planned.success, isIn, () => false).map((placement) => placement.component.name)
)
// > may start: [ 'libfoo', 'docs' ]

const impossible = BuildOrder.plan([
  { kind: "rpm", name: "hen", buildafter: ["egg"] },
  { kind: "rpm", name: "egg", buildafter: ["hen"] }
])
console.log(Result.isFailure(impossible) ? impossible.failure.message : "ordered")
// > components are built after each other in a circle: hen -> egg -> hen
