/**
 * Expands what a module says about streams: "any stream of gtk", "any but 2", into the streams that exist.
 *
 * Rules of the Module Build Service's module stream expansion: if every stream is excluded (or none is named) all streams
 * with a ready build are meant, less the excluded; as soon as one is named, exclusions are ignored.
 */
import * as Result from "effect/Result"
import * as AvailableModules from "./AvailableModules.ts"
import * as Dependencies from "./ModuleDependencies.ts"
import * as ResolutionError from "./ResolutionError.ts"

/** What to do where several streams are possible; nothing special by default. */
export interface Options {
  /** The stream to take where several are possible, by module name: for builds on a developer's machine. */
  readonly defaultStreams?: Readonly<Record<string, string>> | undefined
  /**
   * Default streams of the repository that is built against: they decide between builds of what is required that need
   * different streams of something else. What the module itself asks for is expanded as if there were none.
   */
  readonly repositoryDefaults?: Readonly<Record<string, string>> | undefined
  /** Refuse when several streams are possible and there is no default. */
  readonly failIfAmbiguous?: boolean | undefined
}

const defaultOf = (options: Options, name: string): string | undefined =>
  options.defaultStreams !== undefined && Object.hasOwn(options.defaultStreams, name)
    ? options.defaultStreams[name]
    : undefined

const ambiguous = (name: string, streams: ReadonlyArray<string>): ResolutionError.ResolutionError => {
  const which = streams.length === 0 ? "" : `[${streams.map((stream) => `'${stream}'`).join(", ")}] `
  return ResolutionError.make(
    "StreamAmbiguous",
    `There are multiple streams ${which}to choose from for module ${name}.`,
    [
      name
    ]
  )
}

/**
 * The streams that a list of streams of one module means, in order; empty where it means none that exists.
 *
 * Fails with the reason `StreamAmbiguous`, and only where the options say `failIfAmbiguous`.
 */
export const expandStreams = (
  available: AvailableModules.AvailableModules,
  name: string,
  streams: ReadonlyArray<string>,
  options: Options = {}
): Result.Result<ReadonlyArray<string>, ResolutionError.ResolutionError> => {
  const byDefault = defaultOf(options, name)
  let expanded: ReadonlyArray<string>
  if (Dependencies.isOpen(streams)) {
    if (byDefault === undefined && options.failIfAmbiguous === true) return Result.fail(ambiguous(name, []))
    const { baseModuleNames, baseModuleStreamExclusions } = available.settings
    const excluded = new Set(streams.map((stream) => stream.slice(1)))
    if (baseModuleNames.includes(name)) { for (const stream of baseModuleStreamExclusions) excluded.add(stream) }
    const candidates = byDefault === undefined ? AvailableModules.readyStreams(available, name) : [byDefault]
    expanded = candidates.filter((stream) => !excluded.has(stream))
  } else {
    expanded = streams.filter((stream) => !stream.startsWith("-"))
  }
  if (expanded.length <= 1) return Result.succeed(expanded)
  if (byDefault !== undefined) return Result.succeed([byDefault])
  return options.failIfAmbiguous === true ? Result.fail(ambiguous(name, expanded)) : Result.succeed(expanded)
}

/**
 * The streams that one module's runtime requirement of another means, where a default is a choice among them.
 *
 * Several listed streams without a default are ambiguous, and fail with the reason `StreamAmbiguous` where the options
 * say so; "any stream" is not, since what is installed decides.
 */
export const expandRequired = (
  available: AvailableModules.AvailableModules,
  name: string,
  streams: ReadonlyArray<string>,
  options: Options = {}
): Result.Result<ReadonlyArray<string>, ResolutionError.ResolutionError> =>
  Result.flatMap(expandStreams(available, name, streams), (expanded) => {
    const byDefault = defaultOf(options, name)
    if (byDefault !== undefined) return Result.succeed(expanded.includes(byDefault) ? [byDefault] : expanded)
    return options.failIfAmbiguous === true && streams.length > 1
      ? Result.fail(ambiguous(name, streams))
      : Result.succeed(expanded)
  })

const expandSection = (
  available: AvailableModules.AvailableModules,
  section: Dependencies.Streams,
  options: Options
): Result.Result<Dependencies.Streams, ResolutionError.ResolutionError> => {
  const expanded: Record<string, ReadonlyArray<string>> = {}
  for (const [name, streams] of Object.entries(section)) {
    const result = expandStreams(available, name, streams, options)
    if (Result.isFailure(result)) return Result.fail(result.failure)
    expanded[name] = Dependencies.sorted(result.success)
  }
  return Result.succeed(expanded)
}

/**
 * Expands the buildrequires and requires of every element. Fails where `expandStreams` does, with the first failure.
 */
export const expandDependencies = (
  available: AvailableModules.AvailableModules,
  dependencies: ReadonlyArray<Partial<Dependencies.Dependencies>>,
  options: Options = {}
): Result.Result<ReadonlyArray<Dependencies.Dependencies>, ResolutionError.ResolutionError> => {
  const expanded: Array<Dependencies.Dependencies> = []
  for (const element of dependencies) {
    const requires = expandSection(available, element.requires ?? {}, options)
    if (Result.isFailure(requires)) return Result.fail(requires.failure)
    const buildrequires = expandSection(available, element.buildrequires ?? {}, options)
    if (Result.isFailure(buildrequires)) return Result.fail(buildrequires.failure)
    expanded.push({ requires: requires.success, buildrequires: buildrequires.success })
  }
  return Result.succeed(expanded)
}
