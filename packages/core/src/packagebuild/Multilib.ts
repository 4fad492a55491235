/**
 * 32-bit packages that 64-bit systems install beside their own.
 *
 * Which ones is not told by the packages: it is what the distribution already offers. A reference distribution says for each package
 * in which repositories it lies; a 32-bit one that lies in a 64-bit repository is multilib, and stays so.
 */
import * as ArtifactPlace from "./ArtifactPlace.ts"
import * as BuildTask from "./BuildTask.ts"

/** A package of the reference distribution, and the architectures of the repositories it is in. */
export interface ReferencePackage {
  readonly name: string
  readonly arch: string
  readonly repositoryArches: ReadonlyArray<string>
}

/** The architecture whose packages go along, by the one whose systems take them. */
export const companions: ReadonlyMap<string, string> = new Map([["x86_64", "i686"]])

/** Names of the packages that are multilib for systems of `arch`, sorted; none where it takes none along. */
export const names = (arch: string, reference: ReadonlyArray<ReferencePackage>): ReadonlyArray<string> => {
  const companion = companions.get(arch)
  return companion === undefined ? [] : [
    ...new Set(
      reference.flatMap((one) => one.arch === companion && one.repositoryArches.includes(arch) ? [one.name] : [])
    )
  ].sort()
}

/** The companion's packages of these very names that the task does not have yet; `foo` does not take `foobar` along. */
export const select = (
  task: BuildTask.BuildTask,
  companion: BuildTask.BuildTask,
  multilib: ReadonlyArray<string>
): ReadonlyArray<BuildTask.TaskArtifact> => {
  const wanted = new Set(multilib)
  const own = new Set(task.artifacts.map(({ name }) => name))
  return BuildTask.packages(companion).filter(({ name }) => {
    const found = ArtifactPlace.packageOf(name)
    return found !== undefined && found.arch !== "noarch" && !own.has(name) && wanted.has(found.name)
      && !ArtifactPlace.isSource(name)
  })
}
