/** Releases for the contract suites. */
import type { Placement } from "../release/Placement.ts"
import type { ReleaseEvent } from "../release/ReleaseEvent.ts"
import { type ReleaseLife, releaseLife } from "../release/ReleaseLife.ts"
import type { ReleasePlan } from "../release/ReleasePlan.ts"
import type { Specimen } from "./ProcessSpecimen.ts"

const at = 1_700_000_000_000

const placement = (repository: string): Placement => ({
  repository,
  trust: "rule",
  because: { _tag: "Rule", names: "*" },
  there: "nothing"
})

/** A plan that has a package for each of these repositories. */
const planOf = (repositories: ReadonlyArray<string>): ReleasePlan => ({
  packages: repositories.map((repository, index) => ({
    package: {
      nevra: `tea-0:1-${index}.x86_64`,
      sha256: `${index}`,
      location: `/tea-${index}.rpm`,
      build: 1,
      source: "tea",
      signers: []
    },
    excluded: false,
    places: [placement(repository)]
  })),
  modules: [],
  problems: []
})

const reach = (repositories: ReadonlyArray<string>): ReadonlyArray<ReleaseEvent> => [
  { _tag: "Planned", at: at + 1, plan: planOf(repositories), edits: 0 },
  { _tag: "CommitRequested", at: at + 2, by: "bob" },
  { _tag: "LocksTaken", at: at + 3 }
]

/** Repositories are the parts, under way with a look; edits are what changes a release again and again. */
export const releaseSpecimen: Specimen<ReleaseLife> = {
  life: releaseLife,
  placeless: true,
  subject: (id) => `release/${id}`,
  plan: () => ({ platform: "el9", builds: [1], by: "bob" }),
  submitted: { _tag: "Submitted", at },
  begin: (_, repositories) => reach(repositories),
  end: (_, repository) => ({ _tag: "Looked", at: at + 4, repository, revision: 3, shown: null }),
  stale: { _tag: "Shown", at: at + 5, repository: "nowhere" },
  again: {
    reach: (_, repository) => [{ _tag: "StepFailed", at: at + 5, repository, step: "look", reason: "gone" }],
    event: (n) => ({ _tag: "Edited", at: at + 10 + n, edit: { _tag: "Exclude", subject: `${n}`, by: "bob", why: "" } })
  },
  gone: { _tag: "RevertRequested", at: at + 9, by: "bob", why: "not wanted" },
  back: { _tag: "CommitRequested", at: at + 11, by: "bob" },
  beside: (wanted) => [wanted],
  rich: () => ({
    plan: {
      platform: "el9 \"quoted\" \\ 𝄞\n",
      builds: [3, 1, 2],
      by: "ström",
      tasks: [2, 1],
      references: ["CentOS-9"],
      product: 7,
      waits: true
    },
    events: () => [
      { _tag: "Reordered", at: at + 1, by: "bob", builds: [9, 8] },
      {
        _tag: "Planned",
        at: at + 2,
        edits: 0,
        orders: 1,
        plan: {
          ...planOf(["zeta/x86_64", "alpha/x86_64"]),
          modules: [{
            module: {
              id: "m:1:2:c0ffee42:x86_64",
              text: "---\nline 1\n€ 𝄞",
              build: 1,
              artifacts: ["tea-0:1-0.x86_64"]
            },
            excluded: false,
            places: [placement("zeta/x86_64")]
          }],
          problems: [{ _tag: "Unsigned", severity: "warns", package: "tea-0:1-0.x86_64", signers: [] }]
        }
      },
      { _tag: "CommitRequested", at: at + 3, by: "bob" },
      { _tag: "LocksTaken", at: at + 4 },
      {
        _tag: "Looked",
        at: at + 5,
        repository: "alpha/x86_64",
        revision: 0,
        shown: { revision: 0, reference: "/p/1/" }
      },
      { _tag: "StepFailed", at: at + 6, repository: "zeta/x86_64", step: "look", reason: "line 1\nline 2 € 𝄞" }
    ]
  }),
  text: (_, text) => ({
    events: [{ _tag: "StepFailed", at: at + 5, repository: "a", step: "look", reason: text }],
    read: ({ repositories }) => [repositories.get("a")?.problem ?? ""]
  }),
  commands: [
    { _tag: "MakePlan" },
    { _tag: "TakeLocks", repositories: ["ä \"quoted\"", ""] },
    { _tag: "RunStep", repository: "el9/BaseOS/x86_64", step: "look" },
    { _tag: "FreeLocks", repositories: ["el9/BaseOS/x86_64"] }
  ]
}
