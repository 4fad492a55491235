/** One page of each subject that the design has drawn, made of the samples. */
import * as BuildPage from "../src/BuildPage.ts"
import * as CampaignPage from "../src/campaigns/CampaignPage.ts"
import * as CommitsPage from "../src/commits/CommitsPage.ts"
import * as FarmPage from "../src/farm/FarmPage.ts"
import * as FeedPage from "../src/FeedPage.ts"
import type * as Frame from "../src/Frame.ts"
import * as LogPage from "../src/log/LogPage.ts"
import * as PlannerPage from "../src/planner/PlannerPage.ts"
import * as ReleasePage from "../src/releases/ReleasePage.ts"
import * as Viewer from "../src/Viewer.ts"
import * as BuildSample from "./BuildSample.ts"
import * as FeedSample from "./FeedSample.ts"
import * as LogSample from "./LogSample.ts"
import * as PlanSample from "./PlanSample.ts"
import * as Samples from "./Samples.ts"

const { now } = Samples
const prefix = ""

const nodes = Array.from({ length: 120 }, (_, index) =>
  Samples.node(index, {
    tier: index % 6,
    finished_at: new Date(now - (160 - 2 * index) * 60_000).toISOString(),
    ...(index === 31
      ? { state: "failed", state_reason: "does not compile", waiting: ["module37:1", "module43:1"] }
      : index > 90
      ? { state: index % 6 === 1 ? "blocked" : "waits" }
      : index > 70
      ? { state: "builds" }
      : index % 9 === 4
      ? { state: "cut" }
      : { state: "done" })
  }))

const failed = (): BuildPage.Content => {
  const { from, lines } = LogSample.content.lines
  const line = LogSample.content.overview.first_error!.line
  const running = BuildSample.build(24)
  const { failed: entry } = FeedSample
  const { id, name, stream, state, state_reason, created_at, completed_at } = entry
  const at = (step: number) => new Date(Date.parse(completed_at!) - step * 60_000).toISOString()
  return {
    ...running,
    build: {
      ...running.build,
      id,
      name,
      stream,
      state,
      state_reason,
      created_at,
      completed_at,
      components: running.build.components.map((one, index) =>
        index === 17
          ? {
            ...one,
            name: "perl-DBI",
            state: "failed",
            state_reason: "A test of the package fails.",
            task_state: "failed",
            log_url: "/logs/17",
            submitted_at: at(6),
            finished_at: at(1)
          }
          : index > 17
          ? {
            ...one,
            state: "waiting",
            state_reason: "perl-DBI failed",
            task: null,
            submitted_at: null,
            finished_at: null
          }
          : one
      ),
      trace: [...running.build.trace, {
        at: completed_at!,
        state: "failed",
        reason: "perl-DBI failed",
        cause: "engine"
      }]
    },
    explanation: { ...running.explanation, state, reason: state_reason, waits: [] },
    entry,
    comparison: {
      from: 4187,
      to: id,
      inputs: [
        { what: "component", name: "perl-DBI", from: "3b1f0c2", to: "9d41aa7" },
        { what: "buildrequire", name: "platform", from: "el9 20261120", to: "el9 20261127" }
      ],
      artifacts: [],
      components: [{
        component: "perl-DBI",
        from: { state: "available", nvr: "perl-DBI-1.643-9.module_el9", seconds: 241 },
        to: { state: "failed", nvr: null, seconds: 243 }
      }],
      took: { from: 2520, to: 2490 }
    },
    excerpt: {
      component: "perl-DBI",
      attempt: 1,
      from: line - 3,
      count: 8,
      lines: lines.slice(line - 3 - from, line + 5 - from)
    },
    viewer: { ...Viewer.stranger, name: "anna", mayAct: true },
    possible: ["resume", "retire"].map((action) => ({
      action,
      part: null,
      allowed: true,
      why_not: null,
      forbidden: false,
      consequence: "17 components are kept.",
      counts: {}
    }))
  }
}

/** The pages by the names of their pictures. */
export const pages: Readonly<Record<string, Frame.Page>> = {
  feed: FeedPage.page(FeedSample.content),
  build: BuildPage.page(BuildSample.build(24)),
  failed: BuildPage.page(failed()),
  log: LogPage.page(LogSample.content),
  commits: CommitsPage.page({
    project: "ceph",
    ref: "main",
    flavor: "default",
    sha1: "",
    status: "",
    at: "centos/9/x86_64, rocky/10/x86_64, ubuntu/22.04/x86_64",
    problem: undefined,
    answer: Samples.repositories.slice(5),
    found: Samples.repositories,
    next: null,
    nodes: [],
    before: "",
    viewer: Viewer.stranger,
    now,
    prefix,
    origin: "https://build.example.org"
  }),
  farm: FarmPage.page({ farm: Samples.farm, queue: Samples.queue, viewer: Viewer.stranger, now, prefix }),
  campaign: CampaignPage.page({
    campaign: {
      ...Samples.campaign(nodes),
      expected: {
        at: "2026-11-28T18:20:00Z",
        earliest: "2026-11-28T17:50:00Z",
        latest: "2026-11-28T18:45:00Z",
        known_runs: 20,
        critical: ["module31:1", "module37:1", "module43:1"],
        late: ["Not before module31:1 is fixed."]
      }
    },
    filter: { state: "", tier: "", q: "", offset: 0 },
    node: "",
    viewer: Viewer.stranger,
    now,
    prefix
  }),
  release: ReleasePage.page(PlanSample.content),
  planner: PlannerPage.page({
    given: { ...PlannerPage.blank, scmurl: "https://git.example.org/modules/perl?#1a60ad92" },
    preview: {
      refused: null,
      problems: [],
      text: null,
      scmurl: "https://git.example.org/modules/perl?#1a60ad92",
      builds: [{
        name: "perl",
        stream: "5.40",
        version: "4020260101",
        context: "1a60ad92",
        outcome: "new",
        id: null,
        platform: "el9",
        arches: ["x86_64", "aarch64"],
        buildrequires: { platform: "el9" },
        remarks: [],
        components: Array.from({ length: 12 }, (_, index) => ({
          name: `package-${index}`,
          batch: 1 + Math.floor(index / 5),
          placement: index < 5 ? "It says no buildorder." : "Its buildorder is higher.",
          after: [],
          repository: `https://git.example.org/rpms/package-${index}`,
          ref: "main",
          commit: "9b2c61d03e7a4d1f8a5b6c7d8e9f0a1b9b2c61d0",
          seconds: index === 3 ? null : 120 + 30 * index,
          remarks: []
        }))
      }]
    },
    problem: undefined,
    viewer: { ...Viewer.stranger, name: "anna", mayAct: true },
    prefix
  })
}
