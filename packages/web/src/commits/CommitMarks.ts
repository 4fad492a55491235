/** How the states of repositories look. */
import type { Repository } from "@orch/api/shaman/RepositoriesApi"
import * as States from "../States.ts"

/** The state of a repository as people see it; one that is not there has none. */
export const stateOf = (record: Repository | undefined): States.Shown => {
  switch (record?.status) {
    case undefined:
      return States.shown("idle", "plan", "None")
    case "ready":
      return States.shown("good", "good", "Ready")
    case "failed":
      return States.shown("bad", "fail", "Failed")
    case "building":
      return States.shown("run", "run", "Building")
    case "queued":
    case "requested":
      return States.shown("run", "queue", "Waiting")
    default:
      return States.shown("idle", "unknown", record!.status)
  }
}
