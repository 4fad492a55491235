/**
 * From what changed to the modules that may have to be rebuilt, in tiers, each with the way by which the change reaches it.
 *
 * A module is reached by whatever its buildroot held, not only by what its document names: a tool that comes out as it was may still
 * work otherwise when what it runs with changed.
 */
import type { Cause, NodePlan } from "./CampaignPlan.ts"

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
}

/** `rpms/zlib` of `https://git.example.org/rpms/zlib.git?#main`. */
const pathOf = (url: string): string => url.replace(/[?#].*$/, "").replace(/\/+$/, "").replace(/\.git$/, "")

const isNamed = (url: string, subject: string): boolean =>
  pathOf(url) === subject || pathOf(url).endsWith(`/${subject}`)

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

/**
 * The nodes of a campaign for these changes, none before what it waits for; empty where nothing is reached. Modules that were built with
 * each other form a circle, which is opened at the module whose name comes first.
 */
export const plan = (modules: ReadonlyArray<BuiltModule>, causes: ReadonlyArray<Cause>): ReadonlyArray<NodePlan> => {
  const byName = new Map(modules.map((module) => [module.name, module]))
  const users = new Map<string, Array<string>>()
  for (const { buildroot, name } of modules) {
    for (const used of new Set(buildroot)) {
      if (used === name) continue
      const known = users.get(used)
      if (known === undefined) users.set(used, [name])
      else known.push(name)
    }
  }
  const why = new Map<string, string>()
  const changed = new Set<string>()
  for (const module of modules) {
    const reason = causes.flatMap((cause) => ownReason(module, cause) ?? [])[0]
    if (reason === undefined) continue
    changed.add(module.name)
    why.set(module.name, reason)
  }
  // In the order of reaching, so that the way told is a shortest one.
  const reached = [...changed]
  for (const name of reached) {
    for (const user of users.get(name) ?? []) {
      if (why.has(user)) continue
      why.set(user, `Built with ${name}`)
      reached.push(user)
    }
  }
  const parents = new Map(reached.map((name) => [
    name,
    new Set(byName.get(name)!.buildroot.filter((used) => used !== name && why.has(used)))
  ]))
  const placed = new Map<string, NodePlan>()
  const open = new Map([...parents].map(([name, all]) => [name, all.size]))
  const free = reached.filter((name) => open.get(name) === 0).sort()
  while (placed.size < reached.length) {
    const name = free.shift() ?? [...open.keys()].sort()[0]!
    if (placed.has(name)) continue
    open.delete(name)
    const after = [...parents.get(name)!].filter((parent) => placed.has(parent)).sort()
    const module = byName.get(name)!
    placed.set(name, {
      name,
      tier: 1 + after.reduce((most, parent) => Math.max(most, placed.get(parent)!.tier), 0),
      seconds: module.seconds,
      after,
      changed: changed.has(name),
      why: why.get(name)!,
      scmurl: scmurlOf(module, causes),
      previous: module.builds
    })
    for (const user of users.get(name) ?? []) {
      const left = open.get(user)
      if (left === undefined) continue
      open.set(user, left - 1)
      if (left === 1) free.push(user)
    }
  }
  return [...placed.values()]
}
