/** The plan of a release with two things to decide, as a server would answer it. */
import type { ReleaseDetail, ReleasePlanView } from "@orch/api/orch/ReleasesApi"
import type * as ReleasePage from "../src/releases/ReleasePage.ts"
import * as Viewer from "../src/Viewer.ts"
import { now } from "./Samples.ts"

type Package = ReleasePlanView["packages"][number]
type Place = Package["places"][number]

const place = (repository: string, more: Partial<Place> = {}): Place => ({
  repository,
  trust: "released",
  because: { _tag: "Released", nevra: "perl-5.40.0-2.el9.x86_64", repository },
  there: "nothing",
  ...more
})

const package_ = (nevra: string, places: ReadonlyArray<Place>): Package => ({
  nevra,
  build: 8831,
  source: nevra,
  sha256: "0".repeat(64),
  module: null,
  signers: ["release key"],
  places
})

const plan: ReleasePlanView = {
  state: "planned",
  packages: [
    package_("perl-DBD-MySQL-5.007-1.el9.x86_64", [
      place("appstream-x86_64", { trust: "unknown", because: { _tag: "Fallback" } })
    ]),
    package_("perl-libs-5.40.1-1.el9.x86_64", [place("baseos-x86_64", { there: "other" })]),
    package_("perl-debuginfo-5.40.1-1.el9.x86_64", [
      place("debug-x86_64", { trust: "source", because: { _tag: "Follows", name: "perl" } })
    ]),
    ...Array.from(
      { length: 40 },
      (_, index) => package_(`perl-part${index}-1.${index}-1.el9.x86_64`, [place("appstream-x86_64")])
    )
  ],
  modules: [],
  left_out: ["perl-tests-5.40.1-1.el9.x86_64"],
  problems: [
    {
      severity: "blocks",
      kind: "conflict",
      message: "baseos-x86_64 has another file named perl-libs-5.40.1-1.el9.x86_64."
    },
    { severity: "warns", kind: "downgrade", message: "perl-DBD-MySQL 5.007 is older than 5.008 in appstream-x86_64." }
  ]
}

const release: ReleaseDetail = {
  id: 1207,
  state: "planned",
  state_reason: "",
  platform: "el9",
  builds: [8831, 8832],
  tasks: null,
  product: null,
  created_by: "anna",
  blocks: 1,
  warns: 1,
  created_at: "2026-11-28T13:40:00Z",
  modified_at: "2026-11-28T14:10:00Z",
  repositories: ["appstream-x86_64", "baseos-x86_64", "debug-x86_64"].map((name, index) => ({
    name,
    additions: index === 0 ? 41 : 1,
    done: null,
    running: null,
    next: "look" as const,
    problem: null
  })),
  problems: plan.problems,
  edits: [{
    _tag: "Exclude",
    subject: "perl-tests-5.40.1-1.el9.x86_64",
    by: "anna",
    why: "tests are not for readers"
  }],
  erratum: null
}

/** The page's content. */
export const content: ReleasePage.Content = {
  release,
  plan,
  explanation: { state: "planned", reason: "", waits_for: [], repositories: release.repositories, dead_letters: [] },
  actions: ([
    ["plan", true, null],
    ["commit", false, "1 thing stands in the way of it."]
  ] as const).map(([action, allowed, why_not]) => ({
    action,
    part: null,
    allowed,
    why_not,
    forbidden: false,
    consequence: null,
    counts: {}
  })),
  problem: undefined,
  all: false,
  repository: "",
  offset: 0,
  viewer: { ...Viewer.stranger, name: "anna", mayAct: true },
  now,
  prefix: ""
}
