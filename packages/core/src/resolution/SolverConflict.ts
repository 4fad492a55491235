/**
 * Says why requirements cannot be met together, in the words of the person who wrote them.
 *
 * Conclusions are drawn one by one from the buildrequires, each remembering who asked; where a module is left without a
 * possible build, the two demands that exclude each other are named: "httpd:2.4 needs perl:5.30, you ask for perl:5.26".
 */
import * as AvailableModule from "./AvailableModule.ts"
import * as Dependencies from "./ModuleDependencies.ts"
import type * as ModulePool from "./ModulePool.ts"
import * as ModuleRequirement from "./ModuleRequirement.ts"
import * as PythonJson from "./PythonJson.ts"

type Module = AvailableModule.AvailableModule

/** What somebody wants of a module, and a build that would do. */
export interface Demand {
  /** `name:stream` of the module that wants it; `undefined` for the module being built. */
  readonly by: string | undefined
  /** What is wanted, such as `perl:5.30`. */
  readonly wants: string
  /** A build that would do, as NSVC, if there is any. */
  readonly build: string | undefined
  readonly line: number | undefined
}

/** Why one element, or one combination of streams, cannot be built. */
export interface SolverConflict {
  /** The dependencies element, from 0. */
  readonly element: number
  /** The combination of streams concerned, as `name:stream`; empty when the element as a whole is impossible. */
  readonly streams: ReadonlyArray<string>
  /** The module nobody can agree on, or `undefined` when more than two demands are involved. */
  readonly module: string | undefined
  /** The demands that exclude each other; a single one when nothing meets it. */
  readonly demands: ReadonlyArray<Demand>
}

interface Claim extends Demand {
  readonly allowed: ReadonlyArray<Module>
}

/**
 * The conflicts of one element: all of it, or those combinations of streams that are not among `solved`. What excludes each
 * other for reasons of its own is a conflict of its own. At most `limit` are explained.
 */
export const find = (
  pool: ModulePool.ModulePool,
  element: number,
  requirements: ReadonlyArray<ModuleRequirement.Requirement>,
  solved: ReadonlySet<string>,
  limit: number,
  lines: Readonly<Record<string, number>> | undefined,
  isPossible: (requirements: ReadonlyArray<ModuleRequirement.Requirement>) => boolean
): ReadonlyArray<SolverConflict> => {
  const lineOf = (name: string) => lines?.[Dependencies.placeOf(element, "buildrequires", name)]
  const all = (wanted: ReadonlyArray<ModuleRequirement.Requirement>, streams: ReadonlyArray<string>) => {
    const found = cores(wanted, isPossible, limit).flatMap((core) => explain(pool, element, streams, core, lineOf))
    // Two sets of requirements may be impossible for the same reason.
    return Array.from(new Map(found.map((conflict) => [describe(conflict), conflict])).values())
  }
  if (solved.size === 0 && requirements.length > 0) return all(requirements, []).slice(0, limit)
  const conflicts: Array<SolverConflict> = []
  for (const combination of streamCombinations(pool, requirements)) {
    if (conflicts.length >= limit) break
    if (solved.has(combination.join("\n"))) continue
    const fixed = requirements.map((requirement, index) => {
      const stream = combination[index]!.slice(requirement.name.length + 1)
      const same = requirement.streams.find((wanted) => wanted.stream === stream)
      return { name: requirement.name, streams: [same ?? { stream, bound: undefined }] }
    })
    if (isPossible(fixed)) continue
    conflicts.push(...all(fixed, combination))
  }
  return conflicts.slice(0, limit)
}

/** More sets of requirements than this are not tried, however many conflicts they may still hide. */
const triedAtMost = 100

/**
 * The smallest sets of requirements that are impossible, at most `limit`, in the order in which they are written: one is
 * found, then each of its members is left out in turn, and what is still impossible without it has another.
 */
const cores = (
  requirements: ReadonlyArray<ModuleRequirement.Requirement>,
  isPossible: (requirements: ReadonlyArray<ModuleRequirement.Requirement>) => boolean,
  limit: number
): ReadonlyArray<ReadonlyArray<ModuleRequirement.Requirement>> => {
  const found: Array<ReadonlyArray<ModuleRequirement.Requirement>> = []
  const open = [requirements]
  const keyOf = (left: ReadonlyArray<ModuleRequirement.Requirement>) => left.map(ModuleRequirement.describe).join("\n")
  const tried = new Set([keyOf(requirements)])
  for (let left = open.pop(); left !== undefined && found.length < limit; left = open.pop()) {
    const members = new Set(left)
    const known = found.find((core) => core.every((requirement) => members.has(requirement)))
    if (known === undefined && left !== requirements && isPossible(left)) continue
    const core = known ?? smallest(left, isPossible)
    if (known === undefined) found.push(core)
    for (const without of core) {
      const fewer = left.filter((other) => other !== without)
      if (tried.size >= triedAtMost || tried.has(keyOf(fewer))) continue
      tried.add(keyOf(fewer))
      open.push(fewer)
    }
  }
  // In the order in which they were written.
  const lastOf = (core: ReadonlyArray<ModuleRequirement.Requirement>) => requirements.indexOf(core.at(-1)!)
  return found.sort((one, two) => lastOf(one) - lastOf(two))
}

/** Leaves out every requirement without which it is still impossible. */
const smallest = (
  requirements: ReadonlyArray<ModuleRequirement.Requirement>,
  isPossible: (requirements: ReadonlyArray<ModuleRequirement.Requirement>) => boolean
): ReadonlyArray<ModuleRequirement.Requirement> => {
  let left = requirements
  for (const requirement of requirements) {
    const fewer = left.filter((other) => other !== requirement)
    if (!isPossible(fewer)) left = fewer
  }
  return left
}

/** All combinations of streams that the requirements name, one at a time: there may be many. */
function* streamCombinations(
  pool: ModulePool.ModulePool,
  requirements: ReadonlyArray<ModuleRequirement.Requirement>,
  index = 0
): Generator<ReadonlyArray<string>> {
  const requirement = requirements[index]
  if (requirement === undefined) return yield []
  const streams = new Set(pool.meeting(requirement).map(AvailableModule.nameStream))
  for (const stream of streams) {
    for (const rest of streamCombinations(pool, requirements, index + 1)) yield [stream, ...rest]
  }
}

/** Every module that nobody can agree on when these requirements hold together; the requirements themselves where there is none. */
const explain = (
  pool: ModulePool.ModulePool,
  element: number,
  streams: ReadonlyArray<string>,
  requirements: ReadonlyArray<ModuleRequirement.Requirement>,
  lineOf: (name: string) => number | undefined
): ReadonlyArray<SolverConflict> => {
  const claims = new Map<string, Array<Claim>>()
  const queue = new Set<string>()
  const conflicts = new Map<string, SolverConflict>()
  const toDemand = ({ build, by, line, wants }: Claim): Demand => ({ by, wants, build, line })
  const claim = (requirement: ModuleRequirement.Requirement, by: string | undefined): void => {
    const { name } = requirement
    const allowed = pool.meeting(requirement)
    const wants = ModuleRequirement.describe(requirement)
    const known = claims.get(name) ?? []
    claims.set(name, known)
    if (conflicts.has(name) || known.some((one) => one.by === by && one.wants === wants)) return
    known.push({
      by,
      wants,
      allowed,
      build: allowed.length === 0 ? undefined : AvailableModule.nsvc(allowed[0]!),
      line: by === undefined ? lineOf(name) : undefined
    })
    const exclusive = exclusiveClaims(known)
    if (exclusive === undefined) queue.add(name)
    else conflicts.set(name, { element, streams, module: name, demands: exclusive.map(toDemand) })
  }
  for (const requirement of requirements) claim(requirement, undefined)
  for (const name of queue) {
    queue.delete(name)
    if (conflicts.has(name)) continue
    const known = claims.get(name)!
    const builds = known[0]!.allowed.filter((module) => known.every(({ allowed }) => allowed.includes(module)))
    for (const { by, requirement } of demandsOf(pool, builds)) claim(requirement, by)
  }
  if (conflicts.size > 0) return Array.from(conflicts.values())
  const asked = Array.from(claims.values()).flat().filter(({ by }) => by === undefined)
  return [{ element, streams, module: undefined, demands: asked.map(toDemand) }]
}

/** The shortest reason why no build is left: one impossible demand, two that exclude each other, or all of them. */
const exclusiveClaims = (claims: ReadonlyArray<Claim>): ReadonlyArray<Claim> | undefined => {
  const latest = claims.at(-1)!
  if (latest.allowed.length === 0) return [latest]
  for (const other of claims) {
    if (!latest.allowed.some((module) => other.allowed.includes(module))) return [other, latest]
  }
  return latest.allowed.some((module) => claims.every(({ allowed }) => allowed.includes(module))) ? undefined : claims
}

/** What all of these builds need of the same module, merged to one demand of their common stream. */
const demandsOf = (
  pool: ModulePool.ModulePool,
  builds: ReadonlyArray<Module>
): ReadonlyArray<{ readonly by: string; readonly requirement: ModuleRequirement.Requirement }> => {
  if (builds.length === 0) return []
  const streams = new Set(builds.map(AvailableModule.nameStream))
  const by = streams.size === 1 ? Array.from(streams)[0]! : builds[0]!.name
  const elements = builds.map((build) => {
    const alternatives = pool.requirements(build)
    return alternatives.length === 1 ? alternatives[0]! : []
  })
  return elements[0]!.flatMap(({ name }) => {
    const same = elements.map((element) => element.find((requirement) => requirement.name === name))
    if (same.includes(undefined)) return []
    const all = same as ReadonlyArray<ModuleRequirement.Requirement>
    if (all.some(({ streams }) => streams.length === 0)) return [{ by, requirement: { name, streams: [] } }]
    const wanted = Map.groupBy(all.flatMap(({ streams }) => streams), ({ stream }) => stream)
    return [{ by, requirement: { name, streams: Array.from(wanted.values(), loosest) } }]
  })
}

/** The same stream wanted with different bounds: the lowest one decides, none at all beats any. */
const loosest = (
  wanted: ReadonlyArray<ModuleRequirement.Requirement["streams"][number]>
): ModuleRequirement.Requirement["streams"][number] =>
  wanted.reduce((one, two) =>
    two.bound === undefined || (one.bound !== undefined && two.bound.version < one.bound.version) ? two : one
  )

const demandText = ({ by, line, wants }: Demand): string =>
  `${by === undefined ? "you ask for" : `${by} needs`} ${wants}${line === undefined ? "" : ` (line ${line})`}`

/** One sentence for people, without a full stop: "httpd:2.4 needs perl:5.30, you ask for perl:5.26 (line 31)". */
export const describe = (self: SolverConflict): string => {
  // What the user wrote comes last: it is what can be changed.
  const demands = self.demands.toSorted((one, two) => Number(one.by === undefined) - Number(two.by === undefined))
  const only = demands[0]
  if (only !== undefined && demands.length === 1 && only.build === undefined) {
    return `Cannot find any module builds for ${only.wants}: ${demandText(only)}`
  }
  if (self.module !== undefined) return demands.map(demandText).join(", ")
  if (only !== undefined && demands.length === 1) return `no build of ${only.wants} can be installed at all`
  return `no builds of ${demands.map(({ wants }) => wants).join(", ")} can be installed together`
}

/** Whether somebody wants what no build offers, rather than two demands excluding each other. */
export const isMissing = (self: SolverConflict): boolean =>
  self.demands.length === 1 && self.demands[0]!.build === undefined

/**
 * The colliding builds as the Module Build Service names them: sorted NSVCs; empty where one demand alone cannot be
 * met.
 */
export const collidingBuilds = (self: SolverConflict): ReadonlyArray<string> =>
  self.module === undefined || self.demands.length < 2
    ? []
    : self.demands.flatMap(({ build }) => build === undefined ? [] : [build]).sort(PythonJson.compareText)

/** The whole message of a refusal, for people: the original's words, then ours. */
export const message = (conflicts: ReadonlyArray<SolverConflict>): string => {
  // Several may want each of the same two: their sentences tell who.
  const collisions = new Set(
    conflicts.map(collidingBuilds).filter((builds) => builds.length > 0).map((pair) => pair.join(" and "))
  )
  const sentences = conflicts.map(describe).join("; ")
  const detail = collisions.size === 0
    ? sentences
    : `The module has conflicting buildrequires of: ${[...collisions].join(", ")} (${sentences})`
  return `Problems were found during module dependency resolution: ${detail}`
}
