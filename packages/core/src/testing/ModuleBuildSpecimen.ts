/** The module build for the contract suites. */
import { TaskId } from "../farm/Task.ts"
import type { ModuleBuildEvent } from "../modulebuild/ModuleBuildEvent.ts"
import { type ModuleBuildLife, moduleBuildLife } from "../modulebuild/ModuleBuildLife.ts"
import type { ModulePlan } from "../modulebuild/ModulePlan.ts"
import {
  accepted,
  at,
  canceled,
  closed,
  plan,
  prepared,
  resumed,
  submitted,
  taskOf
} from "./internal/moduleBuildEvents.ts"
import { component } from "./internal/plans.ts"
import type { Specimen } from "./ProcessSpecimen.ts"

/** A plan that uses every field. */
const richPlan = (): ModulePlan => {
  const base = plan([])
  return {
    ...base,
    stream: "ström",
    version: 18_446_744_073_709_551_615n - base.version,
    macros: "%_module_x 1\n%quote \"\\'\t€ 𝄞\n",
    modules: [
      { name: "platform", stream: "el9", version: 18_446_744_073_709_551_615n, context: "00000000" },
      { name: "perl", stream: "5.32", version: 1n, context: "deadbeef", location: "https://example.org/perl/" }
    ],
    groups: { build: ["bash", "rpm-build"], "srpm-build": [] },
    blocked: ["b", "a"],
    modulemd: "---\ndocument: modulemd\nversion: 2\n...\n",
    scmurl: "git://example.org/m?#main",
    deadline: 86_400,
    components: [
      component("zeta", { ref: "main", placement: "first\nline", priority: 3.5 }),
      component("alpha", {
        batch: 2,
        afterBatch: 0,
        after: ["zeta"],
        buildOnly: true
      }),
      component("mid", { srpm: "memory:mid.src.rpm", arches: [] })
    ]
  }
}

const failed = (
  id: number,
  name: string,
  fields: { readonly reason: string; readonly log: string }
): ModuleBuildEvent => ({
  _tag: "TasksObserved",
  at: at + 4,
  observations: [{ component: name, task: taskOf(id, name), state: "failed", artifacts: [], ...fields }]
})

/** Components are the parts; a gate that holds a finished build back is what changes it again and again. */
export const moduleBuildSpecimen: Specimen<ModuleBuildLife> = {
  life: moduleBuildLife,
  subject: (id) => `module-build/${id}`,
  plan,
  submitted,
  begin: (id, parts) => [prepared(`module-build-${id}`), accepted(id, parts)],
  end: closed,
  stale: prepared("late"),
  again: {
    reach: (id, part) => [closed(id, part), { _tag: "Published", at: at + 4, url: "memory:/x/", path: "/x" }],
    event: (n) => ({
      _tag: "GateDecided",
      at: at + 10 + n,
      satisfied: false,
      reason: `not yet ${n}`,
      retryAfter: 0
    })
  },
  gone: canceled,
  back: resumed,
  beside: (wanted) => [
    { ...wanted, name: "other" },
    { ...wanted, stream: "2" },
    { ...wanted, context: "00000000" },
    { ...wanted, version: wanted.version + 10n ** 12n },
    { ...wanted, scratch: true },
    { ...wanted, scratch: true }
  ],
  rich: () => ({
    plan: richPlan(),
    events: (id) => [
      prepared(`module-build-${id}`),
      accepted(id, ["zeta", "mid"]),
      closed(id, "zeta"),
      failed(id, "mid", { reason: "line 1\nline 2 \"quoted\" \\ 𝄞", log: "/logs/mid" })
    ]
  }),
  text: (id, text) => ({
    events: [
      failed(id, "a", { reason: text, log: text }),
      { _tag: "CommandRejected", at: at + 4, command: "Publish", reason: text }
    ],
    read: (build) => [build.reason, build.components.get("a")?.reason ?? ""]
  }),
  commands: [
    { _tag: "ResolveSources" },
    { _tag: "PrepareBuildroot" },
    { _tag: "SubmitComponents", components: [{ name: "ä \"quoted\"", attempt: 2 }] },
    { _tag: "RequestRepository", components: ["a", "b"] },
    { _tag: "CancelTasks", tasks: [TaskId.make("1"), TaskId.make("ü")] },
    { _tag: "Publish" },
    { _tag: "AskGate" },
    { _tag: "Finish", succeeded: false },
    { _tag: "StartDeadline" }
  ]
}
