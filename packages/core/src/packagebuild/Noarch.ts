/**
 * Packages that are the same for all architectures are made once for each of them; users must get one and the same.
 *
 * When every architecture of a package has ended, one of each name is chosen, and all architectures whose build succeeded carry
 * that one: those that made their own give it up, those that made none get it.
 */
import * as ArtifactPlace from "./ArtifactPlace.ts"
import * as BuildTask from "./BuildTask.ts"

/** What changes in one task. */
export interface Spread {
  readonly task: string
  /** Files that it has from now on. */
  readonly added: ReadonlyArray<BuildTask.TaskArtifact>
  /** Files of its own that these replace. */
  readonly replaced: ReadonlyArray<BuildTask.TaskArtifact>
}

/**
 * What follows for the tasks of one package, source task left out, in the order of the plan. Of several files of one name that
 * of the first task is chosen. Applied once, it asks for nothing more.
 */
export const spread = (tasks: ReadonlyArray<BuildTask.BuildTask>): ReadonlyArray<Spread> => {
  const completed = tasks.filter(({ state }) => state === "completed")
  const chosen = new Map<string, BuildTask.TaskArtifact>()
  for (const task of completed) {
    for (const artifact of BuildTask.packages(task)) {
      if (ArtifactPlace.isNoarch(artifact.name) && !chosen.has(artifact.name)) chosen.set(artifact.name, artifact)
    }
  }
  return completed.flatMap((task) => {
    const own = new Map(BuildTask.packages(task).map((artifact) => [artifact.name, artifact]))
    const added = [...chosen.values()].filter(({ href, name }) => own.get(name)?.href !== href)
    const replaced = added.flatMap(({ name }) => own.get(name) ?? [])
    return added.length === 0 ? [] : [{ task: task.name, added, replaced }]
  })
}
