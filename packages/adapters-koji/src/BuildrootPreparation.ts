/**
 * Makes a hub ready to build one module: tags, inheritance, packages, groups and target; then `module-build-macros` built,
 * tagged, and in the repository.
 *
 * Everything is found by name or key, so a preparation that was cut short goes on where it stopped, in any process.
 */
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import { type Buildroot, type BuildrootPlan, type BuildSystemError } from "@orch/core/ports/BuildSystem"
import * as TagPlan from "@orch/core/resolution/TagPlan"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
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
import * as SourceRpm from "./SourceRpm.ts"
import * as TaskLedger from "./TaskLedger.ts"

type Failure = KojiError | BuildSystemError

/** What one look at the hub shows. */
interface Seen {
  readonly present: BuildrootConfiguration.Present
  readonly parents: ReadonlyArray<number>
  readonly macros: {
    readonly built: boolean
    readonly tagged: boolean
    /** Our task that builds it, as long as it may still succeed. */
    readonly task: number | undefined
  }
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
  const [own, ownTag, build, there, links, packages, buildPackages, groups, macros, tagged, ...above] = yield* farm.hub
    .readAll([
      ledger,
      KojiCall.make("getTag", [tag]),
      KojiCall.make("getTag", [buildTag]),
      KojiCall.make("getBuildTarget", [target]),
      KojiCall.make("getInheritanceData", [buildTag]),
      KojiCall.make("listPackages", [], { tagID: tag, inherited: false }),
      KojiCall.make("listPackages", [], { tagID: buildTag, inherited: false }),
      KojiCall.make("getTagGroups", [buildTag], { inherit: false }),
      KojiCall.make("getBuild", [macrosNvr]),
      KojiCall.make("listTagged", [buildTag], { package: ModuleBuildMacros.packageName, inherit: false }),
      ...parents.map((parent) => KojiCall.make("getTag", [parent]))
    ])
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
  return {
    present,
    parents: ids,
    macros: {
      built: done?.state === 1,
      tagged: inTag.some((row) => row.nvr === macrosNvr),
      task: tasks.findLast((task) => task.key === macrosKey(plan) && task.state !== 3 && task.state !== 5)?.id
    }
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
  for (const [index, { tag }] of modules.entries()) {
    const build = yield* elementOr(ImportedModule, "getBuild", builds[index], null)
    const names = Modulemd.read(build?.extra?.typeinfo?.module?.modulemd_str ?? "").documents.flatMap((document) =>
      document._tag === "ModuleStreamV2" ? document.filter : []
    )
    const all = new Set([...plan.blocked, ...names])
    if (all.size > 0) out.set(tag, all)
  }
  return out
})

/** The exact versions of what the modules' filters keep from being installed, and the components must not see either. */
const conflicts = Effect.fnUntraced(function*(farm: KojiFarm, plan: BuildrootPlan) {
  const filtered = [...yield* filters(farm, plan)]
  if (filtered.length === 0) return []
  const answers = yield* farm.hub.readAll(
    filtered.map(([tag]) => KojiCall.make("listTaggedRPMS", [tag], { latest: true, inherit: false }))
  )
  const found = new Map<string, ModuleBuildMacros.Conflict>()
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

/** Configuration and the macros' task, in one look and one write where nobody interferes. */
const configure = Effect.fnUntraced(function*(
  farm: KojiFarm,
  plan: BuildrootPlan,
  names: BuildrootNames.BuildrootNames
) {
  let fault: KojiFault | undefined
  for (let round = 0; round < 3; round++) {
    const seen = yield* look(farm, plan, names)
    const wanted = { plan, names, parents: seen.parents, owner: farm.user.name }
    const calls = [...BuildrootConfiguration.calls(wanted, seen.present)]
    const { built, tagged, task } = seen.macros
    const submits = farm.settings.macrosPackage && !built && !tagged && task === undefined
    if (submits) {
      calls.push(macrosBuildCall(farm, plan, names.target, yield* uploadMacros(farm, plan)))
    }
    if (calls.length === 0) return seen
    const answers = yield* farm.hub.writeAll(calls)
    fault = firstFault(answers)
    const last = answers.at(-1)
    if (submits && last !== undefined && Result.isSuccess(last) && typeof last.success === "number") {
      farm.ledger.remember([
        { id: last.success, key: macrosKey(plan), source: "", target: names.target, state: 0 }
      ])
      if (fault === undefined) return { ...seen, macros: { ...seen.macros, task: last.success } }
    }
    if (fault === undefined) return seen
  }
  // Another process may make the same at the same time; what is still refused after looking again is really refused.
  return yield* Effect.fail(fault ?? failure(farm.hub, "prepare", "unreachable", "the buildroot does not settle"))
})

const waitForMacros = Effect.fnUntraced(function*(farm: KojiFarm, plan: BuildrootPlan, seen: Seen, deadline: number) {
  const { built, task } = seen.macros
  if (built) return
  const nvr = ModuleBuildMacros.nvr(plan)
  for (;;) {
    // A build takes longer than a look, so the first look waits, too.
    yield* pause(farm, deadline, `${nvr} is being built in task ${task}`)
    const [build, info] = yield* farm.hub.readAll([
      KojiCall.make("getBuild", [nvr]),
      KojiCall.make("getTaskInfo", [task ?? 0])
    ])
    const done = yield* elementOr(Schema.NullOr(Build), "getBuild", build, null)
    if (done?.state === 1) return
    const state = (yield* elementOr(Schema.NullOr(Task), "getTaskInfo", info, null))?.state
    if (state === 3 || state === 5) {
      const how = state === 3 ? "was canceled" : "failed"
      return yield* failure(farm.hub, "prepare", "rejected", `${nvr} could not be built: task ${task} ${how}`)
    }
    if (state === 2 && done === null) {
      return yield* failure(farm.hub, "prepare", "rejected", `task ${task} ended without building ${nvr}`)
    }
  }
})

const pause = (farm: KojiFarm, deadline: number, what: string): Effect.Effect<void, BuildSystemError> =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    now >= deadline
      ? Effect.fail(failure(farm.hub, "prepare", "unreachable", `not ready in time: ${what}`))
      : Effect.sleep(farm.settings.pollInterval))

const admitMacros = Effect.fnUntraced(function*(
  farm: KojiFarm,
  plan: BuildrootPlan,
  names: BuildrootNames.BuildrootNames,
  deadline: number
) {
  const nvr = ModuleBuildMacros.nvr(plan)
  const request = yield* BuildAdmission.admit(farm, {
    names,
    into: [names.buildTag],
    nvrs: [nvr],
    beforehand: ModuleBuildMacros.groups.map((group) =>
      KojiCall.make("groupPackageListAdd", [names.buildTag, group, ModuleBuildMacros.packageName])
    )
  })
  for (let reason = `the repository of ${names.buildTag} is being made`;;) {
    yield* pause(farm, deadline, reason)
    const state = yield* BuildAdmission.observe(farm, request)
    if (state === undefined || state._tag === "Ready") return
    if (state._tag === "Failed") return yield* failure(farm.hub, "prepare", "rejected", state.reason)
    reason = state.reason
  }
})

/** Whether the macros package is in the buildroot already, so that there is nothing to wait for. */
const isComplete = ({ macros, present }: Seen): boolean =>
  macros.tagged &&
  ModuleBuildMacros.groups.every((group) =>
    present.groups.find(({ name }) => name === group)?.packagelist.some((row) =>
      row.package === ModuleBuildMacros.packageName && !row.blocked
    )
  )

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
  return Effect.gen(function*() {
    const deadline = (yield* Clock.currentTimeMillis) + Duration.toMillis(farm.settings.prepareTimeout)
    const seen = yield* KojiHub.converge("prepare", configure(farm, plan, names))
    if (farm.settings.macrosPackage && !isComplete(seen)) {
      yield* waitForMacros(farm, plan, seen, deadline)
      yield* admitMacros(farm, plan, names, deadline)
    }
    return BuildrootNames.toBuildroot(plan.key, names)
  }).pipe(farm.preparing(names.tag).withPermit)
}
