/**
 * Packages that need not be built again for a module: those that an earlier, released build of it made of the very commit that is to be
 * built now. A preview names them, and who builds the module leaves their references switched off.
 */
import * as Arch from "../Arch.ts"
import * as Nevra from "../Nevra.ts"
import * as BuildTask from "./BuildTask.ts"
import type { PackageBuild } from "./PackageBuild.ts"
import * as TaskName from "./TaskName.ts"

/** What is to be built: a package at a commit, for a platform by name. */
export interface Wanted {
  readonly url: string
  readonly commit: string
  readonly platform: string
  /** Without `src`. */
  readonly arches: ReadonlyArray<string>
}

const ofBuild = (build: PackageBuild, { arches, commit, platform, url }: Wanted): ReadonlyArray<string> => {
  const index = build.plan.refs.findIndex((ref) => ref.url === url)
  const plans = build.plan.tasks.filter((plan) => plan.index === index && plan.platform === platform)
  const [first] = plans
  if (first === undefined || build.tasks.get(TaskName.sourceOf(first))?.commit !== commit) return []
  const tasks = [TaskName.source, ...arches].map((arch) => {
    const found = plans.find((plan) => plan.arch === arch)
    return found === undefined ? undefined : build.tasks.get(found.name)
  })
  if (!tasks.every((task) => task !== undefined && BuildTask.isPassed(task))) return []
  const found = tasks.flatMap((task) => BuildTask.packages(task!).flatMap(({ nevra }) => nevra ?? []))
  return [...new Set(found)].sort()
}

/**
 * The packages (`name-epoch:version-release.arch`, sorted) that the first of these builds has which made the package of that commit for all
 * of the architectures; none where no build has.
 */
export const find = (builds: ReadonlyArray<PackageBuild>, wanted: Wanted): ReadonlyArray<string> => {
  if (wanted.arches.length === 0) return []
  for (const build of builds) {
    const found = ofBuild(build, wanted)
    if (found.length > 0) return found
  }
  return []
}

/** Those of the packages that a module lists for an architecture: its own, `noarch` and source packages. */
export const forArch = (packages: ReadonlyArray<string>, arch: string): ReadonlyArray<Nevra.Nevra> =>
  packages.map(Nevra.parseUnsafe).filter((one) => one.arch === arch || one.arch === "noarch" || Arch.isSource(one.arch))
