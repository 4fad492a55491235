/**
 * Collects every module build that may take part in building a module: its base modules and compatible ones, the newest
 * builds of what it buildrequires, and what those require when installed, all the way down.
 *
 * For each major version of the base module the builds made on its newest stream that has any are taken, so that what was
 * built on an older minor release can still be picked where nothing newer exists.
 */
import * as Result from "effect/Result"
import * as AvailableModule from "./AvailableModule.ts"
import * as AvailableModules from "./AvailableModules.ts"
import * as BaseModules from "./BaseModules.ts"
import type * as Dependencies from "./ModuleDependencies.ts"
import * as ResolutionError from "./ResolutionError.ts"
import * as StreamExpansion from "./StreamExpansion.ts"
import * as StreamVersion from "./StreamVersion.ts"

type Module = AvailableModule.AvailableModule

const nameOf = (nameStream: string): string => nameStream.slice(0, nameStream.indexOf(":"))

/** Base modules by descending stream version, one list per major version, highest major version first. */
const byMajorVersion = (
  bases: ReadonlyArray<Module>,
  available: AvailableModules.AvailableModules
): ReadonlyArray<ReadonlyArray<Module>> => {
  const suffixes = available.settings.streamSuffixes
  const majors = new Map<number, Array<Module>>()
  for (const base of bases) {
    const major = Math.floor(Math.floor(StreamVersion.parse(base.stream, { suffixes })) / 10000)
    const group = majors.get(major)
    if (group === undefined) majors.set(major, [base])
    else group.push(base)
  }
  return Array.from(majors).sort(([one], [two]) => two - one).map(([, group]) =>
    group.sort((one, two) => StreamVersion.compareDescending(one.stream, two.stream, { suffixes }))
  )
}

/**
 * The usable builds of one stream: for each major version, those on the newest base module that has any. Empty where
 * none is.
 */
export const buildsOfStream = (
  available: AvailableModules.AvailableModules,
  name: string,
  stream: string,
  bases: ReadonlyArray<Module>
): ReadonlyArray<Module> => usable(available, name, stream, byMajorVersion(bases, available))

const usable = (
  available: AvailableModules.AvailableModules,
  name: string,
  stream: string,
  majors: ReadonlyArray<ReadonlyArray<Module>>
): ReadonlyArray<Module> => {
  const found: Array<Module> = []
  for (const group of majors) {
    for (const base of group) {
      const builds = AvailableModules.builtAgainst(available, name, stream, base)
      // What is not in the tag of a base module that names one is not looked for on older ones: the tag inherits theirs.
      if (builds.length === 0 && base.kojiTagWithModules === undefined) continue
      found.push(...builds)
      break
    }
  }
  return found
}

/**
 * All candidates for building a module with these (expanded) dependencies, in the order in which they are preferred.
 *
 * Fails with the reason `BaseModuleMissing` when no base module exists, `NoBuilds` when a buildrequired stream has no
 * build, and `StreamAmbiguous` when the options say so.
 *
 * @param lines where each requirement stands, by `Dependencies.placeOf`. @param options which stream to take where what
 * is buildrequired requires one of several.
 */
export const collect = (
  available: AvailableModules.AvailableModules,
  dependencies: ReadonlyArray<Dependencies.Dependencies>,
  lines: Readonly<Record<string, number>> = {},
  options: StreamExpansion.Options = {}
): Result.Result<ReadonlyArray<Module>, ResolutionError.ResolutionError> => {
  const { garbage, missing, ready } = BaseModules.find(available, dependencies)
  if (ready.length === 0) {
    const names = available.settings.baseModuleNames.join(" or ")
    return Result.fail(ResolutionError.make(
      "BaseModuleMissing",
      `None of the base module (${names}) streams in the buildrequires section could be found`,
      missing,
      Object.entries(lines).find(([place]) => missing.some((base) => place.endsWith(`.buildrequires.${nameOf(base)}`)))
        ?.[1]
    ))
  }
  const majors = byMajorVersion([...ready, ...garbage], available)
  const byStream = new Map<string, ReadonlyArray<Module>>()
  for (const base of ready) byStream.set(AvailableModule.nameStream(base), [base])
  const queue: Array<Module> = [...ready]

  const add = (name: string, stream: string): ReadonlyArray<Module> => {
    const key = `${name}:${stream}`
    const known = byStream.get(key)
    if (known !== undefined) return known
    const builds = usable(available, name, stream, majors)
    byStream.set(key, builds)
    queue.push(...builds)
    return builds
  }
  const fail = (key: string, line?: number) =>
    Result.fail(ResolutionError.make("NoBuilds", `Cannot find any module builds for ${key}`, [key], line))
  const isBase = (name: string): boolean => available.settings.baseModuleNames.includes(name)

  for (const [element, { buildrequires }] of dependencies.entries()) {
    for (const [name, streams] of Object.entries(buildrequires)) {
      if (isBase(name)) continue
      for (const stream of streams) {
        if (add(name, stream).length > 0) continue
        return fail(`${name}:${stream}`, lines[`${element}.buildrequires.${name}`])
      }
    }
  }
  const buildrequired = new Set(queue)
  // Grows while it is walked: what is added may require more.
  for (const module of queue) {
    // Whoever builds on his own machine knows what he asks for, and what that requires, but not all that follows.
    const failIfAmbiguous = options.failIfAmbiguous === true && buildrequired.has(module)
    for (const { requires } of module.dependencies) {
      for (const [name, streams] of Object.entries(requires)) {
        if (isBase(name)) continue
        const expanded = StreamExpansion.expandRequired(available, name, streams, { ...options, failIfAmbiguous })
        if (Result.isFailure(expanded)) return Result.fail(expanded.failure)
        for (const stream of expanded.success) add(name, stream)
      }
    }
  }
  return Result.succeed(Array.from(byStream.values()).flat())
}
