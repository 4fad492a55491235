/** The packages of a module as references of a package build, in the order in which they have to be built. */
import type { ModuleStreamV2 } from "../modulemd/ModuleStreamV2.ts"
import type { BuildRef } from "./BuildRef.ts"

/** How a platform keeps the sources of modules. */
export interface Modularity {
  /** Where packages lie, ending in `/`. */
  readonly packagesGit: string
  /** First part of the branch, for packages the distribution changed and for those it did not. */
  readonly prefix: { readonly modified: string; readonly nonModified: string }
}

/**
 * The stream that a branch of a module's repository stands for: what follows `stream-`, or else the whole name, as in
 * `c8-stream-rhel8` and `1.4`.
 */
export const streamOf = (gitRef: string): string => /stream-(.+)$/.exec(gitRef)?.[1] ?? gitRef

/**
 * The references of the document's components: lower build order first, components of equal order by name. The branch is
 * `PREFIX-stream-STREAM`, where the prefix tells whether the distribution has changed the package.
 */
export const make = (
  document: ModuleStreamV2,
  modularity: Modularity,
  modified: ReadonlySet<string>
): ReadonlyArray<BuildRef> =>
  [...document.components.rpms]
    .sort(([a, one], [b, two]) =>
      one.buildorder === two.buildorder ? (a < b ? -1 : 1) : one.buildorder < two.buildorder ? -1 : 1
    )
    .map(([name]) => ({
      url: `${modularity.packagesGit}${name}.git`,
      gitRef: `${modified.has(name) ? modularity.prefix.modified : modularity.prefix.nonModified}-stream-${
        document.stream ?? ""
      }`,
      type: "git_branch"
    }))
