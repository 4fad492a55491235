/** How the states of package builds, their tasks, tests and signatures look. */
import type { PackageBuildSummary, PackageBuildTask } from "@orch/api/orch/PackageBuildsApi"
import type { PackageChecks } from "@orch/api/orch/PackageChecksApi"
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

const lost = (counted: PackageBuildSummary["tasks"]): number => counted["failed"] ?? 0

/** The state of a build: whether all of it came to what it should. */
export const ofBuild = ({ state, tasks: counted }: Pick<PackageBuildSummary, "state" | "tasks">): States.Shown => {
  switch (state) {
    case "preparing":
      return States.shown("run", "run", "Preparing")
    case "building":
      return lost(counted) > 0
        ? States.shown("bad", "run", "Building, some failed")
        : States.shown("run", "run", "Building")
    case "removed":
      return States.shown("idle", "box", "Removed")
    case "finished":
      return lost(counted) > 0
        ? States.shown("bad", "fail", "Failed")
        : (counted["canceled"] ?? 0) > 0
        ? States.shown("idle", "cancel", "Canceled")
        : States.shown("good", "good", "Built")
  }
}

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
