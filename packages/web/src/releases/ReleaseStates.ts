/** How the states of releases and of their repositories look. */
import type { ReleaseRepository, ReleaseSummary } from "@orch/api/orch/ReleasesApi"
import * as States from "../States.ts"

const states: Readonly<Record<ReleaseSummary["state"], States.Shown>> = {
  planning: States.shown("run", "run", "Planning"),
  planned: States.shown("idle", "plan", "Planned"),
  waiting: States.shown("run", "queue", "Waiting"),
  committing: States.shown("run", "run", "Committing"),
  released: States.shown("good", "good", "Released"),
  reverting: States.shown("run", "run", "Reverting"),
  reverted: States.shown("idle", "cancel", "Reverted"),
  failed: States.shown("bad", "fail", "Failed"),
  removed: States.shown("idle", "box", "Removed")
}

/** The state of a release; one that is planned with something in the way needs a person. */
export const of = ({ blocks, state }: Pick<ReleaseSummary, "blocks" | "state">): States.Shown =>
  state === "planned" && blocks > 0 ? States.shown("attn", "attn", "To decide") : states[state]

/** How far one repository is. */
export const ofRepository = ({ done, next, problem, running }: ReleaseRepository): States.Shown =>
  problem !== null
    ? States.shown("bad", "fail", "Failed")
    : running !== null
    ? States.shown("run", "run", `Doing: ${running}`)
    : done === null
    ? States.shown("idle", "plan", "Not started")
    : next === null
    ? States.shown("good", "good", "Done")
    : States.shown("run", "queue", `Done: ${done}`)

/** The way to readers, in order. */
export const way: ReadonlyArray<readonly [state: ReleaseSummary["state"], what: string]> = [
  ["planning", "Where everything goes is found out"],
  ["planned", "People look, edit, and commit"],
  ["waiting", "Until nobody else writes these repositories"],
  ["committing", "One repository after the other"],
  ["released", "Readers see all of it"]
]
