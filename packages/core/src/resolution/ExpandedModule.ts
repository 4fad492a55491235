/**
 * One module becomes one build per combination of streams: dependencies pinned to what it is built with, and the context
 * that tells the builds apart.
 *
 * A runtime requirement with the same streams as the buildrequirement is pinned along with it, since the result is known
 * to work with that stream; one with other streams is kept as written. The comparison is on the streams as written.
 */
import * as Result from "effect/Result"
import type * as AvailableModule from "./AvailableModule.ts"
import type * as AvailableModules from "./AvailableModules.ts"
import * as CandidateModules from "./CandidateModules.ts"
import * as ModuleContext from "./ModuleContext.ts"
import * as Dependencies from "./ModuleDependencies.ts"
import * as ModuleSolver from "./ModuleSolver.ts"
import * as ModuleVersion from "./ModuleVersion.ts"
import * as ResolutionError from "./ResolutionError.ts"
import * as SolverConflict from "./SolverConflict.ts"
import * as StreamExpansion from "./StreamExpansion.ts"
import * as XmdBuildrequires from "./XmdBuildrequires.ts"

/** The module to build, as written. */
export interface Source {
  readonly name: string
  readonly stream: string
  /** Without the prefix of a base module. */
  readonly version: ModuleVersion.Input
  readonly dependencies: ReadonlyArray<Partial<Dependencies.Dependencies>>
  /** Given for static contexts: kept instead of the computed one. */
  readonly staticContext?: string | undefined
  /** Line of each requirement by `Dependencies.placeOf`. */
  readonly lines?: Readonly<Record<string, number>> | undefined
}

/** One build of the module: its identity, its contexts, and the builds it is made with. */
export interface ExpandedModule extends ModuleContext.Contexts {
  readonly name: string
  readonly stream: string
  /** Prefixed with the stream version of the base module. */
  readonly version: bigint
  readonly staticContext: boolean
  /** Which dependencies element it comes from, from 0. */
  readonly element: number
  readonly dependencies: Dependencies.Dependencies
  readonly buildrequires: XmdBuildrequires.XmdBuildrequires
  /** The builds themselves, in the order of `buildrequires`. */
  readonly modules: ReadonlyArray<AvailableModule.AvailableModule>
  /** Names of those among them that nobody asked for but the platform; contexts do not count them. */
  readonly defaultModules?: ReadonlyArray<string> | undefined
}

/** Everything a module is to be built as. */
export interface Expansion {
  readonly modules: ReadonlyArray<ExpandedModule>
  /** Combinations that were left out because they cannot be built. */
  readonly conflicts: ReadonlyArray<SolverConflict.SolverConflict>
}

/**
 * Dependencies pinned to the streams of one combination. `streams` must name the stream of every buildrequired module.
 */
export const pin = (
  written: Dependencies.Dependencies,
  streams: Readonly<Record<string, string>>
): Dependencies.Dependencies => {
  const buildrequires: Record<string, ReadonlyArray<string>> = {}
  const requires: Record<string, ReadonlyArray<string>> = {}
  for (const name of Object.keys(written.buildrequires)) buildrequires[name] = [streams[name]!]
  for (const [name, wanted] of Object.entries(written.requires)) {
    const same = Object.hasOwn(written.buildrequires, name)
      && Dependencies.sameStreams(wanted, written.buildrequires[name]!)
    requires[name] = same ? [streams[name]!] : wanted
  }
  return { buildrequires, requires }
}

/**
 * All builds of a module, in the order of its dependencies elements and of the candidates; at least one.
 *
 * Fails when nothing can be built: with the reason `Conflict`, `NoBuilds` or `NoCombination`, or with whatever
 * expansion and candidates fail. When only some combinations cannot be built, they are in `conflicts`.
 */
export const expand = (
  source: Source,
  available: AvailableModules.AvailableModules,
  options: StreamExpansion.Options = {}
): Result.Result<Expansion, ResolutionError.ResolutionError> => {
  const { settings } = available
  const written = source.dependencies.map(Dependencies.make)
  const expanded = StreamExpansion.expandDependencies(available, written, options)
  if (Result.isFailure(expanded)) return Result.fail(expanded.failure)
  const candidates = CandidateModules.collect(available, expanded.success, source.lines, options)
  if (Result.isFailure(candidates)) return Result.fail(candidates.failure)
  const preferred = Object.entries({ ...options.repositoryDefaults, ...options.defaultStreams })
  // What somebody asked for comes before what a repository says.
  preferred.sort(([one], [two]) => Number(isAsked(options, two)) - Number(isAsked(options, one)))
  const solution = ModuleSolver.solve(expanded.success, candidates.success, {
    settings,
    lines: source.lines,
    preferred
  })
  if (solution.combinations.length === 0) return Result.fail(refusal(solution.conflicts))
  const modules: Array<ExpandedModule> = []
  for (const combination of solution.combinations) {
    const buildrequires = XmdBuildrequires.record(available, combination.modules)
    if (Result.isFailure(buildrequires)) return Result.fail(buildrequires.failure)
    const streams = Object.fromEntries(combination.modules.map(({ name, stream }) => [name, stream]))
    const dependencies = pin(written[combination.element]!, streams)
    const contexts = ModuleContext.contexts(buildrequires.success, [dependencies], settings)
    modules.push({
      name: source.name,
      stream: source.stream,
      version: ModuleVersion.prefixed(source.version, buildrequires.success, settings),
      ...contexts,
      context: source.staticContext ?? contexts.context,
      staticContext: source.staticContext !== undefined,
      element: combination.element,
      dependencies,
      buildrequires: buildrequires.success,
      modules: combination.modules
    })
  }
  return Result.succeed({ modules, conflicts: solution.conflicts })
}

const isAsked = ({ defaultStreams }: StreamExpansion.Options, module: string): boolean =>
  defaultStreams !== undefined && Object.hasOwn(defaultStreams, module)

const nothingSatisfied =
  "No dependency combination was satisfied. Please verify the buildrequires in your modulemd have previously been built."

const refusal = (conflicts: ReadonlyArray<SolverConflict.SolverConflict>): ResolutionError.ResolutionError => {
  const demands = conflicts.flatMap(({ demands }) => demands)
  const line = demands.find(({ line }) => line !== undefined)?.line
  if (!conflicts.every(SolverConflict.isMissing)) {
    const subjects = conflicts.flatMap(({ module }) => module === undefined ? [] : [module])
    return ResolutionError.make("Conflict", SolverConflict.message(conflicts), subjects, line)
  }
  const subjects = demands.map(({ wants }) => wants)
  const sentences = conflicts.map(SolverConflict.describe).join("; ")
  // Asking for any stream of a module without builds is a request that cannot be expanded, not one that fails.
  return demands.every(({ by }) => by === undefined)
    ? ResolutionError.make(
      "NoCombination",
      sentences === "" ? nothingSatisfied : `${nothingSatisfied} ${sentences}`,
      subjects,
      line
    )
    : ResolutionError.make("NoBuilds", sentences, subjects, line)
}
