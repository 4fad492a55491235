/** What a platform has before anybody builds: tags with groups and packages, and builds of others. */
import { buildStates, type HubState, nextEvent, nextId, packageId } from "./HubState.ts"

/** Adds a tag with the groups from which builders fill a buildroot and the packages it may hold; returns its id. */
export const addTag = (state: HubState, name: string, arches: string, packages: ReadonlyArray<string>): number => {
  const id = nextId(state)
  const tag = { id, name, arches, perm: null, locked: false, deleted: false, extra: {}, changed: nextEvent(state) }
  state.tags.set(id, tag)
  for (const one of packages) {
    packageId(state, one)
    state.tagPackages.push({ tag: id, package: one, owner: "kojira", blocked: false, extra_arches: null })
  }
  for (const group of ["build", "srpm-build"]) {
    const groupId = state.groupIds.get(group) ?? nextId(state)
    state.groupIds.set(group, groupId)
    const members = new Map([["bash", { type: "mandatory", blocked: false }]])
    state.groups.push({ tag: id, id: groupId, name: group, own: true, blocked: false, packages: members })
  }
  return id
}

/** Adds a complete build of somebody else, `NAME-VERSION-RELEASE`, with a source and a noarch package, in no tag. */
export const addBuild = (state: HubState, text: string, source: string): void => {
  const [, name = "", version = "", release = ""] = /^(.+)-([^-]+)-([^-]+)$/.exec(text) ?? []
  const owner = state.users.get("kojira") ?? [...state.users.values()][0]
  if (owner === undefined) return
  const id = nextId(state)
  const event = nextEvent(state)
  const at = state.now()
  state.builds.set(id, {
    id,
    name,
    version,
    release,
    epoch: null,
    state: buildStates.COMPLETE,
    task: null,
    owner,
    source,
    extra: {},
    event,
    started: at,
    created: at,
    completed: at,
    generator: undefined,
    token: undefined
  })
  for (const arch of ["src", "noarch"]) {
    state.rpms.push({ id: nextId(state), build: id, name, version, release, arch, size: 6000 })
  }
}
