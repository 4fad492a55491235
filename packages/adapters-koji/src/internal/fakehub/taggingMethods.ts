/** What is in tags: putting builds there, taking them out, and listing them as the package lists have it. */
import type { Value } from "../../XmlRpc.ts"
import { buildRow } from "./buildMethods.ts"
import {
  ancestry,
  type Build,
  buildStates,
  fault,
  type HubState,
  needBuild,
  needTag,
  newTask,
  nextEvent,
  nvr,
  packageEntry,
  type Tag,
  tagBuildNow,
  type Tagging
} from "./HubState.ts"
import { type Context, list, loggedIn, method, type Methods, needs } from "./Method.ts"
import { rpmRow } from "./rpmMethods.ts"

const taggedRow = (state: HubState, row: Tagging): Record<string, Value> => {
  const build = needBuild(state, row.build)
  const columns = Object.entries(buildRow(state, build)).filter(([name]) => !name.endsWith("_ts") && name !== "cg_id")
  return {
    ...Object.fromEntries(columns),
    id: build.id,
    tag_id: row.tag,
    tag_name: state.tags.get(row.tag)?.name ?? "",
    create_event: row.created
  }
}

/** What `listTagged` sees: taggings alive at the event, newest first per package when only the latest count. */
const tagged = (state: HubState, tag: Tag, options: Readonly<Record<string, Value | undefined>>) => {
  const event = typeof options.event === "number" ? options.event : Infinity
  const tags = options.inherit === true ? ancestry(state, tag.id) : [tag.id]
  const seen = new Set<string>()
  return tags.flatMap((id) =>
    state.taggings
      .filter((row) => row.tag === id && row.created <= event && (row.revoked === undefined || row.revoked > event))
      .sort((a, b) => b.created - a.created)
  ).filter((row) => {
    const build = needBuild(state, row.build)
    if (typeof options.package === "string" && build.name !== options.package) return false
    // The package list has the last word, whatever was tagged past it.
    if (packageEntry(state, tag.id, build.name)?.blocked !== false) return false
    if (options.latest !== true && options.latest !== 1) return true
    if (seen.has(build.name)) return false
    seen.add(build.name)
    return true
  })
}

/** Nobody may put builds into a locked tag, or take them out. */
const mayTag = (tag: Tag): void => {
  if (tag.locked) throw fault(1004, "tag is locked")
}

const checkTagging = (context: Context, tag: Tag, build: Build): void => {
  if (build.state !== buildStates.COMPLETE) throw fault(1003, `build ${nvr(build)} not complete`)
  mayTag(tag)
  const entry = packageEntry(context.state, tag.id, build.name)
  if (entry === undefined) throw fault(1003, `Package ${build.name} not in list for ${tag.name}`)
  if (entry.blocked) throw fault(1003, `Package ${build.name} blocked in ${tag.name}`)
}

export const taggingMethods: Methods = {
  listTagged: method(
    "listTagged",
    "tag, event=, inherit=, prefix=, latest=, package=, owner=, type=, strict=, extra=, draft=",
    ({ tag, ...options }, { state }) => tagged(state, needTag(state, tag), options).map((row) => taggedRow(state, row))
  ),
  getLatestBuilds: method(
    "getLatestBuilds",
    "tag, event=, package=, type=, draft=",
    ({ tag, ...options }, { state }) =>
      tagged(state, needTag(state, tag), { ...options, inherit: true, latest: true }).map((row) =>
        taggedRow(state, row)
      )
  ),
  listTaggedRPMS: method(
    "listTaggedRPMS",
    "tag, event=, inherit=, latest=, package=, arch=, rpmsigs=, owner=, type=, strict=, extra=, draft=",
    ({ tag, ...options }, { state }) => {
      const rows = tagged(state, needTag(state, tag), options)
      const arches = list(options.arch)
      const rpms = rows.flatMap((row) =>
        state.rpms.filter((rpm) => rpm.build === row.build && (arches.length === 0 || arches.includes(rpm.arch)))
      )
      return [rpms.map(rpmRow), rows.map((row) => taggedRow(state, row))]
    }
  ),
  untaggedBuilds: method(
    "untaggedBuilds",
    "name=, queryOpts=, draft=",
    ({ name }, { state }) =>
      [...state.builds.values()].filter((build) =>
        build.state === buildStates.COMPLETE && (name === undefined || build.name === name) &&
        !state.taggings.some((row) => row.build === build.id && row.revoked === undefined)
      ).map((build) => ({ id: build.id, name: build.name, version: build.version, release: build.release }))
  ),
  tagBuild: method("tagBuild", "tag, build, force=, fromtag=", ({ tag, build }, context) => {
    const { state } = context
    const owner = loggedIn(context)
    const into = needTag(state, tag)
    const what = needBuild(state, build)
    checkTagging(context, into, what)
    return newTask(state, {
      method: "tagBuild",
      owner,
      priority: 10,
      request: [into.id, what.id, false, null, false, null]
    }).id
  }),
  tagBuildBypass: method("tagBuildBypass", "tag, build, force=, notify=", ({ tag, build }, context) => {
    needs(context, "tag")
    const into = needTag(context.state, tag)
    const what = needBuild(context.state, build)
    mayTag(into)
    if (what.state !== buildStates.COMPLETE) throw fault(1003, `build ${nvr(what)} not complete`)
    tagBuildNow(context.state, into, what)
    return null
  }),
  untagBuild: method("untagBuild", "tag, build, strict=, force=", ({ tag, build, strict }, context) => {
    loggedIn(context)
    const from = needTag(context.state, tag)
    mayTag(from)
    const what = needBuild(context.state, build)
    const row = context.state.taggings.find((each) =>
      each.tag === from.id && each.build === what.id && each.revoked === undefined
    )
    if (row !== undefined) row.revoked = nextEvent(context.state)
    else if (strict !== false) throw fault(1003, `build ${nvr(what)} not in tag ${from.name}`)
    return null
  })
}
