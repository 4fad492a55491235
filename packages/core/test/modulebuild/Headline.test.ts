import { assert, describe, it } from "@effect/vitest"
import * as Headline from "@orch/core/modulebuild/Headline"

const none: Headline.Counts = {
  total: 25,
  waiting: 0,
  submitting: 0,
  building: 0,
  built: 0,
  available: 0,
  failed: 0,
  canceled: 0,
  reused: 0
}
const facts = (fields: Partial<Omit<Headline.Facts, "counts">> & { readonly counts?: Partial<Headline.Counts> }) => ({
  state: "build" as const,
  reason: "Some reason",
  scratch: false,
  open: [],
  openCount: 0,
  free: [],
  isDelayed: false,
  isRegenerating: false,
  ...fields,
  counts: { ...none, ...fields.counts }
})

describe("the sentence of a module build", () => {
  const cases: ReadonlyArray<readonly [Parameters<typeof facts>[0], string]> = [
    [{ state: "init" }, "The references of its 25 components are being resolved to commits."],
    [{ state: "wait" }, "The build system prepares the buildroot."],
    [
      { state: "wait", isDelayed: true, reason: "waiting for hub fedora since 2026-11-21T22:41:07Z: refused" },
      "Waiting for hub fedora since 2026-11-21T22:41:07Z: refused."
    ],
    [
      { counts: { available: 18, building: 2, waiting: 5 }, openCount: 2, open: ["a", "b"] },
      "18 of 25 components are there; a, b are being built."
    ],
    [
      { counts: { available: 1, building: 5 }, openCount: 5, open: ["a", "b", "c"] },
      "1 of 25 components is there; a, b, c and 2 more are being built."
    ],
    [
      { counts: { built: 3, building: 1 }, free: ["a"] },
      "3 of 25 components are there; a waits for a builder."
    ],
    [{ counts: { submitting: 2 } }, "0 of 25 components are there; the build system has to accept 2 more."],
    [
      { counts: { built: 4 }, isRegenerating: true },
      "4 of 25 components are there; the buildroot's repository is being made."
    ],
    [{ counts: { available: 25 } }, "The module's repository is being published."],
    [{ state: "done", reason: "no result yet" }, "The gate has not let it pass: no result yet."],
    [{ state: "done", scratch: true }, "Built, scratch."],
    [{ state: "failed", reason: "perl-DBI failed." }, "perl-DBI failed."],
    [{ state: "ready", counts: { available: 25, reused: 20 } }, "All 25 components are there, 20 of them reused."],
    [{ state: "ready", counts: { total: 1, available: 1 } }, "Its 1 component is built."],
    [{ state: "garbage", reason: "Retired by ann" }, "Retired by ann."]
  ]
  for (const [given, sentence] of cases) {
    it(sentence, () => assert.strictEqual(Headline.sentence(facts(given)), sentence))
  }
})
