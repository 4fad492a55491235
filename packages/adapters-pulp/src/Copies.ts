/** Content copied from versions of repositories to others, without its files passing through us. */
import * as Effect from "effect/Effect"
import type { PulpClient } from "./PulpClient.ts"
import * as PulpDispatch from "./PulpDispatch.ts"
import * as PulpTask from "./PulpTask.ts"
import type { PulpTasks } from "./PulpTasks.ts"

/** One copy: from a version, to a repository. */
export interface Copy {
  /** Path of a version. */
  readonly from: string
  /** Path of a repository. */
  readonly to: string
  /** Paths of units; everything unless told. */
  readonly content?: ReadonlyArray<string> | undefined
}

/**
 * Copies, once for a correlation id: paths of the versions that were made, none where all was there. With `dependencies`, Pulp brings along
 * what packages need. A module comes without its packages: name them, too.
 */
export const copy = Effect.fnUntraced(function*(
  client: PulpClient,
  tasks: PulpTasks,
  correlation: string,
  copies: ReadonlyArray<Copy>,
  options: { readonly dependencies?: boolean } = {}
) {
  const task = yield* PulpDispatch.perform(client, tasks, {
    correlation,
    path: "rpm/copy/",
    json: {
      config: copies.map(({ content, from, to }) => ({
        source_repo_version: from,
        dest_repo: to,
        ...(content === undefined ? {} : { content })
      })),
      dependency_solving: options.dependencies === true
    }
  })
  return PulpTask.created(task, "version")
})
