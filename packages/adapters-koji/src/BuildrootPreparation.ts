/**
 * Makes a hub ready to build one module: tags, inheritance, packages, groups and target; then `module-build-macros` built,
 * tagged, and in the repository.
 *
 * One look, one write of what is missing, and the name of what has to come before it can go on. Everything is found by name
 * or key, so a preparation that was cut short goes on where it stopped, in any process.
 */
import type { MacrosPackage } from "@orch/core/farm/Buildroot"
import { type Buildroot, type BuildrootPlan, type BuildSystemError } from "@orch/core/ports/BuildSystem"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as BuildAdmission from "./BuildAdmission.ts"
import * as BuildrootConfiguration from "./BuildrootConfiguration.ts"
import * as BuildrootNames from "./BuildrootNames.ts"
import * as HubCapabilities from "./HubCapabilities.ts"
import { failure } from "./HubFailure.ts"
import * as HubHistory from "./HubHistory.ts"
import {
  Build,
  element,
  elementOr,
  InheritanceLink,
  Repo,
  Tag,
  TaggedBuild,
  TagGroup,
  TagPackage,
  Target,
  Task
} from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiError, KojiFault } from "./KojiError.ts"
import { firstFault, type KojiFarm, ownTasks, sawTarget } from "./KojiFarm.ts"
import * as KojiHub from "./KojiHub.ts"
import * as ModuleBuildMacros from "./ModuleBuildMacros.ts"
import * as ModuleConflicts from "./ModuleConflicts.ts"
import { macrosKey, type Stage, stagesOf } from "./PreparationStage.ts"
import * as RepositoryTicket from "./RepositoryTicket.ts"
import * as SettingsCheck from "./SettingsCheck.ts"
import * as SourceRpm from "./SourceRpm.ts"
import * as TaskLedger from "./TaskLedger.ts"

/** Why a preparation cannot go on: the hub failed, or it lacks what the plan needs. */
export type Failure = KojiError | BuildSystemError

/** What one look at the hub shows. */
interface Seen {
  readonly present: BuildrootConfiguration.Present
  readonly parents: ReadonlyArray<number>
  /** Packages of which a build is in the build tag; looked at only where some are to be hidden until then. */
  readonly built: ReadonlySet<string>
  readonly macros: {
    readonly built: boolean
    /** The event that tagged it. */
    readonly tagged: number | undefined
    /** Our task that builds it, unless it failed or was canceled. */
    readonly task: { readonly id: number; readonly state: number } | undefined
    /** The task that built it, where the hub tells. */
    readonly builtBy: number | undefined
  }
  /** Whether there is a repository that has the macros package. */
  readonly fresh: boolean
  /** A `newRepo` task for the build tag that has not ended. */
  readonly repositoryTask: number | undefined
}

/** What has to stay out of the buildroot: looked for once, where it is needed. */
type Conflicts = Effect.Effect<ModuleConflicts.Found, KojiError>

const parentTags = (farm: KojiFarm, plan: BuildrootPlan): Effect.Effect<ReadonlyArray<string>, BuildSystemError> => {
  const own = plan.modules.flatMap((module) => ModuleConflicts.moduleTag(module) ?? [])
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

const look = Effect.fnUntraced(function*(farm: KojiFarm, stage: Stage) {
  const { names, pass, plan } = stage
  const parents = pass === undefined ? yield* parentTags(farm, plan) : [BuildrootNames.ofPlan(plan).buildTag]
  const { buildTag, tag, target } = names
  const ledger = yield* farm.ledger.look
  const macrosNvr = ModuleBuildMacros.nvr(plan)
  const requests = HubCapabilities.hasRepositoryRequests(farm.capabilities)
  const hides = plan.blocked.length > 0 && pass === undefined
  const history = HubHistory.questions(farm, [ModuleBuildMacros.packageName, ...plan.packages], buildTag)
  const now = yield* Clock.currentTimeMillis
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
      ...(hides ? [BuildAdmission.listTagged(buildTag)] : []),
      ...parents.map((parent) => KojiCall.make("getTag", [parent])),
      ...history.calls
    ])
  yield* history.absorb(more.slice(more.length - history.calls.length))
  const ofRequests = requests ? 0 : 1
  const above = more.slice(ofRequests + (hides ? 1 : 0))
  const builds = hides ? yield* elementOr(Schema.Array(TaggedBuild), "listTagged", more[ofRequests], []) : []
  const ids: Array<number> = []
  for (const [index, parent] of parents.entries()) {
    const found = yield* elementOr(Schema.NullOr(Tag), "getTag", above[index], null)
    if (found === null) {
      const { platformTags } = farm.settings.names ?? SettingsCheck.fieldNames
      const from = Object.entries(farm.settings.platformTags).find(([, one]) => one === parent)?.[0]
      const whose = from === undefined ? "" : `; ${platformTags} names it for ${from}`
      return yield* failure(farm.hub, "prepare", "rejected", `there is no tag ${parent} to inherit from${whose}`)
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
  sawTarget(farm, target, present.target !== undefined, now)
  const tasks = yield* ownTasks(farm, own)
  const done = yield* elementOr(Schema.NullOr(Build), "getBuild", macros, null)
  const inTag = yield* elementOr(Schema.Array(TaggedBuild), "listTagged", tagged, [])
  const event = inTag.find((row) => row.nvr === macrosNvr)?.create_event
  const current = yield* elementOr(Schema.NullOr(Repo), "getRepo", repo, null)
  const making = requests ? [] : yield* elementOr(Schema.Array(Task), "listTasks", more[0], [])
  return {
    present,
    parents: ids,
    built: new Set(builds.map(({ nvr }) => BuildAdmission.packageOf(nvr))),
    macros: {
      built: done?.state === 1,
      tagged: event,
      builtBy: done?.task_id ?? undefined,
      task: tasks.findLast((task) =>
        task.target === target && task.key === macrosKey(stage) && task.source.endsWith(`/${macrosNvr}.src.rpm`) &&
        task.state !== 3 && task.state !== 5
      )
    },
    fresh: current?.state === 1 && event !== undefined && current.create_event >= event,
    repositoryTask: making.find(({ request }) => request?.[0] === buildTag)?.id
  } satisfies Seen
})

const uploadMacros = Effect.fnUntraced(function*(farm: KojiFarm, { plan }: Stage, conflicts: Conflicts) {
  const source = ModuleBuildMacros.sourceRpm(plan, (yield* conflicts).conflicts)
  const directory = `cli-build/orch-${plan.key.replace(/[^A-Za-z0-9._-]/g, "_")}`
  return yield* farm.hub.upload(directory, SourceRpm.filename(source), SourceRpm.write(source))
})

const macrosBuildCall = (farm: KojiFarm, stage: Stage, path: string): KojiCall.KojiCall =>
  KojiCall.make("build", [
    path,
    stage.names.target,
    { skip_tag: true, custom_user_metadata: { [TaskLedger.keyMember]: macrosKey(stage) } }
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

const nextStep = Effect.fnUntraced(function*(farm: KojiFarm, stage: Stage, seen: Seen, conflicts: Conflicts) {
  const { names, plan } = stage
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
  const source = yield* uploadMacros(farm, stage, conflicts)
  const call = macrosBuildCall(farm, stage, source)
  return {
    calls: [call],
    awaits: (answer) =>
      Effect.map(element(Schema.Number, "build", answer), (id) => {
        farm.ledger.remember([{ id, key: macrosKey(stage), source, target: names.target, state: 0 }])
        return { built: nvr, task: id }
      })
  } satisfies Step
})

/** How the macros package is; a ticket that awaits a build is that of the package. */
const macrosOf = (
  farm: KojiFarm,
  { plan }: Stage,
  { macros: { built, builtBy, tagged, task } }: Seen,
  ticket: RepositoryTicket.RepositoryTicket | undefined
): MacrosPackage | undefined => {
  const by = ticket !== undefined && "built" in ticket ? ticket.task : task?.id ?? builtBy
  return !farm.settings.macrosPackage ? undefined : {
    name: ModuleBuildMacros.packageName,
    nvr: ModuleBuildMacros.nvr(plan),
    ...(by === undefined ? {} : { task: String(by) }),
    built: built || tagged !== undefined
  }
}

/** One look and one write where nobody interferes; what has to come next, if anything. */
const step = Effect.fnUntraced(function*(farm: KojiFarm, stage: Stage, conflicts: Conflicts) {
  const { names, pass, plan } = stage
  let fault: KojiFault | undefined
  for (let round = 0; round < 3; round++) {
    const seen = yield* look(farm, stage)
    const { awaits, calls: more } = yield* nextStep(farm, stage, seen, conflicts)
    const inheritsPackages = pass !== undefined
    const { built, parents } = seen
    const wanted = { plan, names, parents, owner: farm.user.name, inheritsPackages, built }
    const calls = [...BuildrootConfiguration.calls(wanted, seen.present), ...more]
    const answers = calls.length === 0 ? [] : yield* farm.hub.writeAll(calls)
    fault = firstFault(answers)
    if (fault !== undefined) continue
    const ticket = yield* awaits(answers.at(-1))
    return { ticket, macros: macrosOf(farm, stage, seen, ticket) }
  }
  // Another process may make the same at the same time; what is still refused after looking again is really refused.
  return yield* Effect.fail(fault ?? failure(farm.hub, "prepare", "unreachable", "the buildroot does not settle"))
})

/** The first thing that has to come before all stages are prepared, if any is left; and the macros package of the first stage. */
const stages = Effect.fnUntraced(function*(farm: KojiFarm, plan: BuildrootPlan, conflicts: Conflicts) {
  let own: MacrosPackage | undefined
  for (const stage of stagesOf(plan)) {
    const { macros, ticket } = yield* KojiHub.converge("prepare", step(farm, stage, conflicts))
    if (stage.pass === undefined) own = macros
    if (ticket === undefined) continue
    const awaits = stage.pass === undefined || "built" in ticket ? ticket : { ...ticket, tag: stage.names.buildTag }
    return { awaits: RepositoryTicket.format(awaits), ...(own === undefined ? {} : { macros: own }) }
  }
  return own === undefined ? {} : { macros: own }
})

/** Whether nothing is left to be done once this is ready: it is the repository of the last stage. */
export const isLast = (plan: BuildrootPlan, awaits: string): boolean => {
  const ticket = RepositoryTicket.parse({ id: awaits })
  if (Result.isFailure(ticket) || "built" in ticket.success) return false
  const last = BuildrootNames.allOf(plan).at(-1)
  return (ticket.success.tag ?? BuildrootNames.ofPlan(plan).buildTag) === last?.buildTag
}

/** One step of a preparation. What has to come before the next is named in `awaits`. */
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
  if ((plan.passes ?? 0) > 0 && !farm.settings.macrosPackage) {
    return Effect.fail(failure(
      farm.hub,
      "prepare",
      "rejected",
      "a package that is built twice needs a release of its own in each pass, which only the macros package gives it"
    ))
  }
  return Effect.gen(function*() {
    const conflicts = yield* Effect.cached(ModuleConflicts.find(farm, plan))
    const prepared = yield* stages(farm, plan, conflicts)
    // Without the macros package nothing is kept out.
    const keptOut = plan.knowsKeptOut === true || !farm.settings.macrosPackage
      ? {}
      : { keptOut: (yield* conflicts).keptOut }
    return { ...BuildrootNames.toBuildroot(plan.key, names), ...prepared, ...keptOut }
  }).pipe(farm.preparing(names.tag).withPermit)
}
