/**
 * The builds a solver chooses from, with the answers it asks for again and again kept: who meets a requirement, what a
 * build requires, which build of a stream is newer.
 */
import * as AvailableModule from "./AvailableModule.ts"
import * as ModuleRequirement from "./ModuleRequirement.ts"
import * as PythonJson from "./PythonJson.ts"
import * as ResolutionSettings from "./ResolutionSettings.ts"
import * as StreamVersion from "./StreamVersion.ts"

type Module = AvailableModule.AvailableModule

/** Builds, and answers about them that are worked out once. */
export interface ModulePool {
  readonly settings: ResolutionSettings.ResolutionSettings
  readonly byName: ReadonlyMap<string, ReadonlyArray<Module>>
  /** How many builds of the same stream are preferred to this one. */
  readonly rank: ReadonlyMap<Module, number>
  /** How many versions of the same stream are newer. */
  readonly age: ReadonlyMap<Module, number>
  /** Orders builds that would do for a transitive requirement, the preferred first. */
  readonly byPreference: (one: Module, two: Module) => number
  /** The builds that meet a requirement, in the order given. */
  readonly meeting: (requirement: ModuleRequirement.Requirement) => ReadonlyArray<Module>
  /** What a build requires: one list for each dependencies element, any of which will do. */
  readonly requirements: (module: Module) => ReadonlyArray<ReadonlyArray<ModuleRequirement.Requirement>>
}

const byVersion = (one: Module, two: Module): number =>
  one.version > two.version ? -1 : one.version < two.version ? 1 : 0

/**
 * Of several builds that would do for a transitive requirement: stream by stream, newest version first, then by context;
 * of base modules whose streams are versions, the newest of those with a virtual stream in common first. Streams and
 * contexts go by their text, as libsolv has them.
 */
const byPreference = (settings: ResolutionSettings.ResolutionSettings) => {
  const suffixes = settings.streamSuffixes
  const isVersioned = ({ name, stream }: Module): boolean =>
    settings.baseModuleNames.includes(name) && StreamVersion.isXyz(stream, { suffixes })
  const family = (module: Module): string =>
    isVersioned(module) ? module.virtualStreams.toSorted(PythonJson.compareText)[0] ?? module.stream : module.stream
  return (one: Module, two: Module): number =>
    PythonJson.compareText(family(one), family(two))
    || (isVersioned(one) && isVersioned(two)
      ? StreamVersion.compareDescending(one.stream, two.stream, { suffixes })
      : 0)
    || PythonJson.compareText(one.stream, two.stream)
    || byVersion(one, two)
    || PythonJson.compareText(one.context, two.context)
}

/** The pool of these builds. Of builds with one name and stream the order given decides between equal versions. */
export const make = (
  modules: ReadonlyArray<Module>,
  settings: ResolutionSettings.ResolutionSettings = ResolutionSettings.defaults
): ModulePool => {
  const byName = Map.groupBy(modules, (module) => module.name)
  const rank = new Map<Module, number>()
  const age = new Map<Module, number>()
  for (const builds of Map.groupBy(modules, AvailableModule.nameStream).values()) {
    const versions = new Set<bigint>()
    for (const [index, build] of builds.toSorted(byVersion).entries()) {
      versions.add(build.version)
      rank.set(build, index)
      age.set(build, versions.size - 1)
    }
  }
  const met = new Map<string, ReadonlyArray<Module>>()
  const needs = new Map<Module, ReadonlyArray<ReadonlyArray<ModuleRequirement.Requirement>>>()
  return {
    settings,
    byName,
    rank,
    age,
    byPreference: byPreference(settings),
    meeting: (requirement) => {
      const key = JSON.stringify(requirement)
      const known = met.get(key)
      if (known !== undefined) return known
      const found = (byName.get(requirement.name) ?? []).filter((module) =>
        ModuleRequirement.isMetBy(requirement, module, settings)
      )
      met.set(key, found)
      return found
    },
    requirements: (module) => {
      const known = needs.get(module)
      if (known !== undefined) return known
      const found = ModuleRequirement.ofBuild(module, settings)
      needs.set(module, found)
      return found
    }
  }
}
