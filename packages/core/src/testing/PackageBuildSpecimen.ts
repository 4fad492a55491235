/** Package builds for the contract suites. */
import type { PackageBuildEvent } from "../packagebuild/PackageBuildEvent.ts"
import { type PackageBuildLife, packageBuildLife } from "../packagebuild/PackageBuildLife.ts"
import type { PackagePlan } from "../packagebuild/PackagePlan.ts"
import * as Contract from "./Contract.ts"
import type { Specimen } from "./ProcessSpecimen.ts"

const at = 1_700_000_000_000

const mock = { moduleEnable: [], yumExclude: [], definitions: {} }

/** A plan whose tasks are these: source packages, each for itself. */
const plan = (tasks: ReadonlyArray<string>): PackagePlan => ({
  owner: "alice",
  platforms: [{ id: 1, name: "el8", type: "rpm", archList: ["x86_64"], arches: ["x86_64"] }],
  refs: tasks.map((name) => ({ url: `https://git.example.org/rpms/${name}.git`, gitRef: "c8", type: "git_branch" })),
  tasks: tasks.map((name, index) => ({ name, index, platform: "el8", arch: "src", after: [], mock, path: 300 })),
  modules: [],
  firstTask: Contract.uniqueNumber() * 1_000,
  linkedBuilds: [],
  flavors: [],
  secureBoot: false
})

const repository = {
  name: "el8-x86_64-1-br",
  platform: "el8",
  arch: "x86_64",
  debug: false,
  type: "rpm",
  url: "/br/"
} as const
const prepared: PackageBuildEvent = { _tag: "RepositoriesPrepared", at: at + 1, repositories: [repository] }

const started = (tasks: ReadonlyArray<string>): PackageBuildEvent => ({
  _tag: "TasksStarted",
  at: at + 2,
  tasks: tasks.map((task) => ({ task, attempt: 1, node: "n1" }))
})

/** Tasks are the parts; how urgent a build is changes it again and again. */
export const packageBuildSpecimen: Specimen<PackageBuildLife> = {
  life: packageBuildLife,
  placeless: true,
  subject: (id) => `package-build/${id}`,
  plan,
  submitted: { _tag: "Submitted", at, by: "alice" },
  begin: (_, tasks) => [prepared, started(tasks)],
  end: (_, task) => ({
    _tag: "TaskReported",
    at: at + 3,
    task,
    attempt: 1,
    node: "n1",
    status: "failed",
    artifacts: []
  }),
  stale: { ...prepared, at: at + 9 },
  again: {
    reach: () => [],
    event: (n) => ({ _tag: "PriorityRequested", at: at + 10 + n, by: "bob", priority: 1 + n % 100 })
  },
  gone: { _tag: "CancelRequested", at: at + 8, by: "bob" },
  back: { _tag: "RestartRequested", at: at + 11, by: "bob", task: "nowhere" },
  beside: (wanted) => [wanted],
  rich: () => {
    const base = plan(["zeta", "alpha"])
    return {
      plan: {
        ...base,
        owner: "ström \"quoted\" \\ 𝄞\n",
        email: "a@example.org",
        refs: [
          { ...base.refs[0]!, commit: "0".repeat(40), mockOptions: { with: ["tests"] }, module: 0 },
          { url: "https://example.org/alpha-1-1.src.rpm", type: "srpm_url", addedArtifacts: ["x.rpm"] }
        ],
        modules: [{
          platform: "el8",
          name: "m",
          stream: "1.10",
          version: 18_446_744_073_709_551_615n,
          context: "c0ffee42",
          modulemd: "---\nline 1\n€ 𝄞",
          devel: { name: "m-devel", modulemd: "---\n" }
        }],
        linkedBuilds: [3, 1],
        flavors: [2],
        mockOptions: { definitions: { x: "1" } },
        secureBoot: true,
        product: 7,
        class: "release"
      },
      events: () => [
        prepared,
        started(["zeta", "alpha"]),
        {
          _tag: "TaskReported",
          at: at + 4,
          task: "zeta",
          attempt: 1,
          node: "n1",
          status: "done",
          artifacts: [{ name: "zeta-1-1.src.rpm", type: "rpm", href: "/a/", sha256: "a".repeat(64), casHash: "c" }],
          commit: "1".repeat(40),
          stats: { build_node_task: { delta: "0:00:10" } },
          startedAt: at + 3
        },
        { _tag: "TaskAbandoned", at: at + 5, task: "alpha", attempt: 1, reason: "line 1\nline 2 \"quoted\" \\ 𝄞" }
      ]
    }
  },
  text: (_, text) => ({
    events: [
      { _tag: "TasksStarted", at: at + 4, tasks: [{ task: "a", attempt: 1, node: text }] },
      { _tag: "TaskAbandoned", at: at + 5, task: "a", attempt: 1, reason: text }
    ],
    read: ({ tasks }) => [tasks.get("a")?.node ?? "", tasks.get("a")?.error ?? ""]
  }),
  commands: [
    { _tag: "PrepareRepositories" },
    { _tag: "OfferTasks", tasks: [{ task: "el8/x86_64/0", attempt: 2 }] },
    { _tag: "WithdrawTasks", tasks: [{ task: "ä \"quoted\"", attempt: 1 }] },
    { _tag: "PrioritizeTasks" },
    { _tag: "TakeArtifacts", task: "el8/src/0", attempt: 1 },
    { _tag: "SettleGroup", platform: "el8", index: 3 },
    { _tag: "MakeTests" },
    { _tag: "RemoveRepositories" }
  ]
}
