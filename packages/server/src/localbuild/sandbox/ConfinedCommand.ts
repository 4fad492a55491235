/** The commands that run programs in a sandbox, of whatever kind: all that the rest of the farm knows of sandboxes. */
import * as Bubblewrap from "./Bubblewrap.ts"
import type { Confinement, Pipeline } from "./Confinement.ts"
import * as Unshare from "./Unshare.ts"

/**
 * What to start so that the pipelines run one after the other, confined, until one fails: each result is a pipeline of
 * its own, and the exit code of its last program is that of the first pipeline that failed. `environment` is all that the
 * programs have; what starts them must be given an environment of no meaning.
 */
export const wrap = (
  confinement: Confinement,
  pipelines: ReadonlyArray<Pipeline>,
  environment: Readonly<Record<string, string>>
): ReadonlyArray<Pipeline> => {
  switch (confinement.sandbox.kind) {
    case "bubblewrap":
      return Bubblewrap.wrap(confinement, pipelines, environment)
    case "unshare":
      return Unshare.wrap(confinement, pipelines, environment)
    case "none":
      return pipelines
  }
}
