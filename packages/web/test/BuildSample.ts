/** A module build of so many components that is under way, as a server would answer it. */
import * as Samples from "../../api/test/orch/Samples.ts"
import type * as BuildPage from "../src/BuildPage.ts"
import * as Viewer from "../src/Viewer.ts"
import { now } from "./Samples.ts"

const ago = (minutes: number): string => new Date(now - minutes * 60_000).toISOString()

/** Batches of ten: most are built, some are being built, one has failed, the others wait. */
export const build = (size: number): BuildPage.Content => {
  const components = Array.from({ length: size }, (_, index) => {
    const batch = 1 + Math.floor(index / 10)
    const before = index < 10 ? [] : [`package-${index - 10}`]
    return Samples.component(`package-${index}`, {
      batch,
      after: before,
      ...(index < size * 0.7
        ? {
          state: "available",
          state_reason: "",
          nvr: `package-${index}-1.0-1.module_el9`,
          task: `${index}`,
          task_state: "closed",
          log_url: `/logs/${index}`,
          submitted_at: ago(300 - index / 2),
          finished_at: ago(290 - index / 2)
        }
        : index < size * 0.8
        ? {
          state: "building",
          state_reason: "",
          task: `${index}`,
          task_state: "open",
          log_url: `/logs/${index}`,
          submitted_at: ago(5)
        }
        : { state_reason: `It comes after package-${index - 10}` })
    })
  })
  const summary = {
    id: 4212,
    name: "perl",
    stream: "5.40",
    version: "4020260101",
    context: "1a60ad92",
    state: "build",
    state_reason: "Building",
    owner: "anna",
    created_at: ago(320),
    modified_at: ago(1),
    completed_at: null
  } as const
  return {
    build: {
      ...summary,
      scratch: false,
      scmurl: "https://git.example.org/modules/perl?#1a60ad92",
      platform: "el9",
      arches: ["x86_64", "aarch64"],
      dist_tag: ".module_el9",
      modulemd: "document: modulemd",
      repository: null,
      components,
      remarks: [],
      trace: [
        { at: ago(320), state: "init", reason: "Submitted", cause: "anna" },
        { at: ago(318), state: "wait", reason: "Sources are found", cause: "engine" },
        { at: ago(310), state: "build", reason: "The buildroot is there", cause: "engine" }
      ]
    },
    explanation: {
      state: "build",
      reason: "Building",
      waits_for: [],
      waits: [
        {
          kind: "build",
          when: "now",
          sentence: "package-17 and package-18 must finish building.",
          references: [],
          queue: null
        },
        {
          kind: "repository",
          when: "then",
          sentence: "The repository of the buildroot is generated with both.",
          references: [],
          queue: null
        },
        { kind: "batch", when: "then", sentence: "The next batch starts.", references: [], queue: null }
      ],
      remarks: [],
      components: [],
      dead_letters: []
    },
    entry: {
      ...summary,
      kind: "module",
      platform: "el9",
      arches: ["x86_64", "aarch64"],
      sentence: "It is being built.",
      components: {
        total: size,
        waiting: Math.round(size * 0.2),
        submitting: 0,
        building: Math.round(size * 0.1),
        built: 0,
        available: Math.round(size * 0.7),
        failed: 0,
        canceled: 0,
        reused: 0
      },
      first_error: null,
      expected: {
        at: ago(-30),
        earliest: ago(-24),
        latest: ago(-45),
        known_runs: 5,
        critical: ["package-17"],
        late: []
      },
      dead_letters: 0
    },
    comparison: undefined,
    excerpt: {
      component: "package-17",
      attempt: 1,
      from: 11_874,
      count: 6,
      lines: Array.from({ length: 6 }, (_, index) => `[ ${41 + 2 * index}%] t/${40 + index}test.t ................ ok`)
    },
    components: { sort: "order", name: "" },
    possible: [],
    viewer: Viewer.stranger,
    now,
    prefix: "",
    origin: "https://build.example.org"
  }
}
