/** Parts of answers, for tests of those who read them: only what a test is about is said. */
import type { ComponentDetail } from "../../src/orch/ModuleBuildsApi.ts"

/** A component that waits in the first batch. */
export const component = (name: string, fields: Partial<ComponentDetail> = {}): ComponentDetail => ({
  name,
  state: "waiting",
  state_reason: "Not started",
  batch: 1,
  placement: "",
  after: [],
  reuse: null,
  attempt: 1,
  task: null,
  task_state: "free",
  nvr: null,
  log_url: null,
  artifacts: [],
  repository: "",
  ref: null,
  commit: null,
  submitted_at: null,
  finished_at: null,
  remarks: [],
  ...fields
})
