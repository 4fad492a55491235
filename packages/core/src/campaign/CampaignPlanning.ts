/**
 * From what changed to the modules that may have to be rebuilt, in tiers, each with the way by which the change reaches it.
 *
 * A module is reached by whatever its buildroot held, not only by what its document names: a tool that comes out as it was may still
 * work otherwise when what it runs with changed.
 */
import * as Condensation from "../rebuild/Condensation.ts"
import * as DependencyGraph from "../rebuild/DependencyGraph.ts"
import * as Impact from "../rebuild/Impact.ts"
import type { Cause, NodePlan } from "./CampaignPlan.ts"
import * as CampaignRules from "./CampaignRules.ts"

/** A module stream as it was built last. */
export interface BuiltModule {
  /** `name:stream`. */
  readonly name: string
  /** Builds of its newest version, one for each context. */
  readonly builds: ReadonlyArray<number>
  readonly scmurl: string
  /** How long it took, in seconds. */
  readonly seconds: number
  /** Repositories of its components, with the reference that the document names. */
  readonly components: ReadonlyArray<{ readonly name: string; readonly repository: string; readonly ref?: string }>
  /** `name:stream` of everything that its buildroot held. */
  readonly buildroot: ReadonlyArray<string>
  /** `name:stream` of what its document asks for itself; all of its buildroot where that is not known. */
  readonly named?: ReadonlyArray<string>
}

/** `rpms/zlib` of `https://git.example.org/rpms/zlib.git?#main`. */
const pathOf = (url: string): string => url.replace(/[?#].*$/, "").replace(/\/+$/, "").replace(/\.git$/, "")

const isNamed = (url: string, subject: string): boolean =>
  url.includes(subject) && (pathOf(url) === subject || pathOf(url).endsWith(`/${subject}`))

const isCommit = (ref: string): boolean => /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(ref)

/** Whether the change is one of the module's own document; by the custom of dist-git its branch is called like the stream. */
const isDocument = ({ name, scmurl }: BuiltModule, { ref, subject }: Cause): boolean =>
  isNamed(scmurl, subject) &&
  (ref === undefined || ref.replaceAll("-", "_") === name.slice(name.indexOf(":") + 1).replaceAll("-", "_"))

/** Where the module's document is now. */
const scmurlOf = (module: BuiltModule, causes: ReadonlyArray<Cause>): string => {
  const commit = causes.find((cause) => isDocument(module, cause))?.commit
  return commit === undefined ? module.scmurl : module.scmurl.replace(/#.*$/, `#${commit}`)
}

/** Commits that the changes name of components of the module, by component; those of a document's own commit do not move. */
const refsOf = (module: BuiltModule, causes: ReadonlyArray<Cause>): Readonly<Record<string, string>> => {
  const refs: Record<string, string> = {}
  for (const cause of causes) {
    if (cause.commit === undefined) continue
    for (const { name, ref, repository } of module.components) {
      if (!isNamed(repository, cause.subject)) continue
      if (ref === undefined || (!isCommit(ref) && (cause.ref ?? ref) === ref)) refs[name] = cause.commit
    }
  }
  return refs
}

/** Why the change is one of the module's own sources; undefined where it is not. A component that names a commit does not move. */
const ownReason = (module: BuiltModule, cause: Cause): string | undefined => {
  const { ref, subject } = cause
  if (subject === module.name) return `${subject} is to be rebuilt`
  if (isDocument(module, cause)) return `Its document in ${subject} changed`
  const component = module.components.find((one) =>
    isNamed(one.repository, subject) && (one.ref === undefined || (!isCommit(one.ref) && (ref ?? one.ref) === one.ref))
  )
  return component === undefined ? undefined : `Its component ${component.name} changed in ${subject}`
}

/** For each module the positions of others, each once: those of module `n` are at `start[n]` up to `start[n + 1]`. */
interface Places {
  readonly start: Uint32Array
  readonly ends: Uint32Array
}

const placesOf = ({ ends, start }: Places, own: number): Uint32Array => ends.subarray(start[own]!, start[own + 1]!)

/** Where the modules stand that each of these names, itself and unknown ones left out. */
const placesAmong = (
  modules: ReadonlyArray<BuiltModule>,
  positions: ReadonlyMap<string, number>,
  namesOf: (own: number) => ReadonlyArray<string>
): Places => {
  const start = new Uint32Array(modules.length + 1)
  let most = 0
  for (let own = 0; own < modules.length; own++) most += namesOf(own).length
  const ends = new Uint32Array(most)
  /** By position the last module that named it, plus one. */
  const seen = new Uint32Array(modules.length)
  let end = 0
  for (let own = 0; own < modules.length; own++) {
    for (const name of namesOf(own)) {
      const position = positions.get(name)
      if (position === undefined || position === own || seen[position] === own + 1) continue
      seen[position] = own + 1
      ends[end++] = position
    }
    start[own + 1] = end
  }
  return { start, ends: ends.subarray(0, end) }
}

/** Sorts a short list in place: a plan has as many of them as modules, and a general sort costs most of its time to begin. */
const sortFew = (names: Array<string>): void => {
  if (names.length > 16) names.sort()
  else {
    for (let end = 1; end < names.length; end++) {
      const name = names[end]!
      let place = end
      for (; place > 0 && names[place - 1]! > name; place--) names[place] = names[place - 1]!
      names[place] = name
    }
  }
}

/**
 * One position for all modules of a circle, by position, of modules that are in one; those that follow everything alone take part, and only
 * those of the plan.
 */
const circlesAmong = (
  affected: ReadonlyArray<number>,
  uses: Places,
  triggers: ReadonlyArray<Impact.Trigger>
): ReadonlyMap<number, number> => {
  const taking = affected.filter((own) => triggers[own] === "transitive")
  const places = new Int32Array(triggers.length).fill(-1)
  let size = 0
  for (const [place, own] of taking.entries()) {
    places[own] = place
    size += uses.start[own + 1]! - uses.start[own]!
  }
  const [from, to] = [new Uint32Array(size), new Uint32Array(size)]
  let edges = 0
  for (const [place, own] of taking.entries()) {
    for (const used of placesOf(uses, own)) {
      if (places[used] === -1) continue
      from[edges] = place
      to[edges++] = places[used]!
    }
  }
  const groups = Condensation.make(DependencyGraph.fromArrays(
    // Nobody asks for their names.
    Array.from<string>({ length: taking.length }).fill(""),
    from.subarray(0, edges),
    to.subarray(0, edges),
    new Uint8Array(edges)
  ))
  const found = new Map<number, number>()
  for (let group = 0; group < Condensation.size(groups); group++) {
    const members = Condensation.membersOf(groups, group)
    if (members.length < 2) continue
    const first = members.reduce((least, place) => Math.min(least, place))
    for (const place of members) found.set(taking[place]!, taking[first]!)
  }
  return found
}

/**
 * The nodes of a campaign for these changes, none before what it waits for; empty where nothing is reached. Modules that were built with
 * each other form a circle, which is opened at the module whose name comes first; those that come before what they are built with say so in `back`. Whether something vanished that a module needs is only
 * known when it has been built: until then a module that is rebuilt for nothing else is part of the plan. Linear in modules and what
 * their buildroots held.
 *
 * @param isTrial whether nodes say which commits of their components are built, as the causes name them.
 */
export const plan = (
  modules: ReadonlyArray<BuiltModule>,
  causes: ReadonlyArray<Cause>,
  rules: CampaignRules.CampaignRules = CampaignRules.none,
  isTrial = false
): ReadonlyArray<NodePlan> => {
  const unique: Array<BuiltModule> = []
  const positions = new Map<string, number>()
  for (const module of modules) {
    const known = positions.get(module.name)
    if (known === undefined) positions.set(module.name, unique.push(module) - 1)
    else unique[known] = module
  }
  const triggers = unique.map(({ name }) => CampaignRules.triggerOf(rules, name))
  const reasons = unique.map((module) => {
    for (const cause of causes) {
      const reason = ownReason(module, cause)
      if (reason !== undefined) return reason
    }
    return undefined
  })
  const uses = placesAmong(unique, positions, (own) => unique[own]!.buildroot)
  /** What counts for each module: of one that follows only what it names, nothing else. */
  const followed = triggers.includes("direct")
    ? placesAmong(unique, positions, (own) => {
      const { buildroot, named = buildroot } = unique[own]!
      return triggers[own] === "direct" ? named : buildroot
    })
    : uses
  const size = followed.ends.length
  const from = new Uint32Array(size)
  for (let own = 0; own < unique.length; own++) from.fill(own, followed.start[own], followed.start[own + 1])
  const kind = DependencyGraph.kindCode("buildroot")
  const graph = DependencyGraph.fromArrays(
    unique.map(({ name }) => name),
    from,
    followed.ends,
    new Uint8Array(size).fill(kind),
    positions
  )
  const groups = Condensation.make(graph, DependencyGraph.kindMask(["buildroot"]))
  const { affected } = Impact.of(graph, unique.flatMap(({ name }, own) => reasons[own] === undefined ? [] : [name]), {
    kinds: ["buildroot"],
    ...(triggers.every((trigger) => trigger === "transitive") ? {} : {
      triggerOf: (name: string) => {
        const trigger = triggers[positions.get(name)!]!
        return trigger === "vanished" ? "transitive" : trigger
      }
    })
  }, groups)
  const circleOf = Condensation.size(groups) === unique.length
    ? new Map<number, number>()
    : circlesAmong(affected.map(({ name }) => positions.get(name)!), uses, triggers)
  /** By position; 0 of what is not in the plan. */
  const tiers = new Uint32Array(unique.length)
  return affected.map(({ because, name }): NodePlan => {
    const own = positions.get(name)!
    const module = unique[own]!
    const trigger = triggers[own]!
    const after: Array<string> = []
    let tier = 0
    for (let edge = uses.start[own]!; edge < uses.start[own + 1]!; edge++) {
      const used = uses.ends[edge]!
      if (tiers[used] === 0) continue
      after.push(unique[used]!.name)
      tier = Math.max(tier, tiers[used]!)
    }
    tiers[own] = 1 + tier
    sortFew(after)
    const by = trigger === "direct"
      ? Array.from(placesOf(followed, own)).filter((used) => tiers[used] !== 0 && reasons[used] !== undefined)
        .map((used) => unique[used]!.name).sort()
      : undefined
    const circle = circleOf.get(own)
    const back = circle === undefined
      ? []
      : Array.from(placesOf(uses, own)).filter((used) => tiers[used] === 0 && circleOf.get(used) === circle)
        .map((used) => unique[used]!.name)
    const node: NodePlan = {
      name,
      tier: tiers[own],
      seconds: module.seconds,
      after,
      changed: reasons[own] !== undefined,
      why: reasons[own] ?? `Built with ${because}`,
      scmurl: scmurlOf(module, causes),
      previous: module.builds
    }
    // Nearly all of a large plan are like this.
    if (trigger === "transitive" && !isTrial && circle === undefined) return node
    return {
      ...node,
      ...(trigger === "transitive" ? {} : { trigger }),
      ...(by === undefined ? {} : { by }),
      ...(isTrial ? { refs: refsOf(module, causes) } : {}),
      ...(circle === undefined ? {} : { circle: unique[circle]!.name }),
      ...(back.length === 0 ? {} : { back: back.sort() })
    }
  })
}
