/**
 * Finds the sets of module builds a module can be built with: exact, deterministic, small.
 *
 * At most one stream of a module can be installed, so the question is which build to take of each required module. For
 * every combination of streams the buildrequires allow, the newest builds that go together are taken. The results are
 * those the Module Build Service gets from libsolv, save where that compares solutions of different sizes and so prefers
 * an old build with few requirements to a new one with more; and a combination that is impossible only costs itself.
 */
import * as AvailableModule from "./AvailableModule.ts"
import type * as Dependencies from "./ModuleDependencies.ts"
import * as ModulePool from "./ModulePool.ts"
import * as ModuleRequirement from "./ModuleRequirement.ts"
import * as PythonJson from "./PythonJson.ts"
import * as ResolutionSettings from "./ResolutionSettings.ts"
import * as SolverConflict from "./SolverConflict.ts"

type Module = AvailableModule.AvailableModule

/** One way to build the module. */
export interface Combination {
  /** Which dependencies element is used, from 0. */
  readonly element: number
  /** `name:stream` of the buildrequires, in the order of the element. */
  readonly streams: ReadonlyArray<string>
  /** All builds in the buildroot, transitive requires included: buildrequires first, then by name. */
  readonly modules: ReadonlyArray<Module>
}

/**
 * Everything that can be built, and everything that cannot. Both are empty where there are no dependencies elements.
 */
export interface Solution {
  readonly combinations: ReadonlyArray<Combination>
  /** Elements, and combinations of streams, that cannot be built, and why. */
  readonly conflicts: ReadonlyArray<SolverConflict.SolverConflict>
}

/** How to solve, and where requirements stand. */
export interface Options {
  readonly settings?: ResolutionSettings.ResolutionSettings | undefined
  /** Lines of the submitted document by `Dependencies.placeOf`, for messages. */
  readonly lines?: Readonly<Record<string, number>> | undefined
  /** Streams to prefer for what nobody asked for, as module and stream, the more important first. */
  readonly preferred?: ReadonlyArray<readonly [module: string, stream: string]> | undefined
}

/** More conflicting combinations of streams than this are not explained one by one. */
const explainedAtMost = 20

/** What must be installed so far: the builds still possible of each module, the preferred first. */
type Domains = ReadonlyMap<string, ReadonlyArray<Module>>

/** Narrows the builds of one module; `undefined` when none is left. */
const narrow = (
  pool: ModulePool.ModulePool,
  domains: Map<string, ReadonlyArray<Module>>,
  name: string,
  allowed: ReadonlyArray<Module>
): "same" | "narrower" | undefined => {
  const known = domains.get(name)
  const left = known === undefined
    ? allowed.toSorted(pool.byPreference)
    : known.filter((module) => allowed.includes(module))
  if (left.length === 0) return undefined
  if (known !== undefined && left.length === known.length) return "same"
  domains.set(name, left)
  return "narrower"
}

/**
 * Draws the conclusions: what every possible build of an installed module requires is installed, too.
 *
 * @returns the narrowed domains, or `undefined` when some module has no possible build.
 */
const propagate = (pool: ModulePool.ModulePool, start: Domains): Domains | undefined => {
  const domains = new Map(start)
  const queue = new Set(start.keys())
  for (const name of queue) {
    queue.delete(name)
    for (const [required, allowed] of impliedBy(pool, domains.get(name)!)) {
      const change = narrow(pool, domains, required, allowed)
      if (change === undefined) return undefined
      if (change === "narrower") queue.add(required)
    }
  }
  return domains
}

/** The requirements common to all these builds: required module, and the builds any of them would accept. */
const impliedBy = (
  pool: ModulePool.ModulePool,
  builds: ReadonlyArray<Module>
): ReadonlyMap<string, ReadonlyArray<Module>> => {
  let implied: Map<string, Set<Module>> | undefined
  for (const build of builds) {
    const alternatives = pool.requirements(build)
    if (alternatives.length === 0) return new Map()
    for (const element of alternatives) {
      const next = new Map<string, Set<Module>>()
      for (const requirement of element) {
        const known = implied === undefined ? new Set<Module>() : implied.get(requirement.name)
        if (known === undefined) continue
        for (const module of pool.meeting(requirement)) known.add(module)
        next.set(requirement.name, known)
      }
      implied = next
    }
  }
  return new Map(Array.from(implied ?? [], ([name, modules]) => [name, Array.from(modules)]))
}

/** Decides what is still open, best choices first; exact, by backtracking. */
const complete = (
  pool: ModulePool.ModulePool,
  start: Domains,
  decided: ReadonlySet<Module> = new Set()
): ReadonlyArray<Module> | undefined => {
  const domains = propagate(pool, start)
  if (domains === undefined) return undefined
  for (const [name, builds] of domains) {
    if (builds.length === 1) continue
    for (const build of builds) {
      const found = complete(pool, new Map(domains).set(name, [build]), decided)
      if (found !== undefined) return found
    }
    return undefined
  }
  for (const [build] of domains.values()) {
    const alternatives = pool.requirements(build!)
    if (alternatives.length < 2 || decided.has(build!)) continue
    const unmet = alternatives.map((element) => element.filter((requirement) => !isMet(pool, domains, requirement)))
    // Nothing is added while one alternative is met already.
    if (unmet.some((element) => element.length === 0)) continue
    for (const element of bySize(pool, unmet)) {
      const next = new Map(domains)
      if (
        element.some((requirement) => narrow(pool, next, requirement.name, pool.meeting(requirement)) === undefined)
      ) continue
      const found = complete(pool, next, new Set(decided).add(build!))
      if (found !== undefined) return found
    }
    return undefined
  }
  return Array.from(domains.values(), ([build]) => build!)
}

/** Whether what is installed meets a requirement. */
const isMet = (
  pool: ModulePool.ModulePool,
  installed: Domains,
  requirement: ModuleRequirement.Requirement
): boolean => {
  const [build] = installed.get(requirement.name) ?? []
  return build !== undefined && pool.meeting(requirement).includes(build)
}

/** Alternatives by what they would add: the fewest modules first, then by name. */
const bySize = (
  pool: ModulePool.ModulePool,
  alternatives: ReadonlyArray<ReadonlyArray<ModuleRequirement.Requirement>>
): ReadonlyArray<ReadonlyArray<ModuleRequirement.Requirement>> => {
  const names = (element: ReadonlyArray<ModuleRequirement.Requirement>): string =>
    element.flatMap((requirement) =>
      pool.meeting(requirement).toSorted(pool.byPreference).slice(0, 1).map(AvailableModule.nsvc)
    )
      .sort(PythonJson.compareText).join(" ")
  return alternatives.toSorted((one, two) => one.length - two.length || PythonJson.compareText(names(one), names(two)))
}

/**
 * Whether anything at all satisfies these requirements together, and what: the builds found, undefined where nothing
 * does.
 */
export const satisfy = (
  pool: ModulePool.ModulePool,
  requirements: ReadonlyArray<ModuleRequirement.Requirement>
): ReadonlyArray<Module> | undefined => {
  const domains = new Map<string, ReadonlyArray<Module>>()
  for (const requirement of requirements) {
    if (narrow(pool, domains, requirement.name, pool.meeting(requirement)) === undefined) return undefined
  }
  return complete(pool, domains)
}

interface Transaction {
  readonly direct: ReadonlyArray<Module>
  readonly modules: ReadonlyArray<Module>
}

/**
 * Every way to pick one build per requirement that can be installed together.
 *
 * The order decides between ways that are equally good: modules by name, as libmodulemd lists them, builds as given.
 */
const transactions = (
  pool: ModulePool.ModulePool,
  asked: ReadonlyArray<ModuleRequirement.Requirement>
): ReadonlyArray<Transaction> => {
  const requirements = asked.toSorted((one, two) => PythonJson.compareText(one.name, two.name))
  const found: Array<Transaction> = []
  const choose = (index: number, direct: ReadonlyMap<string, Module>, domains: Domains): void => {
    const requirement = requirements[index]
    if (requirement === undefined) {
      const modules = complete(pool, domains)
      if (modules !== undefined) found.push({ direct: asked.map(({ name }) => direct.get(name)!), modules })
      return
    }
    const open = domains.get(requirement.name)
    for (const module of pool.meeting(requirement)) {
      if (open !== undefined && !open.includes(module)) continue
      const next = propagate(pool, new Map(domains).set(requirement.name, [module]))
      if (next !== undefined) choose(index + 1, new Map(direct).set(requirement.name, module), next)
    }
  }
  choose(0, new Map(), new Map())
  return found
}

/**
 * The best of several ways to build against the same streams: the lowest sum of ranks, the first of equals.
 *
 * Ways that need different streams beside those are first compared by the age of what all of them use, counting versions
 * only: an old build is not preferred for requiring less, while of two contexts of one version the one that needs less is.
 */
const best = (pool: ModulePool.ModulePool, ways: ReadonlyArray<Transaction>): Transaction => {
  const streams = ways.map(({ modules }) => new Set(modules.map(AvailableModule.nameStream)))
  const common = new Set(Array.from(streams[0]!).filter((stream) => streams.every((used) => used.has(stream))))
  const isSame = streams.every(({ size }) => size === common.size)
  const age = (way: Transaction): number =>
    isSame
      ? 0
      : sum(way.modules, (module) => common.has(AvailableModule.nameStream(module)) ? pool.age.get(module)! : 0)
  const rank = (way: Transaction): number => sum(way.modules, (module) => pool.rank.get(module)!)
  let winner = ways[0]!
  let lowest: readonly [number, number] = [Infinity, Infinity]
  for (const way of ways) {
    const score = [age(way), rank(way)] as const
    if (score[0] > lowest[0] || (score[0] === lowest[0] && score[1] >= lowest[1])) continue
    winner = way
    lowest = score
  }
  return winner
}

/**
 * The ways that need the preferred streams of other modules, as far as these can be had together: each preference in turn
 * holds if there is a way to build against the same streams with it and with those that hold already.
 */
const preferring = (
  pool: ModulePool.ModulePool,
  requirements: ReadonlyArray<ModuleRequirement.Requirement>,
  ways: ReadonlyArray<Transaction>,
  preferred: ReadonlyArray<readonly [module: string, stream: string]>
): ReadonlyArray<Transaction> => {
  const { direct } = ways[0]!
  const fixed = requirements.map(({ name, streams }, index) => {
    const { stream } = direct[index]!
    return { name, streams: [streams.find((wanted) => wanted.stream === stream) ?? { stream, bound: undefined }] }
  })
  let [left, found] = [pool, ways]
  for (const [module, stream] of preferred) {
    const differs = (one: Module) => one.name === module && one.stream !== stream
    if (direct.some(({ name }) => name === module) || !found.some(({ modules }) => modules.some(differs))) continue
    const without = Array.from(left.byName.values()).flat().filter((one) => !differs(one))
    const fewer = ModulePool.make(without, pool.settings)
    const better = transactions(fewer, fixed)
    if (better.length > 0) [left, found] = [fewer, better]
  }
  return found
}

const sum = (modules: ReadonlyArray<Module>, of: (module: Module) => number): number =>
  modules.reduce((total, module) => total + of(module), 0)

/**
 * Solves for a module with these dependencies among these builds. Never fails: what is impossible is among the
 * conflicts.
 *
 * An element without buildrequires is built with nothing. Streams must be expanded (no `-x`).
 */
export const solve = (
  dependencies: ReadonlyArray<Pick<Dependencies.Dependencies, "buildrequires">>,
  modules: ReadonlyArray<Module>,
  options: Options = {}
): Solution => {
  const settings = options.settings ?? ResolutionSettings.defaults
  const pool = ModulePool.make(modules, settings)
  const combinations: Array<Combination> = []
  const conflicts: Array<SolverConflict.SolverConflict> = []
  const preferred = options.preferred ?? []
  for (const [element, { buildrequires }] of dependencies.entries()) {
    const requirements = ModuleRequirement.ofSection(buildrequires, settings, "=")
    const groups = Map.groupBy(
      transactions(pool, requirements),
      ({ direct }) => direct.map(AvailableModule.nameStream).join("\n")
    )
    for (const ways of groups.values()) {
      const { direct, modules } = best(pool, preferring(pool, requirements, ways, preferred))
      const rest = modules.filter((module) => !direct.includes(module))
      combinations.push({
        element,
        streams: direct.map(AvailableModule.nameStream),
        modules: [...direct, ...rest.sort((one, two) => PythonJson.compareText(one.name, two.name))]
      })
    }
    const left = explainedAtMost - conflicts.length
    const isPossible = (wanted: ReadonlyArray<ModuleRequirement.Requirement>) => satisfy(pool, wanted) !== undefined
    const solved = new Set(groups.keys())
    conflicts.push(...SolverConflict.find(pool, element, requirements, solved, left, options.lines, isPossible))
  }
  return { combinations, conflicts }
}
