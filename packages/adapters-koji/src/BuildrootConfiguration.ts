/**
 * The difference between what a hub has and what a buildroot needs, as the calls that make it go away.
 *
 * Pure: state in, calls out. Applied to the state they lead to, there are none left, so a preparation can be repeated from
 * any point. Names stand in for ids wherever Koji takes them, which lets all calls go in one request: nothing in it needs
 * the answer of an earlier call.
 */
import type { BuildrootPlan } from "@orch/core/ports/BuildSystem"
import type { BuildrootNames } from "./BuildrootNames.ts"
import type { InheritanceLink, Tag, TagGroup, TagPackage, Target } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import * as ModuleBuildMacros from "./ModuleBuildMacros.ts"
import type { Value } from "./XmlRpc.ts"

/** What a hub has now. */
export interface Present {
  readonly tag: Tag | undefined
  readonly buildTag: Tag | undefined
  readonly target: Target | undefined
  readonly inheritance: ReadonlyArray<InheritanceLink>
  readonly packages: ReadonlyArray<TagPackage>
  readonly buildPackages: ReadonlyArray<TagPackage>
  readonly groups: ReadonlyArray<TagGroup>
}

/** What a hub is to have. */
export interface Wanted {
  readonly plan: BuildrootPlan
  readonly names: BuildrootNames
  /** Ids of the tags to inherit from, the nearest first. */
  readonly parents: ReadonlyArray<number>
  /** Who the packages belong to. */
  readonly owner: string
  /** Packages of which a build is in the build tag. */
  readonly built: ReadonlySet<string>
  /** Whether the build tag inherits its packages from one that lists them. */
  readonly inheritsPackages: boolean
}

/** Settings of a build tag whose builders use dnf, as the Module Build Service sets them. */
const buildTagExtra = ({ distTag, dynamicBuildrequires, includeAll = true }: BuildrootPlan) => ({
  "mock.package_manager": "dnf",
  "mock.new_chroot": 0,
  "mock.yum.module_hotfixes": 1,
  repo_include_all: includeAll,
  ...(dynamicBuildrequires === undefined ? {} : { dynamic_buildrequires: dynamicBuildrequires }),
  [distExtra]: distTag
})

/** The member of the build tag's extra that remembers the dist tag, by which builds are recognised as the module's own. */
export const distExtra = "orch.dist"

const tagCalls = (
  name: string,
  present: Tag | undefined,
  arches: string,
  extra: { readonly [name: string]: Value }
): ReadonlyArray<KojiCall.KojiCall> => {
  if (present === undefined) {
    return [KojiCall.make("createTag", [name], { arches, ...(Object.keys(extra).length === 0 ? {} : { extra }) })]
  }
  const words = (text: string) => text.split(/\s+/).filter((word) => word !== "").sort().join(" ")
  const missing = Object.entries(extra).filter(([key, value]) => present.extra?.[key] !== value)
  const changes = {
    ...(words(present.arches ?? "") === words(arches) ? {} : { arches }),
    ...(missing.length === 0 ? {} : { extra: Object.fromEntries(missing) })
  }
  return Object.keys(changes).length === 0 ? [] : [KojiCall.make("editTag2", [name], changes)]
}

const inheritanceCalls = ({ names, parents }: Wanted, present: Present): ReadonlyArray<KojiCall.KojiCall> => {
  const missing = parents.filter((parent, index) =>
    parents.indexOf(parent) === index && !present.inheritance.some((link) => link.parent_id === parent)
  )
  if (missing.length === 0) return []
  // Priorities are unique per child; ours follow what somebody may have put there, in steps that leave room between.
  const last = Math.max(0, ...present.inheritance.map(({ priority }) => priority))
  const links = missing.map((parent, index) => ({
    parent_id: parent,
    priority: (Math.floor(last / 10) + 1 + index) * 10,
    maxdepth: null,
    intransitive: false,
    noconfig: false,
    pkg_filter: ""
  }))
  return [KojiCall.make("setInheritanceData", [names.buildTag, links])]
}

const packageCalls = (
  tag: string,
  present: ReadonlyArray<TagPackage>,
  packages: ReadonlyArray<string>,
  owner: string
): ReadonlyArray<KojiCall.KojiCall> => {
  const listed = new Map(present.map((row) => [row.package_name, row.blocked]))
  return [...new Set(packages)].flatMap((name) => {
    const blocked = listed.get(name)
    if (blocked === undefined) return [KojiCall.make("packageListAdd", [tag, name], { owner })]
    return blocked ? [KojiCall.make("packageListUnblock", [tag, name])] : []
  })
}

/** What is inherited of these packages is hidden for as long as nothing of them was built here. */
const blockCalls = ({ built, names, owner, plan }: Wanted, present: Present): ReadonlyArray<KojiCall.KojiCall> => {
  const listed = new Map(present.buildPackages.map((row) => [row.package_name, row.blocked]))
  return [...new Set(plan.blocked)].flatMap((name) => {
    if (built.has(name) || listed.get(name) === true) return []
    return [
      listed.has(name) || plan.packages.includes(name)
        ? KojiCall.make("packageListBlock", [names.buildTag, name])
        : KojiCall.make("packageListAdd", [names.buildTag, name], { owner, block: true })
    ]
  })
}

const groupCalls = ({ names, plan }: Wanted, present: Present): ReadonlyArray<KojiCall.KojiCall> => {
  // The macros package joins both groups once it is built, so both must be there.
  const wanted = new Map(ModuleBuildMacros.groups.map((name): [string, ReadonlyArray<string>] => [name, []]))
  for (const [name, packages] of Object.entries(plan.groups)) wanted.set(name, packages)
  return [...wanted].flatMap(([group, packages]) => {
    const known = present.groups.find(({ name }) => name === group)
    const listed = new Set(known?.packagelist.map((row) => row.package))
    return [
      ...(known === undefined ? [KojiCall.make("groupListAdd", [names.buildTag, group])] : []),
      ...packages.filter((name) => !listed.has(name))
        .map((name) => KojiCall.make("groupPackageListAdd", [names.buildTag, group, name]))
    ]
  })
}

const targetCalls = ({ names }: Wanted, present: Target | undefined): ReadonlyArray<KojiCall.KojiCall> => {
  const { buildTag, tag, target } = names
  if (present === undefined) return [KojiCall.make("createBuildTarget", [target, buildTag, tag])]
  return present.build_tag_name === buildTag && present.dest_tag_name === tag
    ? []
    : [KojiCall.make("editBuildTarget", [target, target, buildTag, tag])]
}

/** The calls that lead from what there is to what is wanted, in order; empty where nothing is missing. */
export const calls = (wanted: Wanted, present: Present): ReadonlyArray<KojiCall.KojiCall> => {
  const { built, inheritsPackages, names, owner, plan } = wanted
  const isHidden = (name: string) => plan.blocked.includes(name) && !built.has(name)
  const listed = new Set(present.buildPackages.map(({ package_name }) => package_name))
  // What is hidden stays so; what is not listed is listed first, since only that can be hidden.
  const here = [...plan.packages, ModuleBuildMacros.packageName].filter((name) => !isHidden(name) || !listed.has(name))
  const arches = plan.arches.filter((arch) => arch !== "noarch" && arch !== "src").join(" ")
  return [
    ...tagCalls(names.tag, present.tag, arches, {}),
    ...tagCalls(names.buildTag, present.buildTag, arches, buildTagExtra(plan)),
    ...inheritanceCalls(wanted, present),
    ...packageCalls(names.tag, present.packages, plan.packages, owner),
    ...(inheritsPackages
      ? []
      : [...packageCalls(names.buildTag, present.buildPackages, here, owner), ...blockCalls(wanted, present)]),
    ...groupCalls(wanted, present),
    ...targetCalls(wanted, present.target)
  ]
}
