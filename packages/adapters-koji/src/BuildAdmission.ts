/**
 * Puts builds into tags and asks for a repository that contains them.
 *
 * Hubs from 1.35 make repositories on request and answer equal requests with the same one; before, a `newRepo` task is ours
 * to start.
 */
import type { RepositoryRequest } from "@orch/core/ports/BuildSystem"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type BuildrootNames, toBuildroot } from "./BuildrootNames.ts"
import * as HubCapabilities from "./HubCapabilities.ts"
import { element, elementOr, RepoCheck, TaggedBuild, TagPackage, Task } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiError, ResultLost } from "./KojiError.ts"
import { firstFault, type KojiFarm } from "./KojiFarm.ts"
import * as KojiHub from "./KojiHub.ts"
import * as RepositoryTicket from "./RepositoryTicket.ts"

/** What is to be in a buildroot, and in which tags it goes. */
export interface Admission {
  readonly names: BuildrootNames
  /** Tags each NVR goes to. */
  readonly into: ReadonlyArray<string>
  readonly nvrs: ReadonlyArray<string>
  /** Packages that the tags may not list: of builds that are not called as their component is. A tag hides what it does not list. */
  readonly unlisted?: ReadonlyArray<string>
}

const TaggedBuilds = Schema.Array(TaggedBuild)

/** The call that lists the builds of a tag itself, without what it inherits. */
export const listTagged = (tag: string) => KojiCall.make("listTagged", [tag], { inherit: false })

/** The package that a build is of. */
export const packageOf = (nvr: string): string => nvr.split("-").slice(0, -2).join("-")

/** Whether we may have the hub make repositories: by request, or by tasks of our own. */
export const mayMakeRepositories = ({ capabilities }: KojiFarm): boolean =>
  ["repo", "regen-repo"].some((permission) => HubCapabilities.may(capabilities, permission))

/** Asks for the tag's repository as it is now; nothing where one that waits will do. */
export const requestCall = (
  farm: KojiFarm,
  buildTag: string,
  running: number | undefined
): ReadonlyArray<KojiCall.KojiCall> => {
  if (HubCapabilities.hasRepositoryRequests(farm.capabilities)) {
    return [KojiCall.make("repo.request", [buildTag], { min_event: "last" })]
  }
  // Without the permission, kojira makes it in its own time.
  return mayMakeRepositories(farm) && running === undefined ? [KojiCall.make("newRepo", [buildTag])] : []
}

/** The `newRepo` tasks that have not ended, kojira's too, or only this user's. */
export const repositoryTasks = (owner?: number): KojiCall.KojiCall =>
  KojiCall.make("listTasks", [
    { method: "newRepo", state: [0, 1, 4], decode: true, ...(owner === undefined ? {} : { owner }) },
    { order: "-id", limit: 1000 }
  ])

/** The `newRepo` task for this tag that has not begun, so that it will see what is tagged now. */
const waitingRepoTask = (tasks: ReadonlyArray<Task>, buildTag: string): number | undefined =>
  tasks.find((task) => task.state === 0 && task.request?.[0] === buildTag)?.id

/** The answer to `requestCall`, as what can be asked about later. */
export const ticketOf = (
  farm: KojiFarm,
  nvrs: ReadonlyArray<string>,
  running: number | undefined,
  answer: KojiHub.Answer | undefined
): Effect.Effect<RepositoryTicket.Wanted, KojiError> => {
  if (HubCapabilities.hasRepositoryRequests(farm.capabilities)) {
    return Effect.map(
      element(RepoCheck, "repo.request", answer),
      ({ request }) => request === null ? { nvrs } : { nvrs, request: request.id }
    )
  }
  return answer === undefined
    ? Effect.succeed(running === undefined ? { nvrs } : { nvrs, task: running })
    : Effect.map(element(Schema.Number, "newRepo", answer), (task) => ({ nvrs, task }))
}

/** The calls that put builds into the tags they are missing from; `answers` begin with `listTagged` of each tag. */
export const untagged = Effect.fnUntraced(function*(
  into: ReadonlyArray<string>,
  nvrs: ReadonlyArray<string>,
  answers: ReadonlyArray<KojiHub.Answer>
) {
  const missing: Array<KojiCall.KojiCall> = []
  for (const [index, tag] of into.entries()) {
    const rows = yield* element(TaggedBuilds, "listTagged", answers[index])
    const there = new Set(rows.map((row) => row.nvr))
    missing.push(...nvrs.filter((nvr) => !there.has(nvr)).map((nvr) => KojiCall.make("tagBuildBypass", [tag, nvr])))
  }
  return missing
})

const packagesCall = ({ buildTag }: BuildrootNames) =>
  KojiCall.make("listPackages", [], { tagID: buildTag, inherited: false })

/** The packages of these builds that the tag does not show. */
const hidden = (packages: ReadonlyArray<TagPackage>, nvrs: ReadonlyArray<string>): ReadonlyArray<string> => {
  const built = new Set(nvrs.map(packageOf))
  return packages.flatMap(({ blocked, package_name }) => blocked && built.has(package_name) ? [package_name] : [])
}

const step = Effect.fnUntraced(function*(farm: KojiFarm, admission: Admission, round: number) {
  const { hub } = farm
  const { into, names, nvrs, unlisted = [] } = admission
  const answers = yield* hub.readAll([
    ...into.map(listTagged),
    packagesCall(names),
    repositoryTasks()
  ])
  const missing = yield* untagged(into, nvrs, answers)
  const packages = yield* elementOr(Schema.Array(TagPackage), "listPackages", answers.at(-2), [])
  const tasks = yield* elementOr(Schema.Array(Task), "listTasks", answers.at(-1), [])
  const running = missing.length === 0 ? waitingRepoTask(tasks, names.buildTag) : undefined
  const request = requestCall(farm, names.buildTag, running)
  // Adding what is listed already changes nothing.
  const listing = missing.length === 0 ?
    [] :
    into.flatMap((tag) =>
      unlisted.map((name) => KojiCall.make("packageListAdd", [tag, name], { owner: farm.user.name }))
    )
  // What was hidden until it is built here is built now.
  const shown = hidden(packages, nvrs).map((name) => KojiCall.make("packageListUnblock", [names.buildTag, name]))
  const calls = [...shown, ...listing, ...missing, ...request]
  const written = calls.length === 0 ? [] : yield* hub.writeAll(calls)
  const fault = firstFault(written)
  // Somebody else may have tagged it in between; looking again tells.
  if (fault !== undefined) return round > 0 ? undefined : yield* Effect.fail(fault)
  return yield* ticketOf(farm, nvrs, running, request.length === 0 ? undefined : written.at(-1))
})

/**
 * Does it as if nothing of it had been done, in one request: true of all but a repetition, whose builds a hub refuses to tag again.
 * Answers nothing where something was refused; what the hub has then is looked at.
 */
const directly = Effect.fnUntraced(function*(farm: KojiFarm, admission: Admission) {
  const { into, names, nvrs, unlisted = [] } = admission
  const request = requestCall(farm, names.buildTag, undefined)
  const answers = yield* farm.hub.writeAll([
    ...into.flatMap((tag) =>
      unlisted.map((name) => KojiCall.make("packageListAdd", [tag, name], { owner: farm.user.name }))
    ),
    ...into.flatMap((tag) => nvrs.map((nvr) => KojiCall.make("tagBuildBypass", [tag, nvr]))),
    packagesCall(names),
    ...request
  ])
  if (firstFault(answers) !== undefined) return undefined
  const packages = yield* elementOr(Schema.Array(TagPackage), "listPackages", answers.at(-1 - request.length), [])
  // A repository without what is hidden is of no use.
  if (hidden(packages, nvrs).length > 0) return undefined
  return yield* ticketOf(farm, nvrs, undefined, request.length === 0 ? undefined : answers.at(-1))
})

/** Tags what is missing and asks for the repository; safe to repeat. */
export const admit = (farm: KojiFarm, admission: Admission): Effect.Effect<RepositoryRequest, KojiError> => {
  let isFirst = true
  const attempt = Effect.suspend((): Effect.Effect<RepositoryTicket.Wanted, KojiError | ResultLost> => {
    if (!isFirst) return rounds(2)
    isFirst = false
    return Effect.flatMap(
      directly(farm, admission),
      (ticket) => ticket === undefined ? rounds(2) : Effect.succeed(ticket)
    )
  })
  const rounds = (left: number): Effect.Effect<RepositoryTicket.Wanted, KojiError | ResultLost> =>
    Effect.flatMap(
      step(farm, admission, left),
      (ticket) => ticket === undefined ? rounds(left - 1) : Effect.succeed(ticket)
    )
  return Effect.map(KojiHub.converge("admit", attempt), (ticket) => ({
    buildroot: toBuildroot("", admission.names).id,
    id: RepositoryTicket.format(ticket)
  }))
}
