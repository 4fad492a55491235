/**
 * From what changed to the modules that may have to be rebuilt, in tiers, each with the way by which the change reaches it.
 *
 * A module is reached by whatever its buildroot held, not only by what its document names: a tool that comes out as it was may still
 * work otherwise when what it runs with changed.
 */
import * as Condensation from "../rebuild/Condensation.ts"
import * as DependencyGraph from "../rebuild/DependencyGraph.ts"
import * as Impact from "../rebuild/Impact.ts"
import type { BuiltModules, Component } from "./BuiltModules.ts"
import type { Cause, NodePlan } from "./CampaignPlan.ts"
import * as CampaignRules from "./CampaignRules.ts"

/** `rpms/zlib` of `https://git.example.org/rpms/zlib.git?#main`. */
const pathOf = (url: string): string => url.replace(/[?#].*$/, "").replace(/\/+$/, "").replace(/\.git$/, "")

const isNamed = (url: string, subject: string): boolean =>
  url.includes(subject) && (pathOf(url) === subject || pathOf(url).endsWith(`/${subject}`))

const isCommit = (ref: string): boolean => /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(ref)

/** What is asked of one module. */
interface Asked {
  readonly name: string
  readonly scmurl: string
  readonly components: ReadonlyArray<Component>
}

/** Whether the change is one of the module's own document; by the custom of dist-git its branch is called like the stream. */
const isDocument = ({ name, scmurl }: Asked, { ref, subject }: Cause): boolean =>
  isNamed(scmurl, subject) &&
  (ref === undefined || ref.replaceAll("-", "_") === name.slice(name.indexOf(":") + 1).replaceAll("-", "_"))

/** Where the module's document is now. */
const scmurlOf = (module: Asked, causes: ReadonlyArray<Cause>): string => {
  const commit = causes.find((cause) => isDocument(module, cause))?.commit
  return commit === undefined ? module.scmurl : module.scmurl.replace(/#.*$/, `#${commit}`)
}

/** Commits that the changes name of components of the module, by component; those of a document's own commit do not move. */
const refsOf = (module: Asked, causes: ReadonlyArray<Cause>): Readonly<Record<string, string>> => {
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
const ownReason = (module: Asked, cause: Cause): string | undefined => {
  const { ref, subject } = cause
  if (subject === module.name) return `${subject} is to be rebuilt`
  if (isDocument(module, cause)) return `Its document in ${subject} changed`
  const component = module.components.find((one) =>
    isNamed(one.repository, subject) && (one.ref === undefined || (!isCommit(one.ref) && (ref ?? one.ref) === one.ref))
  )
  return component === undefined ? undefined : `Its component ${component.name} changed in ${subject}`
}

const graphOf = (size: number, by: Uint32Array, used: Uint32Array): DependencyGraph.DependencyGraph =>
  DependencyGraph.unnamed(size, by, used, new Uint8Array(by.length))

/**
 * One position for all modules of a circle, by position, of modules that are in one; those that follow everything alone take part, and only
 * those of the plan.
 */
const circlesAmong = (
  order: Uint32Array,
  { ends, start }: BuiltModules["uses"],
  triggers: ReadonlyArray<Impact.Trigger>
): ReadonlyMap<number, number> => {
  const taking = order.filter((own) => triggers[own] === "transitive")
  const places = new Int32Array(triggers.length).fill(-1)
  for (const [place, own] of taking.entries()) places[own] = place
  const [from, to] = [new Uint32Array(ends.length), new Uint32Array(ends.length)]
  let edges = 0
  for (const [place, own] of taking.entries()) {
    for (let edge = start[own]!; edge < start[own + 1]!; edge++) {
      if (places[ends[edge]!] === -1) continue
      from[edges] = place
      to[edges++] = places[ends[edge]!]!
    }
  }
  const groups = Condensation.make(graphOf(taking.length, from.subarray(0, edges), to.subarray(0, edges)))
  const found = new Map<number, number>()
  for (let group = 0; group < Condensation.size(groups); group++) {
    const members = Condensation.membersOf(groups, group)
    if (members.length < 2) continue
    const first = members.reduce((least, place) => Math.min(least, place))
    for (const place of members) found.set(taking[place]!, taking[first]!)
  }
  return found
}

/** What counts of the uses: of a module that follows only what its document names, nothing else. By and used, of each that counts. */
const followedOf = (
  { ends, isNamed: named, start }: BuiltModules["uses"],
  triggers: ReadonlyArray<Impact.Trigger>
): readonly [by: Uint32Array, used: Uint32Array] => {
  const [by, used] = [new Uint32Array(ends.length), new Uint32Array(ends.length)]
  let size = 0
  for (let own = 0; own < triggers.length; own++) {
    const isDirect = triggers[own] === "direct"
    for (let edge = start[own]!; edge < start[own + 1]!; edge++) {
      if (isDirect && named[edge] === 0) continue
      by[size] = own
      used[size++] = ends[edge]!
    }
  }
  return [by.subarray(0, size), used.subarray(0, size)]
}

const nobody: ReadonlyArray<Component> = []

/**
 * The nodes of a campaign for these changes, none before what it waits for; empty where nothing is reached. Modules that were built with
 * each other form a circle, which is opened at the module whose name comes first; those that come before what they are built with say so in `back`. Whether something vanished that a module needs is only
 * known when it has been built: until then a module that is rebuilt for nothing else is part of the plan. Linear in modules and what
 * their buildroots held.
 *
 * @param isTrial whether nodes say which commits of their components are built, as the causes name them.
 */
export const plan = (
  modules: BuiltModules,
  causes: ReadonlyArray<Cause>,
  rules: CampaignRules.CampaignRules = CampaignRules.none,
  isTrial = false
): ReadonlyArray<NodePlan> => {
  const { buildsOf, byName, components, names, scmurls, seconds, uses } = modules
  const askedOf = (own: number): Asked => ({
    name: names[own]!,
    scmurl: scmurls[own]!,
    components: components.get(names[own]!) ?? nobody
  })
  const triggers = names.map((name) => CampaignRules.triggerOf(rules, name))
  const reasons = names.map((_, own) => {
    const module = askedOf(own)
    for (const cause of causes) {
      const reason = ownReason(module, cause)
      if (reason !== undefined) return reason
    }
    return undefined
  })
  const followed = graphOf(names.length, ...followedOf(uses, triggers))
  const groups = Condensation.make(followed)
  const changed = byName.filter((own) => reasons[own] !== undefined)
  const { because, order } = Impact.reach(
    followed,
    changed,
    triggers.every((trigger) => trigger === "transitive") ? {} : {
      triggerOf: (own) => {
        const trigger = triggers[own]!
        return trigger === "vanished" ? "transitive" : trigger
      }
    },
    groups,
    byName
  )
  const circleOf = Condensation.size(groups) === names.length
    ? new Map<number, number>()
    : circlesAmong(order, uses, triggers)
  /** By position; 0 of what is not in the plan yet. */
  const tiers = new Uint32Array(names.length)
  /** The modules that one was built with and of which `holds` is true, by name. */
  const usedBy = (own: number, holds: (used: number, isNamed: boolean) => boolean): ReadonlyArray<string> => {
    const found: Array<string> = []
    for (let edge = uses.start[own]!; edge < uses.start[own + 1]!; edge++) {
      if (holds(uses.ends[edge]!, uses.isNamed[edge] === 1)) found.push(names[uses.ends[edge]!]!)
    }
    return found
  }
  return Array.from(order, (own): NodePlan => {
    const trigger = triggers[own]!
    const after: Array<string> = []
    let tier = 0
    for (let edge = uses.start[own]!; edge < uses.start[own + 1]!; edge++) {
      const before = tiers[uses.ends[edge]!]!
      if (before === 0) continue
      after.push(names[uses.ends[edge]!]!)
      if (before > tier) tier = before
    }
    tiers[own] = 1 + tier
    const reason = reasons[own]
    const node: NodePlan = {
      name: names[own]!,
      tier: 1 + tier,
      seconds: seconds[own]!,
      after,
      changed: reason !== undefined,
      why: reason ?? `Built with ${names[because[own]!]!}`,
      scmurl: reason === undefined ? scmurls[own]! : scmurlOf(askedOf(own), causes),
      previous: buildsOf(own)
    }
    const circle = circleOf.get(own)
    // Nearly all of a large plan are like this.
    if (trigger === "transitive" && !isTrial && circle === undefined) return node
    const back = circle === undefined ? [] : usedBy(own, (used) => tiers[used] === 0 && circleOf.get(used) === circle)
    return {
      ...node,
      ...(trigger === "transitive" ? {} : { trigger }),
      ...(trigger === "direct"
        ? { by: usedBy(own, (used, isNamed) => isNamed && tiers[used] !== 0 && reasons[used] !== undefined) }
        : {}),
      ...(isTrial ? { refs: refsOf(askedOf(own), causes) } : {}),
      ...(circle === undefined ? {} : { circle: names[circle]! }),
      ...(back.length === 0 ? {} : { back })
    }
  })
}
