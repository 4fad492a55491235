/**
 * Replaces streams in what a module depends on: those the submitter overrides, the one the branch names, and virtual or
 * support streams of base modules.
 */
import * as Result from "effect/Result"
import type * as AvailableModules from "./AvailableModules.ts"
import * as BaseModules from "./BaseModules.ts"
import * as Dependencies from "./ModuleDependencies.ts"
import * as ResolutionError from "./ResolutionError.ts"
import * as ResolutionSettings from "./ResolutionSettings.ts"

/** What a submission wants different from what the document says. */
export interface Overrides {
  readonly buildrequires?: Dependencies.Streams | undefined
  readonly requires?: Dependencies.Streams | undefined
  /** The branch submitted from, which may name the stream of one module (see `branchStreamPatterns`). */
  readonly branch?: string | undefined
}

/** The stream a branch name asks for, such as `el8.0.0` from `10-rhel-8.0.0`; `undefined` when no pattern matches. */
export const streamOfBranch = (branch: string, patterns: ReadonlyArray<string>): string | undefined => {
  for (const pattern of patterns) {
    const match = ResolutionSettings.pattern(pattern).exec(branch)
    if (match === null) continue
    const stream = match.slice(1).filter((group) => group !== undefined).join("")
    return stream === "" ? undefined : stream
  }
  return undefined
}

const has = (streams: Dependencies.Streams | undefined, name: string): boolean =>
  streams !== undefined && Object.hasOwn(streams, name)

/**
 * The dependencies with overridden streams in their place.
 *
 * Fails with the reason `OverrideNotApplicable` for an override of a module that is nowhere in the section; the
 * branch's is then ignored, being a guess.
 */
export const apply = (
  dependencies: ReadonlyArray<Partial<Dependencies.Dependencies>>,
  overrides: Overrides,
  settings: ResolutionSettings.ResolutionSettings = ResolutionSettings.defaults
): Result.Result<ReadonlyArray<Dependencies.Dependencies>, ResolutionError.ResolutionError> => {
  const elements = dependencies.map(Dependencies.make)
  const byBranch = overrides.branch === undefined || settings.branchStreamModule === ""
      || (overrides.buildrequires?.[settings.branchStreamModule]?.length ?? 0) > 0
    ? undefined
    : streamOfBranch(overrides.branch, settings.branchStreamPatterns)
  for (const section of ["buildrequires", "requires"] as const) {
    const unused = Object.keys(overrides[section] ?? {}).filter((name) =>
      !elements.some((element) => has(element[section], name))
      && !(byBranch !== undefined && name === settings.branchStreamModule)
    )
    if (unused.length === 0) continue
    const names = Dependencies.sorted(unused)
    return Result.fail(ResolutionError.make(
      "OverrideNotApplicable",
      `The ${section.slice(0, -1)} overrides for the following modules aren't applicable: ${names.join(", ")}`,
      names
    ))
  }
  const buildrequires: Dependencies.Streams = {
    ...overrides.buildrequires,
    ...(byBranch === undefined ? {} : { [settings.branchStreamModule]: [byBranch] })
  }
  const replace = (streams: Dependencies.Streams, by: Dependencies.Streams): Dependencies.Streams =>
    Dependencies.normalize(
      Object.fromEntries(Object.entries(streams).map(([name, list]) => [name, has(by, name) ? by[name]! : list]))
    )
  return Result.succeed(elements.map((element) => ({
    buildrequires: replace(element.buildrequires, buildrequires),
    requires: replace(element.requires, overrides.requires ?? {})
  })))
}

/** Changes the buildrequired streams by a function of module name and streams. */
export const mapBuildrequires = (
  dependencies: ReadonlyArray<Dependencies.Dependencies>,
  change: (name: string, streams: ReadonlyArray<string>) => ReadonlyArray<string>
): ReadonlyArray<Dependencies.Dependencies> =>
  dependencies.map(({ buildrequires, requires }) => ({
    buildrequires: Dependencies.normalize(
      Object.fromEntries(Object.entries(buildrequires).map(([name, streams]) => [name, change(name, streams)]))
    ),
    requires
  }))

/** Replaces virtual streams of base modules by the newest stream that provides them. Buildrequires only. */
export const resolveVirtualStreams = (
  dependencies: ReadonlyArray<Dependencies.Dependencies>,
  available: AvailableModules.AvailableModules
): ReadonlyArray<Dependencies.Dependencies> =>
  mapBuildrequires(dependencies, (name, streams) => BaseModules.resolveVirtualStreams(available, name, streams))
