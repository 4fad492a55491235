/**
 * What the fake hub remembers: the rows of a hub's tables, in memory, with events as the only clock of configuration.
 *
 * Handlers check before they change anything, so a fault leaves no trace, as a real hub's rollback does.
 */
import { createHash } from "node:crypto"
import { KojiFault } from "../../KojiError.ts"
import { Double, type Value } from "../../XmlRpc.ts"

export const taskStates = { FREE: 0, OPEN: 1, CLOSED: 2, CANCELED: 3, ASSIGNED: 4, FAILED: 5 } as const
export const buildStates = { BUILDING: 0, COMPLETE: 1, DELETED: 2, FAILED: 3, CANCELED: 4 } as const
export const repoStates = { INIT: 0, READY: 1, EXPIRED: 2, DELETED: 3, PROBLEM: 4 } as const

export interface User {
  readonly id: number
  readonly name: string
  readonly password: string | undefined
  readonly permissions: Set<string>
  readonly generators: Set<string>
  blocked: boolean
  /** Whether a session that is none of ours holds the account exclusively. */
  locked: boolean
}

export interface Session {
  readonly id: number
  key: string
  readonly user: User
  readonly authtype: number
  callnum: number | undefined
  expired: boolean
  closed: boolean
}

export interface Tag {
  readonly id: number
  name: string
  arches: string | null
  perm: string | null
  locked: boolean
  deleted: boolean
  extra: Record<string, Value>
  /** The last event at which the tag itself changed. */
  changed: number
}

export interface Link {
  readonly child: number
  readonly parent: number
  priority: number
  maxdepth: number | null
  intransitive: boolean
  noconfig: boolean
  pkg_filter: string
}

export interface TagPackage {
  readonly tag: number
  readonly package: string
  owner: string
  blocked: boolean
  extra_arches: string | null
}

export interface Group {
  readonly tag: number
  readonly id: number
  readonly name: string
  /** False where the tag only adds packages to a group that it inherits. */
  readonly own: boolean
  blocked: boolean
  readonly packages: Map<string, { type: string; blocked: boolean }>
}

export interface Target {
  readonly id: number
  readonly name: string
  buildTag: number
  destTag: number
}

export interface Task {
  readonly id: number
  readonly method: string
  readonly request: ReadonlyArray<Value>
  readonly owner: User
  readonly parent: number | null
  readonly label: string | null
  readonly arch: string
  readonly priority: number
  state: number
  readonly created: number
  started: number | null
  completed: number | null
  result: Value | undefined
  fault: { readonly code: number; readonly text: string } | undefined
  /** Progress of the simulated builder: the next step and when it is due. */
  step: number
  due: number
  readonly output: Map<string, Buffer>
}

export interface Rpm {
  readonly id: number
  readonly build: number
  readonly name: string
  readonly version: string
  readonly release: string
  readonly arch: string
  readonly size: number
  /** The buildroot that it was made in; the one of all others where it is left out. */
  readonly buildroot?: number
}

export interface Build {
  readonly id: number
  readonly name: string
  readonly version: string
  readonly release: string
  readonly epoch: number | null
  state: number
  task: number | null
  owner: User
  source: string | null
  extra: Record<string, Value>
  event: number
  started: number
  created: number
  completed: number | null
  generator: string | undefined
  token: string | undefined
}

export interface Tagging {
  readonly tag: number
  readonly build: number
  readonly created: number
  revoked: number | undefined
}

export interface Repo {
  readonly id: number
  readonly tag: number
  readonly task: number
  state: number
  readonly createEvent: number
  readonly created: number
}

export interface RepoRequest {
  readonly id: number
  readonly tag: number
  readonly minEvent: number
  readonly owner: User
  readonly created: number
  active: boolean
  tries: number
  task: number | null
  repo: number | null
}

export interface HubState {
  version: readonly [number, number, number]
  now: () => number
  event: number
  readonly eventTimes: Map<number, number>
  readonly users: Map<string, User>
  readonly sessions: Map<number, Session>
  readonly tags: Map<number, Tag>
  readonly links: Array<Link>
  readonly packageIds: Map<string, number>
  readonly tagPackages: Array<TagPackage>
  readonly groups: Array<Group>
  readonly groupIds: Map<string, number>
  readonly targets: Map<number, Target>
  readonly tasks: Map<number, Task>
  readonly builds: Map<number, Build>
  readonly rpms: Array<Rpm>
  /** What buildroots held, by their numbers: numbers of packages. */
  readonly buildroots: Map<number, ReadonlyArray<number>>
  readonly taggings: Array<Tagging>
  readonly repos: Map<number, Repo>
  readonly repoRequests: Map<number, RepoRequest>
  readonly uploads: Map<string, Buffer>
  /** What each policy says to those who are no administrators, such as `deny Only admin can do this`. */
  readonly policies: ReadonlyMap<string, string>
  /** Methods that it does not know, whatever its version. */
  readonly without: ReadonlySet<string>
  counter: number
}

/** The next identity; one row of numbers for all tables keeps mixed-up ids from passing by chance. */
export const nextId = (state: HubState): number => ++state.counter

export const nextEvent = (state: HubState): number => {
  state.event += 1
  state.eventTimes.set(state.event, state.now())
  return state.event
}

export const fault = (code: number, text: string): KojiFault => new KojiFault({ method: "", code, text })
export const generic = (text: string): KojiFault => fault(1000, text)

/** The action of a policy, and the fault for what it does not allow. */
export const policyAction = (state: HubState, name: string, user: User): string =>
  user.permissions.has("admin") ? "allow" : state.policies.get(name) ?? "allow"

export const policyFault = (state: HubState, name: string, user: User): KojiFault | undefined => {
  const [, action, reason] = /^(\S+)\s*(.*)$/.exec(policyAction(state, name, user)) ?? []
  return action === "allow" ? undefined : fault(1004, `policy violation (${name})${reason === "" ? "" : `: ${reason}`}`)
}

/** Seconds since 1970 as a double, as every `*_ts` field is. */
export const seconds = (millis: number): Double => new Double(millis / 1000)

/** Python's isoformat with a blank: the hub sends dates as strings. */
export const date = (millis: number): string =>
  new Date(millis).toISOString().replace("T", " ").replace("Z", "000+00:00").replace(".000000+", "+")

export const dated = (name: string, millis: number | null): Record<string, Value> => ({
  [`${name}_time`]: millis === null ? null : date(millis),
  [`${name}_ts`]: millis === null ? null : seconds(millis)
})

export const nvr = (build: { name: string; version: string; release: string }): string =>
  `${build.name}-${build.version}-${build.release}`

export const parseNvr = (text: string): { name: string; version: string; release: string } | undefined => {
  const parts = /^(.+)-([^-]+)-([^-]+)$/.exec(text)
  return parts === null
    ? undefined
    : { name: parts[1] as string, version: parts[2] as string, release: parts[3] as string }
}

export const md5 = (text: string): string => createHash("md5").update(text).digest("hex")

export const packageId = (state: HubState, name: string): number => {
  const id = state.packageIds.get(name) ?? nextId(state)
  state.packageIds.set(name, id)
  return id
}

const reference = (value: Value | undefined): Value | undefined => {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value
  const { id, name } = value as { readonly [member: string]: Value }
  return id ?? name
}

export const findTag = (state: HubState, wanted: Value | undefined): Tag | undefined => {
  const key = reference(wanted)
  return [...state.tags.values()].find((tag) => !tag.deleted && (tag.id === key || tag.name === key))
}

export const needTag = (state: HubState, wanted: Value | undefined): Tag => {
  const tag = findTag(state, wanted)
  if (tag === undefined) throw generic(`No such tagInfo: ${JSON.stringify(reference(wanted))}`)
  return tag
}

export const findBuild = (state: HubState, wanted: Value | undefined): Build | undefined => {
  const builds = [...state.builds.values()]
  if (wanted !== null && typeof wanted === "object" && !Array.isArray(wanted)) {
    const { id, name, version, release } = wanted as { readonly [member: string]: Value }
    if (id !== undefined) return builds.find((build) => build.id === id)
    return builds.find((build) => build.name === name && build.version === version && build.release === release)
  }
  return builds.find((build) => build.id === wanted || nvr(build) === wanted)
}

export const needBuild = (state: HubState, wanted: Value | undefined): Build => {
  const build = findBuild(state, wanted)
  if (build === undefined) throw generic(`No such build: '${String(reference(wanted))}'`)
  return build
}

/** The tag and what it inherits from, nearest first. */
export const ancestry = (state: HubState, tag: number, seen: ReadonlyArray<number> = []): ReadonlyArray<number> => {
  if (seen.includes(tag)) return []
  const parents = state.links.filter((link) => link.child === tag).sort((a, b) => a.priority - b.priority)
  const order = [tag, ...parents.flatMap((link) => ancestry(state, link.parent, [...seen, tag]))]
  return [...new Set(order)]
}

/** The last event that changed what a repository of this tag would hold, inheritance included. */
export const lastChange = (state: HubState, tag: number): number =>
  Math.max(
    ...ancestry(state, tag).flatMap((id) => [
      state.tags.get(id)?.changed ?? 0,
      ...state.taggings.filter((row) => row.tag === id).flatMap((row) => [row.created, row.revoked ?? 0])
    ])
  )

export const touch = (state: HubState, tag: Tag): void => {
  tag.changed = nextEvent(state)
}

export const newTask = (
  state: HubState,
  task: Pick<Task, "method" | "request" | "owner"> & Partial<Pick<Task, "parent" | "label" | "arch" | "priority">>
): Task => {
  const created: Task = {
    id: nextId(state),
    parent: null,
    label: null,
    arch: "noarch",
    priority: 20,
    ...task,
    state: taskStates.FREE,
    created: state.now(),
    started: null,
    completed: null,
    result: undefined,
    fault: undefined,
    step: 0,
    due: state.now(),
    output: new Map()
  }
  state.tasks.set(created.id, created)
  return created
}

export const tagBuildNow = (state: HubState, tag: Tag, build: Build): void => {
  if (state.taggings.some((row) => row.tag === tag.id && row.build === build.id && row.revoked === undefined)) {
    throw fault(1003, `build ${nvr(build)} already tagged (${tag.name})`)
  }
  state.taggings.push({ tag: tag.id, build: build.id, created: nextEvent(state), revoked: undefined })
}

/** The package's entry that counts in this tag: its own, or the nearest inherited one. */
export const packageEntry = (state: HubState, tag: number, name: string): TagPackage | undefined => {
  for (const id of ancestry(state, tag)) {
    const entry = state.tagPackages.find((row) => row.tag === id && row.package === name)
    if (entry !== undefined) return entry
  }
  return undefined
}
