/**
 * Makes a hub ready to build one module: tags, inheritance, packages, groups and target; then `module-build-macros` built,
 * tagged, and in the repository.
 *
 * One look, one write of what is missing, and the name of what has to come before it can go on. Everything is found by name
 * or key, so a preparation that was cut short goes on where it stopped, in any process.
 */
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import { type Buildroot, type BuildrootPlan, type BuildSystemError } from "@orch/core/ports/BuildSystem"
import * as TagPlan from "@orch/core/resolution/TagPlan"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as BuildAdmission from "./BuildAdmission.ts"
import * as BuildrootConfiguration from "./BuildrootConfiguration.ts"
import * as BuildrootNames from "./BuildrootNames.ts"
import * as HubCapabilities from "./HubCapabilities.ts"
import { failure } from "./HubFailure.ts"
import {
  Build,
  element,
  elementOr,
  InheritanceLink,
  Repo,
  Rpm,
  Tag,
  TaggedBuild,
  TagGroup,
  TagPackage,
  Target,
  Task
} from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiError, KojiFault } from "./KojiError.ts"
import { firstFault, type KojiFarm, ownTasks } from "./KojiFarm.ts"
import * as KojiHub from "./KojiHub.ts"
import * as ModuleBuildMacros from "./ModuleBuildMacros.ts"
import * as PlatformCollisions from "./PlatformCollisions.ts"
import * as RepositoryTicket from "./RepositoryTicket.ts"
import * as SourceRpm from "./SourceRpm.ts"
import * as TaskLedger from "./TaskLedger.ts"

type Failure = KojiError | BuildSystemError

/** What one look at the hub shows. */
interface Seen {
  readonly present: BuildrootConfiguration.Present
  readonly parents: ReadonlyArray<number>
  readonly macros: {
    readonly built: boolean
    /** The event that tagged it. */
    readonly tagged: number | undefined
    /** Our task that builds it, unless it failed or was canceled. */
    readonly task: { readonly id: number; readonly state: number } | undefined
  }
  /** Whether there is a repository that has the macros package. */
  readonly fresh: boolean
  /** A `newRepo` task for the build tag that has not ended. */
  readonly repositoryTask: number | undefined
}

const macrosKey = (plan: BuildrootPlan) => `${plan.key}/${ModuleBuildMacros.packageName}/1`

/**
 * The tag of a module's packages: named as such, or as the repository that Koji makes of it, or, for a module published
 * elsewhere, the one it was built into.
 */
const moduleTag = (module: BuildrootPlan["modules"][number]): string | undefined => {
  const { location } = module
  if (location === undefined || /^[A-Za-z0-9_.+-]+$/.test(location)) return location
  return /\/repos\/([^/]+)\//.exec(location)?.[1] ?? TagPlan.tag({ ...module, scratch: false })
}

const parentTags = (farm: KojiFarm, plan: BuildrootPlan): Effect.Effect<ReadonlyArray<string>, BuildSystemError> => {
  const own = plan.modules.flatMap((module) => moduleTag(module) ?? [])
  const platform = farm.settings.platformTags[plan.platform]
  const tags = [...own, ...(platform === undefined ? [] : [platform])]
  const homeless = plan.modules.find(({ location, stream }) =>
    location === undefined && farm.settings.platformTags[stream] === undefined
  )
  return homeless === undefined
    ? Effect.succeed([...new Set(tags)])
    : Effect.fail(failure(
      farm.hub,
      "prepare",
      "rejected",
      `no tag is known for ${homeless.name}:${homeless.stream}: it has no koji_tag, and no platform tag is configured for ${homeless.stream}`
    ))
}

const look = Effect.fnUntraced(function*(farm: KojiFarm, plan: BuildrootPlan, names: BuildrootNames.BuildrootNames) {
  const parents = yield* parentTags(farm, plan)
  const { buildTag, tag, target } = names
  const ledger = yield* farm.ledger.look
  const macrosNvr = ModuleBuildMacros.nvr(plan)
  const requests = HubCapabilities.hasRepositoryRequests(farm.capabilities)
  const [own, ownTag, build, there, links, packages, buildPackages, groups, macros, tagged, repo, ...more] = yield* farm
    .hub.readAll([
      ledger,
      KojiCall.make("getTag", [tag]),
      KojiCall.make("getTag", [buildTag]),
      KojiCall.make("getBuildTarget", [target]),
      KojiCall.make("getInheritanceData", [buildTag]),
      KojiCall.make("listPackages", [], { tagID: tag, inherited: false }),
      KojiCall.make("listPackages", [], { tagID: buildTag, inherited: false }),
      // Groups of the platform are inherited, and a hub makes no group of its own where they already say the same.
      KojiCall.make("getTagGroups", [buildTag]),
      KojiCall.make("getBuild", [macrosNvr]),
      KojiCall.make("listTagged", [buildTag], { package: ModuleBuildMacros.packageName, inherit: false }),
      KojiCall.make("getRepo", [buildTag]),
      ...(requests ? [] : [BuildAdmission.repositoryTasks()]),
      ...parents.map((parent) => KojiCall.make("getTag", [parent]))
    ])
  const above = more.slice(requests ? 0 : 1)
  const ids: Array<number> = []
  for (const [index, parent] of parents.entries()) {
    const found = yield* elementOr(Schema.NullOr(Tag), "getTag", above[index], null)
    if (found === null) {
      return yield* failure(farm.hub, "prepare", "rejected", `there is no tag ${parent} to inherit from`)
    }
    ids.push(found.id)
  }
  // What does not exist yet has no packages: a hub answers that with a fault or with nothing.
  const present: BuildrootConfiguration.Present = {
    tag: (yield* element(Schema.NullOr(Tag), "getTag", ownTag)) ?? undefined,
    buildTag: (yield* element(Schema.NullOr(Tag), "getTag", build)) ?? undefined,
    target: (yield* element(Schema.NullOr(Target), "getBuildTarget", there)) ?? undefined,
    inheritance: yield* elementOr(Schema.Array(InheritanceLink), "getInheritanceData", links, []),
    packages: yield* elementOr(Schema.Array(TagPackage), "listPackages", packages, []),
    buildPackages: yield* elementOr(Schema.Array(TagPackage), "listPackages", buildPackages, []),
    groups: yield* elementOr(Schema.Array(TagGroup), "getTagGroups", groups, [])
  }
  const tasks = yield* ownTasks(farm, own)
  const done = yield* elementOr(Schema.NullOr(Build), "getBuild", macros, null)
  const inTag = yield* elementOr(Schema.Array(TaggedBuild), "listTagged", tagged, [])
  const event = inTag.find((row) => row.nvr === macrosNvr)?.create_event
  const current = yield* elementOr(Schema.NullOr(Repo), "getRepo", repo, null)
  const making = requests ? [] : yield* elementOr(Schema.Array(Task), "listTasks", more[0], [])
  return {
    present,
    parents: ids,
    macros: {
      built: done?.state === 1,
      tagged: event,
      task: tasks.findLast((task) =>
        task.target === target && task.key === macrosKey(plan) && task.source.endsWith(`/${macrosNvr}.src.rpm`) &&
        task.state !== 3 && task.state !== 5
      )
    },
    fresh: current?.state === 1 && event !== undefined && current.create_event >= event,
    repositoryTask: making.find(({ request }) => request?.[0] === buildTag)?.id
  } satisfies Seen
})

/** Where a module that was imported as a build keeps its document. */
const ImportedModule = Schema.NullOr(Schema.Struct({
  extra: Schema.NullOr(Schema.Struct({
    typeinfo: Schema.optional(Schema.Struct({
      module: Schema.optional(Schema.Struct({ modulemd_str: Schema.String }))
    }))
  }))
}))

/** What each module's filter keeps from being installed, by tag: its tag has these packages all the same. */
const filters = Effect.fnUntraced(function*(farm: KojiFarm, plan: BuildrootPlan) {
  const modules = plan.modules.flatMap((module) => {
    const tag = module.location === undefined ? undefined : moduleTag(module)
    return tag === undefined ? [] : [{ module, tag }]
  })
  const out = new Map<string, ReadonlySet<string>>()
  if (modules.length === 0) return out
  const builds = yield* farm.hub.readAll(
    modules.map(({ module }) => KojiCall.make("getBuild", [TagPlan.cgNvr({ ...module, scratch: false })]))
  )
  for (const [index, { module, tag }] of modules.entries()) {
    const build = yield* elementOr(ImportedModule, "getBuild", builds[index], null)
    const names = Modulemd.read(build?.extra?.typeinfo?.module?.modulemd_str ?? "").documents.flatMap((document) =>
      document._tag === "ModuleStreamV2" ? document.filter : []
    )
    const all = new Set([...plan.blocked, ...(module.filter ?? []), ...names])
    if (all.size > 0) out.set(tag, all)
  }
  return out
})

/** The platform's packages that come from a module as well. */
const collisions = (farm: KojiFarm, plan: BuildrootPlan) => {
  const isPlatform = ({ name }: BuildrootPlan["modules"][number]) => name === "platform"
  const tagsOf = (modules: BuildrootPlan["modules"]) => modules.flatMap((module) => moduleTag(module) ?? [])
  const configured = farm.settings.platformTags[plan.platform]
  const platform = [...tagsOf(plan.modules.filter(isPlatform)), ...(configured === undefined ? [] : [configured])]
  return PlatformCollisions.find(
    farm.hub,
    [...new Set(platform)],
    tagsOf(plan.modules.filter((module) => !isPlatform(module)))
  )
}

/**
 * The exact versions of what must not be installed: what the modules' filters keep back, and what the platform has besides
 * the modules.
 */
const conflicts = Effect.fnUntraced(function*(farm: KojiFarm, plan: BuildrootPlan) {
  const filtered = [...yield* filters(farm, plan)]
  const answers = filtered.length === 0 ? [] : yield* farm.hub.readAll(
    filtered.map(([tag]) => KojiCall.make("listTaggedRPMS", [tag], { latest: true, inherit: false }))
  )
  const found = new Map<string, ModuleBuildMacros.Conflict>()
  for (const { epoch, name, release, version } of yield* collisions(farm, plan)) {
    found.set(`${name}-${epoch}:${version}-${release}`, { name, epoch, version, release })
  }
  for (const [index, [, names]] of filtered.entries()) {
    const [rpms] = yield* elementOr(TaggedRpms, "listTaggedRPMS", answers[index], [[], []] as const)
    for (const { arch, epoch, name, release, version } of rpms) {
      if (arch === "src" || !names.has(name)) continue
      found.set(`${name}-${epoch ?? 0}:${version}-${release}`, { name, epoch: epoch ?? 0, version, release })
    }
  }
  return [...found.values()].sort((a, b) => a.name < b.name ? -1 : 1)
})

const TaggedRpms = Schema.Tuple([Schema.Array(Rpm), Schema.Array(Schema.Unknown)])

const uploadMacros = Effect.fnUntraced(function*(farm: KojiFarm, plan: BuildrootPlan) {
  const source = ModuleBuildMacros.sourceRpm(plan, yield* conflicts(farm, plan))
  const directory = `cli-build/orch-${plan.key.replace(/[^A-Za-z0-9._-]/g, "_")}`
  return yield* farm.hub.upload(directory, SourceRpm.filename(source), SourceRpm.write(source))
})

const macrosBuildCall = (farm: KojiFarm, plan: BuildrootPlan, target: string, path: string): KojiCall.KojiCall =>
  KojiCall.make("build", [
    path,
    target,
    { skip_tag: true, custom_user_metadata: { [TaskLedger.keyMember]: macrosKey(plan) } }
  ], { priority: farm.settings.priority, channel: farm.settings.channel })

/** Calls that put the macros package into the buildroot; none when it is there. */
const admissionCalls = (
  plan: BuildrootPlan,
  { buildTag }: BuildrootNames.BuildrootNames,
  { macros, present }: Seen
): ReadonlyArray<KojiCall.KojiCall> => {
  const { groups, packageName } = ModuleBuildMacros
  const isInGroup = (group: string) =>
    present.groups.find(({ name }) => name === group)?.packagelist.some((row) =>
      row.package === packageName && !row.blocked
    )
  return [
    ...groups.filter((group) => !isInGroup(group))
      .map((group) => KojiCall.make("groupPackageListAdd", [buildTag, group, packageName])),
    ...(macros.tagged === undefined
      ? [KojiCall.make("tagBuildBypass", [buildTag, ModuleBuildMacros.nvr(plan)])]
      : [])
  ]
}

/** What the preparation has to do next about the macros package, besides the configuration. */
interface Step {
  readonly calls: ReadonlyArray<KojiCall.KojiCall>
  /** What is waited for afterwards, from the answer to the last of the calls. */
  readonly awaits: (
    answer: KojiHub.Answer | undefined
  ) => Effect.Effect<RepositoryTicket.RepositoryTicket | undefined, KojiError>
}

const nothing: Step = { calls: [], awaits: () => Effect.succeed(undefined) }

const nextStep = Effect.fnUntraced(function*(
  farm: KojiFarm,
  plan: BuildrootPlan,
  names: BuildrootNames.BuildrootNames,
  seen: Seen
) {
  const { built, tagged, task } = seen.macros
  if (!farm.settings.macrosPackage) return nothing
  const nvr = ModuleBuildMacros.nvr(plan)
  if (built || tagged !== undefined) {
    const missing = admissionCalls(plan, names, seen)
    if (missing.length === 0 && seen.fresh) return nothing
    // A task that began before the package was tagged makes a repository without it.
    const running = missing.length === 0 ? seen.repositoryTask : undefined
    const request = BuildAdmission.requestCall(farm, names.buildTag, running)
    return {
      calls: [...missing, ...request],
      awaits: (answer) => BuildAdmission.ticketOf(farm, [nvr], running, request.length === 0 ? undefined : answer)
    } satisfies Step
  }
  if (task?.state === 2) {
    return yield* failure(farm.hub, "prepare", "rejected", `task ${task.id} ended without building ${nvr}`)
  }
  if (task !== undefined) {
    return { calls: [], awaits: () => Effect.succeed({ built: nvr, task: task.id }) } satisfies Step
  }
  const source = yield* uploadMacros(farm, plan)
  const call = macrosBuildCall(farm, plan, names.target, source)
  return {
    calls: [call],
    awaits: (answer) =>
      Effect.map(element(Schema.Number, "build", answer), (id) => {
        farm.ledger.remember([{ id, key: macrosKey(plan), source, target: names.target, state: 0 }])
        return { built: nvr, task: id }
      })
  } satisfies Step
})

/** One look and one write where nobody interferes; what has to come next, if anything. */
const step = Effect.fnUntraced(function*(farm: KojiFarm, plan: BuildrootPlan, names: BuildrootNames.BuildrootNames) {
  let fault: KojiFault | undefined
  for (let round = 0; round < 3; round++) {
    const seen = yield* look(farm, plan, names)
    const { awaits, calls: more } = yield* nextStep(farm, plan, names, seen)
    const wanted = { plan, names, parents: seen.parents, owner: farm.user.name }
    const calls = [...BuildrootConfiguration.calls(wanted, seen.present), ...more]
    const answers = calls.length === 0 ? [] : yield* farm.hub.writeAll(calls)
    fault = firstFault(answers)
    if (fault === undefined) return yield* awaits(answers.at(-1))
  }
  // Another process may make the same at the same time; what is still refused after looking again is really refused.
  return yield* Effect.fail(fault ?? failure(farm.hub, "prepare", "unreachable", "the buildroot does not settle"))
})

export const prepare = (farm: KojiFarm, plan: BuildrootPlan): Effect.Effect<Buildroot, Failure> => {
  const names = BuildrootNames.ofPlan(plan)
  const missing = HubCapabilities.missingPermissions(farm.capabilities)
  if (missing.length > 0) {
    const grants = missing.map((permission) => `koji grant-permission ${permission} ${farm.user.name}`).join("; ")
    const words = missing.map((permission) => `"${permission}"`).join(" and ")
    return Effect.fail(
      failure(
        farm.hub,
        "prepare",
        "refused",
        `${farm.user.name} lacks the permission ${words}; an administrator can run: ${grants}`
      )
    )
  }
  return KojiHub.converge("prepare", step(farm, plan, names)).pipe(
    Effect.map((ticket) => ({
      ...BuildrootNames.toBuildroot(plan.key, names),
      ...(ticket === undefined ? {} : { awaits: RepositoryTicket.format(ticket) })
    })),
    farm.preparing(names.tag).withPermit
  )
}
