/** How the states of package builds, their tasks, tests and signatures look. */
import type { PackageBuildSummary, PackageBuildTask } from "@orch/api/orch/PackageBuildsApi"
import type { PackageChecks } from "@orch/api/orch/PackageChecksApi"
import type { VNode } from "preact"
import * as Blocks from "../Blocks.ts"
import * as States from "../States.ts"

const tasks: Readonly<Record<PackageBuildTask["state"], States.Shown>> = {
  waiting: States.shown("idle", "plan", "Not started"),
  queued: States.shown("run", "queue", "Waiting"),
  started: States.shown("run", "run", "Building"),
  processing: States.shown("run", "run", "Taking in"),
  completed: States.shown("good", "good", "Built"),
  failed: States.shown("bad", "fail", "Failed"),
  excluded: States.shown("idle", "same", "Not for this one"),
  canceled: States.shown("idle", "cancel", "Canceled")
}

/** The state of one task. */
export const ofTask = (state: PackageBuildTask["state"]): States.Shown => tasks[state]

/** The state of a build: whether all of it came to what it should. */
export const ofBuild = (build: Pick<PackageBuildSummary, "state" | "tasks">): States.Shown => {
  switch (build.state) {
    case "preparing":
      return States.shown("run", "run", "Preparing")
    case "building":
      return count(build, "failed") > 0
        ? States.shown("bad", "run", "Building, some failed")
        : States.shown("run", "run", "Building")
    case "removed":
      return States.shown("idle", "box", "Removed")
    case "finished":
      return count(build, "failed") > 0
        ? States.shown("bad", "fail", "Failed")
        : count(build, "canceled") > 0
        ? States.shown("idle", "cancel", "Canceled")
        : States.shown("good", "good", "Built")
  }
}

/** Tasks in any of these states. */
export const count = (
  { tasks: counted }: Pick<PackageBuildSummary, "tasks">,
  ...states: ReadonlyArray<PackageBuildTask["state"]>
): number => states.reduce((sum, state) => sum + (counted[state] ?? 0), 0)

/** How far a build is; `words` say the same. */
export const bar = (build: Pick<PackageBuildSummary, "tasks">, words: string): VNode =>
  Blocks.bar(
    [
      [count(build, "completed", "excluded"), "good"],
      [count(build, "started", "processing"), "run"],
      [count(build, "queued"), "run", true],
      [count(build, "failed"), "bad"]
    ],
    Object.values(build.tasks).reduce((sum, one) => sum + one, 0),
    words
  )

/** What a build is called: its first packages. */
export const nameOf = ({ packages }: Pick<PackageBuildSummary, "packages">): string =>
  packages.length > 3 ? `${packages.slice(0, 3).join(", ")} and ${packages.length - 3} more` : packages.join(", ")

const tests: Readonly<Record<PackageChecks["tests"][number]["state"], States.Shown>> = {
  created: States.shown("run", "queue", "Test waits"),
  started: States.shown("run", "run", "Testing"),
  completed: States.shown("good", "good", "Passed"),
  failed: States.shown("bad", "fail", "Test failed"),
  canceled: States.shown("idle", "cancel", "Test canceled")
}

/** The state of a test. */
export const ofTest = (state: PackageChecks["tests"][number]["state"]): States.Shown => tests[state]

const signings: Readonly<Record<PackageChecks["signings"][number]["state"], States.Shown>> = {
  idle: States.shown("run", "queue", "Waits for a signer"),
  signing: States.shown("run", "run", "Signing"),
  importing: States.shown("run", "run", "Taking in"),
  completed: States.shown("good", "good", "Signed"),
  failed: States.shown("bad", "fail", "Failed")
}

/** The state of a request to sign. */
export const ofSigning = (state: PackageChecks["signings"][number]["state"]): States.Shown => signings[state]
