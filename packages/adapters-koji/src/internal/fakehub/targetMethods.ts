/** Package groups, build targets, users. */
import type { Value } from "../../XmlRpc.ts"
import {
  ancestry,
  findTag,
  generic,
  type Group,
  type HubState,
  needTag,
  nextId,
  type Target,
  touch
} from "./HubState.ts"
import { method, type Methods, needs, text } from "./Method.ts"

const targetRow = (state: HubState, target: Target): Value => ({
  id: target.id,
  name: target.name,
  build_tag: target.buildTag,
  build_tag_name: state.tags.get(target.buildTag)?.name ?? "",
  dest_tag: target.destTag,
  dest_tag_name: state.tags.get(target.destTag)?.name ?? ""
})

const findTarget = (state: HubState, wanted: Value | undefined): Target | undefined =>
  [...state.targets.values()].find((target) => target.id === wanted || target.name === wanted)

/** The groups a tag has, its own and inherited ones: the nearest says what it is, and packages come from all. */
export const groupsOf = (state: HubState, tag: number, inherit = true): ReadonlyArray<Group> => {
  const tags = inherit ? ancestry(state, tag) : [tag]
  const all = tags.flatMap((id) => state.groups.filter((group) => group.tag === id))
  const nearest = new Map<number, Group>()
  for (const group of all) if (group.own && !nearest.has(group.id)) nearest.set(group.id, group)
  return [...nearest.values()].map((group) => {
    // Of two entries of one package, the nearer counts.
    const packages = new Map(all.toReversed().filter(({ id }) => id === group.id).flatMap((one) => [...one.packages]))
    return { ...group, packages }
  })
}

/** The tag's own entry for a group, where packages can be put. */
const entryOf = (state: HubState, tag: number, id: number, name: string, own: boolean): Group => {
  const known = state.groups.find((group) => group.tag === tag && group.id === id)
  const entry: Group = { tag, id, name, own, blocked: false, packages: new Map() }
  if (known === undefined) state.groups.push(entry)
  return known ?? entry
}

const groupRow = (group: Group): Value => ({
  name: group.name,
  group_id: group.id,
  tag_id: group.tag,
  display_name: group.name,
  blocked: group.blocked,
  exported: true,
  uservisible: true,
  is_default: null,
  langonly: null,
  biarchonly: false,
  description: null,
  grouplist: [],
  packagelist: [...group.packages].map(([name, entry]) => ({
    package: name,
    type: entry.type,
    basearchonly: null,
    requires: null,
    blocked: entry.blocked,
    group_id: group.id,
    tag_id: group.tag
  }))
})

export const targetMethods: Methods = {
  groupListAdd: method(
    "grplist_add",
    "taginfo, grpinfo, block=, force=, **",
    ({ taginfo, grpinfo, block }, context) => {
      const { state } = context
      needs(context, "tag")
      const tag = needTag(state, taginfo)
      const name = text(grpinfo)
      const known = groupsOf(state, tag.id).find((group) => group.name === name)
      if (known?.blocked === true) throw generic(`group ${name} is blocked in tag ${tag.name}`)
      // Also when it is inherited: nothing is added that says nothing new.
      if (known !== undefined && known.blocked === (block === true)) return null
      const id = state.groupIds.get(name) ?? nextId(state)
      state.groupIds.set(name, id)
      const packages = state.groups.find((group) => group.tag === tag.id && group.id === id)?.packages ?? new Map()
      state.groups.splice(
        0,
        state.groups.length,
        ...state.groups.filter((group) => group.tag !== tag.id || group.id !== id),
        { tag: tag.id, id, name, own: true, blocked: block === true, packages }
      )
      touch(state, tag)
      return null
    }
  ),
  groupPackageListAdd: method(
    "grp_pkg_add",
    "taginfo, grpinfo, pkg_name, block=, force=, **",
    ({ taginfo, grpinfo, pkg_name, block, type }, context) => {
      const { state } = context
      needs(context, "tag")
      const tag = needTag(state, taginfo)
      const name = text(grpinfo)
      if (!state.groupIds.has(name)) throw generic(`No such entry in table groups: ${name}`)
      const group = groupsOf(state, tag.id).find((row) => row.name === name)
      if (group === undefined) throw generic(`group ${name} not present in tag ${tag.name}`)
      if (group.blocked) throw generic(`group ${name} is blocked in tag ${tag.name}`)
      if (group.packages.has(text(pkg_name))) return null
      entryOf(state, tag.id, group.id, name, false).packages.set(text(pkg_name), {
        type: type === undefined ? "mandatory" : text(type),
        blocked: block === true
      })
      touch(state, tag)
      return null
    }
  ),
  groupPackageListRemove: method(
    "grp_pkg_remove",
    "taginfo, grpinfo, pkg_name",
    ({ taginfo, grpinfo, pkg_name }, context) => {
      needs(context, "tag")
      const tag = needTag(context.state, taginfo)
      context.state.groups.find((row) => row.tag === tag.id && row.name === grpinfo)?.packages.delete(text(pkg_name))
      touch(context.state, tag)
      return null
    }
  ),
  getTagGroups: method(
    "readTagGroups",
    "tag, event=, inherit=, incl_pkgs=, incl_reqs=, incl_blocked=",
    ({ tag, inherit }, { state }) => {
      const groups = groupsOf(state, needTag(state, tag).id, inherit !== false)
      return groups.filter((group) => !group.blocked).map((group) => groupRow(group))
    }
  ),

  createBuildTarget: method(
    "create_build_target",
    "name, build_tag, dest_tag",
    ({ name, build_tag, dest_tag }, context) => {
      const { state } = context
      needs(context, "target")
      if (findTarget(state, name) !== undefined) {
        throw generic(`A build target with the name '${text(name)}' already exists`)
      }
      const buildTag = findTag(state, build_tag)?.id
      if (buildTag === undefined) throw generic(`build tag '${text(build_tag)}' does not exist`)
      const destTag = findTag(state, dest_tag)?.id
      if (destTag === undefined) throw generic(`destination tag '${text(dest_tag)}' does not exist`)
      const id = nextId(state)
      state.targets.set(id, { id, name: text(name), buildTag, destTag })
      return null
    }
  ),
  editBuildTarget: method(
    "edit_build_target",
    "buildTargetInfo, name, build_tag, dest_tag",
    ({ buildTargetInfo, build_tag, dest_tag }, context) => {
      needs(context, "target")
      const target = findTarget(context.state, buildTargetInfo)
      if (target === undefined) throw generic(`No such build target: ${text(buildTargetInfo)}`)
      target.buildTag = needTag(context.state, build_tag).id
      target.destTag = needTag(context.state, dest_tag).id
      return null
    }
  ),
  deleteBuildTarget: method("delete_build_target", "buildTargetInfo", ({ buildTargetInfo }, context) => {
    needs(context, "target")
    const target = findTarget(context.state, buildTargetInfo)
    if (target === undefined) throw generic(`No such build target: ${text(buildTargetInfo)}`)
    context.state.targets.delete(target.id)
    return null
  }),
  getBuildTarget: method("get_build_target", "info, event=, strict=", ({ info, strict }, { state }) => {
    const target = findTarget(state, info)
    if (target === undefined && strict === true) throw generic(`No such build target: ${text(info)}`)
    return target === undefined ? null : targetRow(state, target)
  }),
  getBuildTargets: method(
    "get_build_targets",
    "info=, event=, buildTagID=, destTagID=, queryOpts=",
    ({ info, buildTagID, destTagID }, { state }) =>
      [...state.targets.values()].filter((target) =>
        (info === undefined || info === null || target.name === info || target.id === info) &&
        (buildTagID === undefined || buildTagID === null || target.buildTag === buildTagID) &&
        (destTagID === undefined || destTagID === null || target.destTag === destTagID)
      ).map((target) => targetRow(state, target))
  ),
  getLoggedInUser: method("getLoggedInUser", "", (_, context) => {
    const user = context.session?.user
    return user === undefined || context.session === undefined ? null : {
      id: user.id,
      name: user.name,
      status: user.blocked ? 1 : 0,
      usertype: 0,
      authtype: context.session.authtype,
      krb_principal: null,
      krb_principals: []
    }
  }),
  getUser: method("get_user", "userInfo=, strict=, krb_princs=, groups=", ({ userInfo, strict }, context) => {
    const wanted = userInfo ?? context.session?.user.id
    const user = [...context.state.users.values()].find((each) => each.id === wanted || each.name === wanted)
    if (user === undefined && strict === true) throw generic(`No such user: ${text(wanted)}`)
    return user === undefined
      ? null
      : { id: user.id, name: user.name, status: user.blocked ? 1 : 0, usertype: 0, krb_principals: [] }
  }),
  getPerms: method("getPerms", "", (_, { session }) => [...session?.user.permissions ?? []]),
  hasPerm: method(
    "hasPerm",
    "perm, strict=",
    ({ perm }, { session }) => session?.user.permissions.has(text(perm)) ?? false
  )
}
