/**
 * Puts builds into tags and gets a repository made that contains them.
 *
 * A repository counts only when it is READY and was made from an event at or after the one that tagged the last of the
 * builds: "task closed" and "current" are no proof, since other changes and older tasks overtake each other. Hubs from 1.35
 * make repositories on request and answer equal requests with the same one; before, a `newRepo` task is ours to start.
 */
import type { RepositoryRequest, RepositoryState } from "@orch/core/ports/BuildSystem"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type BuildrootNames, ofBuildroot } from "./BuildrootNames.ts"
import * as HubCapabilities from "./HubCapabilities.ts"
import { element, elementOr, Repo, RepoCheck, TaggedBuild, Task } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiError, ResultLost } from "./KojiError.ts"
import { firstFault, type KojiFarm } from "./KojiFarm.ts"
import * as KojiHub from "./KojiHub.ts"

/** What a repository request must lead back to, also in another process: kept as JSON in the port's opaque id. */
const Ticket = Schema.fromJsonString(Schema.Struct({
  nvrs: Schema.Array(Schema.String),
  request: Schema.optionalKey(Schema.Number),
  task: Schema.optionalKey(Schema.Number)
}))
type Ticket = typeof Ticket.Type

const encodeTicket = Schema.encodeSync(Ticket)

export interface Admission {
  readonly names: BuildrootNames
  /** Tags each NVR goes to. */
  readonly into: ReadonlyArray<string>
  readonly nvrs: ReadonlyArray<string>
  /** Calls to be made before the builds are tagged, so that what has the builds has these too. Safe to repeat. */
  readonly beforehand: ReadonlyArray<KojiCall.KojiCall>
}

const TaggedBuilds = Schema.Array(TaggedBuild)
const live = [0, 1, 4]

const listTagged = (tag: string) => KojiCall.make("listTagged", [tag], { inherit: false })

const mayMakeRepositories = ({ capabilities }: KojiFarm): boolean =>
  ["repo", "regen-repo"].some((permission) => HubCapabilities.may(capabilities, permission))

const requestCall = (
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

/** The `newRepo` task for this tag that has not begun, so that it will see what is tagged now. */
const waitingRepoTask = (tasks: ReadonlyArray<Task>, buildTag: string): number | undefined =>
  tasks.find((task) => task.state === 0 && task.request?.[0] === buildTag)?.id

const ticketOf = (
  farm: KojiFarm,
  nvrs: ReadonlyArray<string>,
  running: number | undefined,
  answer: KojiHub.Answer | undefined
): Effect.Effect<Ticket, KojiError> => {
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
const untagged = Effect.fnUntraced(function*(
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

const step = Effect.fnUntraced(function*(farm: KojiFarm, admission: Admission, round: number) {
  const { hub } = farm
  const { beforehand, into, names, nvrs } = admission
  const answers = yield* hub.readAll([
    ...into.map(listTagged),
    KojiCall.make("listTasks", [{ method: "newRepo", state: live, decode: true }, { order: "-id", limit: 200 }])
  ])
  const missing = yield* untagged(into, nvrs, answers)
  const tasks = yield* elementOr(Schema.Array(Task), "listTasks", answers.at(-1), [])
  const running = missing.length === 0 ? waitingRepoTask(tasks, names.buildTag) : undefined
  const request = requestCall(farm, names.buildTag, running)
  const calls = [...beforehand, ...missing, ...request]
  const written = calls.length === 0 ? [] : yield* hub.writeAll(calls)
  const fault = firstFault(written)
  // Somebody else may have tagged it in between; looking again tells.
  if (fault !== undefined) return round > 0 ? undefined : yield* Effect.fail(fault)
  return yield* ticketOf(farm, nvrs, running, request.length === 0 ? undefined : written.at(-1))
})

/** Tags what is missing and asks for the repository; safe to repeat. */
export const admit = (farm: KojiFarm, admission: Admission): Effect.Effect<RepositoryRequest, KojiError> => {
  const rounds = (left: number): Effect.Effect<Ticket, KojiError | ResultLost> =>
    Effect.flatMap(
      step(farm, admission, left),
      (ticket) => ticket === undefined ? rounds(left - 1) : Effect.succeed(ticket)
    )
  const { tag, target } = admission.names
  return Effect.map(KojiHub.converge("admit", rounds(2)), (ticket) => ({
    buildroot: tag === target ? tag : `${tag} ${target}`,
    id: encodeTicket(ticket)
  }))
}

/** Tags builds and asks for nothing more: for those that nobody is going to be built with. Safe to repeat. */
export const tag = (
  hub: KojiHub.KojiHub,
  into: ReadonlyArray<string>,
  nvrs: ReadonlyArray<string>
): Effect.Effect<void, KojiError> => {
  const rounds = (left: number): Effect.Effect<void, KojiError | ResultLost> =>
    Effect.gen(function*() {
      const missing = yield* untagged(into, nvrs, yield* hub.readAll(into.map(listTagged)))
      if (missing.length === 0) return
      const fault = firstFault(yield* hub.writeAll(missing))
      if (fault === undefined) return
      if (left === 0) return yield* Effect.fail(fault)
      return yield* rounds(left - 1)
    })
  return nvrs.length === 0 ? Effect.void : KojiHub.converge("tag", rounds(2))
}

/** As many as a hub tries itself from 1.35 on. */
const maxRepoTasks = 3

const afterFailedTask = Effect.fnUntraced(function*(farm: KojiFarm, id: string, buildTag: string, task: Task) {
  const known = farm.repositoryRetries.get(id) ?? { task: task.id, tries: 1 }
  if (known.tries >= maxRepoTasks) {
    farm.repositoryRetries.delete(id)
    return failed(
      `the repository of ${buildTag} could not be made: task ${task.id} ${
        task.state === 3 ? "was canceled" : "failed"
      }, as did those before`
    )
  }
  const [call] = requestCall(farm, buildTag, undefined)
  if (call === undefined) return pending(`task ${task.id} failed; kojira will try again`)
  const answer = yield* Effect.catchTag(
    farm.hub.write(call),
    "ResultLost",
    () => Effect.succeed(task.id)
  )
  const next = typeof answer === "number" ? answer : task.id
  farm.repositoryRetries.set(id, { task: next, tries: known.tries + 1 })
  return pending(`task ${task.id} failed; task ${next} tries again`)
})

/** A queue that nobody serves: our own task, once, where we may. */
const withoutKojira = Effect.fnUntraced(function*(farm: KojiFarm, id: string, buildTag: string) {
  const now = yield* Clock.currentTimeMillis
  const since = farm.repositoryWaits.get(id) ?? now
  farm.repositoryWaits.set(id, since)
  const known = farm.repositoryRetries.get(id)
  if (known !== undefined) return known.task
  if (now - since < Duration.toMillis(farm.settings.repositoryPatience) || !mayMakeRepositories(farm)) return undefined
  const answer = yield* Effect.result(farm.hub.write(KojiCall.make("newRepo", [buildTag])))
  // A hub that allows nobody to (AllowNewRepo) leaves only the queue; a lost answer is a task that runs all the same.
  const task = Result.isSuccess(answer) && typeof answer.success === "number" ? answer.success : 0
  farm.repositoryRetries.set(id, { task, tries: 1 })
  return task === 0 ? undefined : task
})

const failed = (reason: string): RepositoryState => ({ _tag: "Failed", reason })
const pending = (reason: string): RepositoryState => ({ _tag: "Pending", reason })

const taskWords: Readonly<Record<number, string>> = {
  0: "waits for a builder",
  1: "runs",
  4: "is assigned to a builder"
}

/** Whether the repository is there and contains the builds; one request. `undefined` when the id is none of ours. */
export const observe = Effect.fnUntraced(function*(farm: KojiFarm, asked: RepositoryRequest) {
  const decoded = Schema.decodeUnknownResult(Ticket)(asked.id)
  if (Result.isFailure(decoded)) return undefined
  const ticket = decoded.success
  const { buildTag } = ofBuildroot(asked.buildroot)
  const task = ticket.request === undefined ? farm.repositoryRetries.get(asked.id)?.task ?? ticket.task : undefined
  const [tagged, current, progress] = yield* farm.hub.readAll([
    listTagged(buildTag),
    KojiCall.make("getRepo", [buildTag]),
    ...(ticket.request !== undefined ? [KojiCall.make("repo.checkRequest", [ticket.request])] : []),
    ...(task !== undefined ? [KojiCall.make("getTaskInfo", [task])] : [])
  ])
  const rows = yield* elementOr(TaggedBuilds, "listTagged", tagged, undefined)
  if (rows === undefined) return failed(`the tag ${buildTag} is not there any more`)
  const events = new Map(rows.map((row) => [row.nvr, row.create_event]))
  const gone = ticket.nvrs.filter((nvr) => !events.has(nvr))
  if (gone.length > 0) return failed(`somebody took out of ${buildTag}: ${gone.join(", ")}`)
  const minEvent = Math.max(0, ...ticket.nvrs.map((nvr) => events.get(nvr) ?? 0))
  const fits = (repo: Repo | null | undefined) => repo?.state === 1 && repo.create_event >= minEvent
  const check = ticket.request === undefined
    ? undefined
    : yield* elementOr(RepoCheck, "repo.checkRequest", progress, undefined)
  if (fits(check?.repo) || fits(yield* element(Schema.NullOr(Repo), "getRepo", current))) {
    farm.repositoryRetries.delete(asked.id)
    farm.repositoryWaits.delete(asked.id)
    return { _tag: "Ready" } as RepositoryState
  }
  if (check !== undefined) {
    const request = check.request
    if (request !== null && request.active && request.task_id !== null) {
      return pending(`task ${request.task_id} makes the repository of ${buildTag}`)
    }
    if (request === null || request.active) {
      const own = yield* withoutKojira(farm, asked.id, buildTag)
      const queue = `request ${ticket.request} waits in the hub's queue, which kojira serves`
      return pending(own === undefined ? queue : `${queue}; task ${own} of our own makes the repository meanwhile`)
    }
    return check.repo === null
      ? failed(
        `the hub gave up the repository of ${buildTag} after ${request.tries} tries, the last in task ${request.task_id}`
      )
      : pending(`repository ${check.repo.id} of ${buildTag} is older than the builds`)
  }
  if (ticket.request !== undefined) {
    // Hubs forget old requests; asking again is answered by an equal one.
    yield* Effect.forEach(requestCall(farm, buildTag, undefined), (call) => Effect.result(farm.hub.write(call)))
    return pending(`request ${ticket.request} is unknown to the hub, and was made again`)
  }
  if (task === undefined) return pending(`waiting for kojira to make the repository of ${buildTag}`)
  const state = yield* element(Schema.NullOr(Task), "getTaskInfo", progress)
  if (state === null) {
    return failed(`task ${task}, which was to make the repository of ${buildTag}, is unknown to the hub`)
  }
  if (state.state === 3 || state.state === 5) return yield* afterFailedTask(farm, asked.id, buildTag, state)
  // Closed, and yet no repository that is new enough: it began before the builds were tagged.
  if (state.state === 2) return yield* afterFailedTask(farm, asked.id, buildTag, state)
  return pending(`task ${task} ${taskWords[state.state] ?? "is under way"}`)
})
