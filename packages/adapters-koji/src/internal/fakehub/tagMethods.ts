/** Tags, inheritance, packages, groups and targets. */
import type { Value } from "../../XmlRpc.ts"
import {
  fault,
  findTag,
  generic,
  type HubState,
  lastChange,
  needTag,
  nextEvent,
  nextId,
  packageEntry,
  packageId,
  seconds,
  type Tag,
  type TagPackage,
  touch
} from "./HubState.ts"
import { type Context, list, loggedIn, method, type Methods, needs, struct, text } from "./Method.ts"

export const tagRow = (tag: Tag): Value => ({
  id: tag.id,
  name: tag.name,
  arches: tag.arches,
  perm: tag.perm,
  perm_id: tag.perm === null ? null : 1,
  locked: tag.locked,
  maven_support: false,
  maven_include_all: false,
  extra: tag.extra
})

const packageRow = (state: HubState, row: TagPackage): Value => ({
  package_id: packageId(state, row.package),
  package_name: row.package,
  tag_id: row.tag,
  tag_name: state.tags.get(row.tag)?.name ?? "",
  blocked: row.blocked,
  extra_arches: row.extra_arches,
  owner_id: state.users.get(row.owner)?.id ?? 0,
  owner_name: row.owner
})

const linkNeeds = ["parent_id", "priority", "maxdepth", "intransitive", "noconfig", "pkg_filter"]
const nameRule = /^[A-Za-z0-9/_.+-]+$/

const setPackage = (state: HubState, tag: Tag, name: string, change: Partial<TagPackage>): null => {
  const own = state.tagPackages.find((row) => row.tag === tag.id && row.package === name)
  if (own !== undefined) {
    if (Object.entries(change).every(([member, value]) => own[member as keyof TagPackage] === value)) return null
    Object.assign(own, change)
  } else {
    const inherited = packageEntry(state, tag.id, name)
    if (inherited !== undefined && change.blocked !== true && !inherited.blocked) return null
    const owner = change.owner ?? inherited?.owner
    if (owner === undefined) throw generic("owner not specified")
    packageId(state, name)
    state.tagPackages.push({ tag: tag.id, package: name, blocked: false, extra_arches: null, ...change, owner })
  }
  touch(state, tag)
  return null
}

/** By default, those who have the permission `tag` may change package lists, and that is a policy. */
const mayChangePackages = (context: Context): void => {
  const user = loggedIn(context)
  if (user.permissions.has("admin") || user.permissions.has("tag")) return
  throw fault(1004, "policy violation (package_list): Only admin/tag can do this via default policy")
}

export const tagMethods: Methods = {
  getTag: method("get_tag", "tagInfo, strict=, event=, blocked=", ({ tagInfo, strict }, { state }) => {
    const tag = strict === true ? needTag(state, tagInfo) : findTag(state, tagInfo)
    return tag === undefined ? null : tagRow(tag)
  }),
  getBuildConfig: method("get_build_config", "tag, event=", ({ tag }, { state }) => tagRow(needTag(state, tag))),
  listTags: method("listTags", "build=, package=, perms=, queryOpts=, pattern=", ({ build, pattern }, { state }) => {
    const shape = pattern === undefined || pattern === null
      ? undefined
      : new RegExp(`^${text(pattern).replace(/[.+^$()|[\]{}\\]/g, "\\$&").replace(/\*/g, ".*").replace(/\?/g, ".")}$`)
    return [...state.tags.values()].filter((tag) =>
      !tag.deleted && (shape === undefined || shape.test(tag.name)) &&
      (build === undefined || build === null ||
        state.taggings.some((row) => row.tag === tag.id && row.build === build && row.revoked === undefined))
    ).map(tagRow)
  }),
  createTag: method(
    "create_tag",
    "name, parent=, arches=, perm=, locked=, maven_support=, maven_include_all=, extra=",
    ({ name, parent, arches, locked, extra }, context) => {
      const { state } = context
      needs(context, "tag")
      if (text(name).length > 256) {
        throw generic(`Name ${text(name)} is too long. Max length is 256 characters`)
      }
      if (!nameRule.test(text(name))) throw generic(`Name ${text(name)} does not match RegexNameInternal value`)
      if (findTag(state, name) !== undefined) throw generic(`A tag with the name '${text(name)}' already exists`)
      const above = parent === undefined || parent === null ? undefined : needTag(state, parent)
      const revived = [...state.tags.values()].find((tag) => tag.name === name)
      const tag: Tag = {
        id: revived?.id ?? nextId(state),
        name: text(name),
        arches: arches === undefined || arches === null ? "" : text(arches),
        perm: null,
        locked: locked === true,
        deleted: false,
        extra: { ...struct(extra) } as Record<string, Value>,
        changed: nextEvent(state)
      }
      state.tags.set(tag.id, tag)
      if (above !== undefined) {
        state.links.push({
          child: tag.id,
          parent: above.id,
          priority: 0,
          maxdepth: null,
          intransitive: false,
          noconfig: false,
          pkg_filter: ""
        })
      }
      return tag.id
    }
  ),
  editTag2: method("edit_tag", "tagInfo, **", (args, context) => {
    needs(context, "tag")
    const tag = needTag(context.state, args.tagInfo)
    if (args.arches !== undefined) tag.arches = args.arches === null ? null : text(args.arches)
    if (args.locked !== undefined) tag.locked = args.locked === true
    Object.assign(tag.extra, struct(args.extra))
    for (const name of list(args.remove_extra)) delete tag.extra[text(name)]
    touch(context.state, tag)
    return null
  }),
  deleteTag: method("delete_tag", "tagInfo", ({ tagInfo }, context) => {
    needs(context, "tag")
    const tag = needTag(context.state, tagInfo)
    const { groups, links, tagPackages, taggings, targets } = context.state
    tag.deleted = true
    const event = nextEvent(context.state)
    for (const row of taggings) if (row.tag === tag.id) row.revoked ??= event
    // Whatever hangs on the tag goes with it: targets, too, and what others inherit from it.
    const without = <A>(rows: Array<A>, isOurs: (row: A) => boolean) =>
      rows.splice(0, rows.length, ...rows.filter((row) => !isOurs(row)))
    without(links, ({ child, parent }) => child === tag.id || parent === tag.id)
    without(tagPackages, (row) => row.tag === tag.id)
    without(groups, (row) => row.tag === tag.id)
    for (const { buildTag, destTag, id } of targets.values()) {
      if (buildTag === tag.id || destTag === tag.id) targets.delete(id)
    }
    return null
  }),
  getInheritanceData: method("readInheritanceData", "tag, event=", ({ tag }, { state }) => {
    const child = needTag(state, tag)
    return state.links.filter((link) => link.child === child.id).sort((a, b) => a.priority - b.priority).map((
      link
    ) => ({
      parent_id: link.parent,
      name: state.tags.get(link.parent)?.name ?? "",
      priority: link.priority,
      maxdepth: link.maxdepth,
      intransitive: link.intransitive,
      noconfig: link.noconfig,
      pkg_filter: link.pkg_filter,
      child_id: link.child
    }))
  }),
  getFullInheritance: method("readFullInheritance", "tag, event=, reverse=, stops=, jumps=", ({ tag }, { state }) => {
    const start = needTag(state, tag).id
    const below = (child: number, depth: number): ReadonlyArray<Value> =>
      state.links.filter((link) => link.child === child).sort((a, b) => a.priority - b.priority).flatMap((link) => [
        {
          parent_id: link.parent,
          child_id: child,
          name: state.tags.get(link.parent)?.name ?? "",
          priority: link.priority,
          maxdepth: link.maxdepth,
          intransitive: link.intransitive,
          noconfig: link.noconfig,
          pkg_filter: link.pkg_filter,
          currdepth: depth,
          nextdepth: null,
          filter: []
        },
        ...(depth < 20 ? below(link.parent, depth + 1) : [])
      ])
    return below(start, 1)
  }),
  setInheritanceData: method("writeInheritanceData", "tag, changes, clear=", ({ tag, changes, clear }, context) => {
    const { state } = context
    needs(context, "tag")
    const child = needTag(state, tag)
    const kept = clear === true ? [] : state.links.filter((link) => link.child === child.id)
    const wanted = new Map(kept.map((link) => [link.parent, link]))
    for (const change of list(changes).map(struct)) {
      const parent = Number(change.parent_id)
      if (change["delete link"] === true) {
        wanted.delete(parent)
        continue
      }
      const missing = linkNeeds.find((name) => !(name in change))
      if (missing !== undefined) throw generic(`No value for ${missing}`)
      if (!state.tags.has(parent)) throw generic(`No such tagInfo: ${parent}`)
      wanted.set(parent, {
        child: child.id,
        parent,
        priority: Number(change.priority),
        maxdepth: change.maxdepth as number | null,
        intransitive: change.intransitive === true,
        noconfig: change.noconfig === true,
        pkg_filter: text(change.pkg_filter)
      })
    }
    const links = [...wanted.values()]
    if (new Set(links.map((link) => link.priority)).size !== links.length) {
      throw generic(`Multiple parent tags with the same priority for tag ${child.name}`)
    }
    state.links.splice(0, state.links.length, ...state.links.filter((link) => link.child !== child.id), ...links)
    touch(state, child)
    return null
  }),
  tagLastChangeEvent: method(
    "tag_last_change_event",
    "tag, before=, inherit=",
    ({ tag }, { state }) => lastChange(state, needTag(state, tag).id)
  ),
  tagChangedSinceEvent: method("tag_changed_since_event", "event, taglist", ({ event, taglist }, { state }) => {
    const ids = list(taglist)
    if (ids.some((id) => typeof id !== "number")) throw fault(1, "<class 'psycopg2.errors.InvalidTextRepresentation'>")
    return ids.some((id) => lastChange(state, Number(id)) > Number(event))
  }),
  getLastEvent: method("get_last_event", "before=, strict=", (_, { state }) => ({
    id: state.event,
    ts: seconds(state.eventTimes.get(state.event) ?? 0)
  })),

  packageListAdd: method(
    "pkglist_add",
    "taginfo, pkginfo, owner=, block=, extra_arches=, force=, update=",
    ({ taginfo, pkginfo, owner, block }, context) => {
      mayChangePackages(context)
      const tag = needTag(context.state, taginfo)
      if (typeof owner === "string" && !context.state.users.has(owner)) throw generic(`No such user: '${owner}'`)
      return setPackage(context.state, tag, text(pkginfo), {
        ...(typeof owner === "string" ? { owner } : {}),
        ...(typeof block === "boolean" ? { blocked: block } : {})
      })
    }
  ),
  packageListBlock: method("pkglist_block", "taginfo, pkginfo, force=", ({ taginfo, pkginfo }, context) => {
    mayChangePackages(context)
    const tag = needTag(context.state, taginfo)
    if (packageEntry(context.state, tag.id, text(pkginfo)) === undefined) {
      throw generic(`Package ${text(pkginfo)} is not in tag listing for ${tag.name}`)
    }
    return setPackage(context.state, tag, text(pkginfo), { blocked: true })
  }),
  packageListUnblock: method("pkglist_unblock", "taginfo, pkginfo, force=", ({ taginfo, pkginfo }, context) => {
    mayChangePackages(context)
    return setPackage(context.state, needTag(context.state, taginfo), text(pkginfo), { blocked: false })
  }),
  listPackages: method(
    "readPackageList",
    "tagID=, userID=, pkgID=, prefix=, inherited=, with_dups=, event=, queryOpts=, with_owners=, with_blocked=",
    ({ tagID }, { state }) => {
      const tag = tagID === undefined || tagID === null ? undefined : needTag(state, tagID)
      return state.tagPackages.filter((row) => tag === undefined || row.tag === tag.id)
        .map((row) => packageRow(state, row))
    }
  ),
  checkTagPackage: method("checkTagPackage", "tag, pkg", ({ tag, pkg }, { state }) => {
    const known = findTag(state, tag)
    return known !== undefined && packageEntry(state, known.id, text(pkg))?.blocked === false
  }),
  getPackageConfig: method("getPackageConfig", "tag, pkg, event=", ({ tag, pkg }, { state }) => {
    const row = packageEntry(state, needTag(state, tag).id, text(pkg))
    return row === undefined ? null : packageRow(state, row)
  })
}
