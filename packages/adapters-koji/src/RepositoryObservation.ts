/**
 * Finds out whether repositories contain the builds they were asked for, and whether the builds that preparations wait for
 * are there: all of them in one request.
 *
 * A repository counts only when it is READY and was made from an event at or after the one that tagged the last of the
 * builds: "task closed" and "current" are no proof, since other changes and older tasks overtake each other.
 */
import { type RepositoryRequest, type RepositoryState, TaskId } from "@orch/core/ports/BuildSystem"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { listTagged, mayMakeRepositories, requestCall } from "./BuildAdmission.ts"
import { ofBuildroot } from "./BuildrootNames.ts"
import { element, elementOr, Repo, RepoCheck, TaggedBuild, Target, Task } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import { type KojiFarm, sawTarget } from "./KojiFarm.ts"
import type { Answer } from "./KojiHub.ts"
import * as RepositoryTicket from "./RepositoryTicket.ts"
import * as TaskObservation from "./TaskObservation.ts"

/** What is remembered of one request between two looks. */
export interface Known {
  readonly request: RepositoryRequest
  readonly ticket: RepositoryTicket.RepositoryTicket
  state: RepositoryState
  /** Since when it has been seen to wait in the hub's queue (milliseconds). */
  waitsSince?: number
  /** The task started anew after one that failed, on hubs that do not do that themselves. */
  retried?: { readonly task: number; readonly tries: number }
}

/** What the hub says of one request. */
interface Seen {
  readonly tagged: Answer | undefined
  readonly current: Answer | undefined
  readonly progress: Answer | undefined
  /** `undefined` for no task, `null` for one the hub does not know. */
  readonly task: Task | null | undefined
}

/** Koji's number for a repository that can be used. */
const repoReady = 1

const ready: RepositoryState = { _tag: "Ready" }
const failed = (reason: string): RepositoryState => ({ _tag: "Failed", reason })
/** The state of a request that is under way, and in words what it waits for. */
export const pending = (reason: string): RepositoryState => ({ _tag: "Pending", reason })

/** Hubs try four times themselves from 1.35 on, at most; one that is made for us alone may as well be given up sooner. */
const maxRepoTasks = 3

const taskWords: Readonly<Record<number, string>> = {
  0: "waits for a builder",
  1: "runs",
  4: "is assigned to a builder"
}

/** Whatever else became of the task, the next preparation looks whether the build is there. */
const builtState = Effect.fnUntraced(function*(
  farm: KojiFarm,
  { built, task }: RepositoryTicket.Awaited,
  seen: Task | null | undefined
) {
  if (seen?.state === 3) return failed(`${built} could not be built: task ${task} was canceled`)
  if (seen?.state === 5) {
    const [why] = (yield* TaskObservation.failures(farm, [
      { task: TaskId.make(String(task)), id: task, source: undefined, key: undefined }
    ]))
      .values()
    const reason = why !== undefined && "reason" in why ? why.reason : `task ${task} failed`
    return failed(`${built} could not be built: ${reason}`)
  }
  const words = seen === null || seen === undefined ? undefined : taskWords[seen.state]
  return words === undefined ? ready : pending(`${built} is being built: task ${task} ${words}`)
})

const afterFailedTask = Effect.fnUntraced(function*(farm: KojiFarm, known: Known, buildTag: string, task: Task) {
  const { tries } = known.retried ?? { tries: 1 }
  if (tries >= maxRepoTasks) {
    const how = task.state === 3 ? "was canceled" : "failed"
    return failed(`the repository of ${buildTag} could not be made: task ${task.id} ${how}, as did those before`)
  }
  const [call] = requestCall(farm, buildTag, undefined)
  if (call === undefined) return pending(`task ${task.id} failed; kojira will try again`)
  const answer = yield* Effect.catchTag(farm.hub.write(call), "ResultLost", () => Effect.succeed(task.id))
  const next = typeof answer === "number" ? answer : task.id
  known.retried = { task: next, tries: tries + 1 }
  return pending(`task ${task.id} failed; task ${next} tries again`)
})

/** A queue that nobody serves: our own task, once, where we may. */
const withoutKojira = Effect.fnUntraced(function*(farm: KojiFarm, known: Known, buildTag: string) {
  const now = yield* Clock.currentTimeMillis
  known.waitsSince ??= now
  if (known.retried !== undefined) return known.retried.task
  const patience = Duration.toMillis(farm.settings.repositoryPatience)
  if (now - known.waitsSince < patience || !mayMakeRepositories(farm)) return undefined
  const answer = yield* Effect.result(farm.hub.write(KojiCall.make("newRepo", [buildTag])))
  // A hub that allows nobody to (AllowNewRepo) leaves only the queue; a lost answer is a task that runs all the same.
  const task = Result.isSuccess(answer) && typeof answer.success === "number" ? answer.success : 0
  known.retried = { task, tries: 1 }
  return task === 0 ? undefined : task
})

const requestedState = Effect.fnUntraced(function*(
  farm: KojiFarm,
  known: Known,
  buildTag: string,
  id: number,
  check: RepoCheck | undefined
) {
  if (check === undefined) {
    // Hubs forget old requests; asking again is answered by an equal one.
    yield* Effect.forEach(requestCall(farm, buildTag, undefined), (call) => Effect.result(farm.hub.write(call)))
    return pending(`request ${id} is unknown to the hub, and was made again`)
  }
  const { repo, request } = check
  if (repo !== null && repo.state !== repoReady && request?.active !== true) {
    // Hubs expire what is old or replaced; the next look finds what this request leads to.
    yield* Effect.forEach(requestCall(farm, buildTag, undefined), (call) => Effect.result(farm.hub.write(call)))
    return pending(`repository ${repo.id} of ${buildTag} expired before anybody looked, and was asked for again`)
  }
  if (request !== null && request.active && request.task_id !== null) {
    return pending(`task ${request.task_id} makes the repository of ${buildTag}`)
  }
  if (request === null || request.active) {
    const own = yield* withoutKojira(farm, known, buildTag)
    const queue = `request ${id} waits in the hub's queue, which kojira serves`
    return pending(own === undefined ? queue : `${queue}; task ${own} of our own makes the repository meanwhile`)
  }
  if (repo === null) {
    return failed(
      `the hub gave up the repository of ${buildTag} after ${request.tries} tries, the last in task ${request.task_id}`
    )
  }
  // Builds may have been tagged after the request was made, by an attempt whose answer was lost.
  yield* Effect.forEach(requestCall(farm, buildTag, undefined), (call) => Effect.result(farm.hub.write(call)))
  return pending(`repository ${repo.id} of ${buildTag} is older than the builds, and a newer one was asked for`)
})

const wantedState = Effect.fnUntraced(function*(
  farm: KojiFarm,
  known: Known,
  ticket: RepositoryTicket.Wanted,
  seen: Seen
) {
  const buildTag = tagOf(known.request, ticket)
  const rows = yield* elementOr(Schema.Array(TaggedBuild), "listTagged", seen.tagged, undefined)
  if (rows === undefined) return failed(`the tag ${buildTag} is not there any more`)
  const events = new Map(rows.map((row) => [row.nvr, row.create_event]))
  const gone = ticket.nvrs.filter((nvr) => !events.has(nvr))
  if (gone.length > 0) return failed(`somebody took out of ${buildTag}: ${gone.join(", ")}`)
  const minEvent = Math.max(0, ...ticket.nvrs.map((nvr) => events.get(nvr) ?? 0))
  const fits = (repo: Repo | null | undefined) => repo?.state === repoReady && repo.create_event >= minEvent
  const { request } = ticket
  const check = request === undefined
    ? undefined
    : yield* elementOr(RepoCheck, "repo.checkRequest", seen.progress, undefined)
  if (fits(check?.repo) || fits(yield* element(Schema.NullOr(Repo), "getRepo", seen.current))) return ready
  if (request !== undefined) return yield* requestedState(farm, known, buildTag, request, check)
  const { task } = seen
  if (task === undefined) return pending(`waiting for kojira to make the repository of ${buildTag}`)
  if (task === null) return failed(`the task that was to make the repository of ${buildTag} is unknown to the hub`)
  // Closed, and yet no repository that is new enough: it began before the builds were tagged.
  if (task.state === 2 || task.state === 3 || task.state === 5) {
    return yield* afterFailedTask(farm, known, buildTag, task)
  }
  return pending(`task ${task.id} ${taskWords[task.state] ?? "is under way"}`)
})

const tagOf = ({ buildroot }: RepositoryRequest, { tag }: RepositoryTicket.Wanted): string =>
  tag ?? ofBuildroot(buildroot).buildTag

const isAwaited = (ticket: RepositoryTicket.RepositoryTicket): ticket is RepositoryTicket.Awaited => "built" in ticket

const taskOf = ({ retried, ticket }: Known): number | undefined => {
  if (isAwaited(ticket)) return ticket.task
  return ticket.request === undefined ? retried?.task ?? ticket.task : undefined
}

/** Sets the states of all of them, with one request to the hub; a few more where something failed or was lost. */
export const look = Effect.fnUntraced(function*(farm: KojiFarm, all: ReadonlyArray<Known>) {
  const tasks = [...new Set(all.flatMap((known) => taskOf(known) ?? []))]
  const calls = all.map(({ request, ticket }) => {
    if (isAwaited(ticket)) return []
    const buildTag = tagOf(request, ticket)
    return [
      listTagged(buildTag),
      KojiCall.make("getRepo", [buildTag]),
      ...(ticket.request === undefined ? [] : [KojiCall.make("repo.checkRequest", [ticket.request])])
    ]
  })
  // What is built next goes to these: a target that somebody deleted is made again then.
  const targets = [...new Set(all.map(({ request }) => ofBuildroot(request.buildroot).target))]
  const now = yield* Clock.currentTimeMillis
  const [info, ...others] = yield* farm.hub.readAll([
    KojiCall.make("getTaskInfo", [tasks]),
    ...targets.map((target) => KojiCall.make("getBuildTarget", [target])),
    ...calls.flat()
  ])
  for (const [index, target] of targets.entries()) {
    sawTarget(
      farm,
      target,
      (yield* elementOr(Schema.NullOr(Target), "getBuildTarget", others[index], null)) !== null,
      now
    )
  }
  const answers = others.slice(targets.length)
  const rows = yield* element(Schema.Array(Schema.NullOr(Task)), "getTaskInfo", info)
  let at = 0
  for (const [index, known] of all.entries()) {
    const [tagged, current, progress] = answers.slice(at, at + calls[index]!.length)
    at += calls[index]!.length
    const id = taskOf(known)
    const task = id === undefined ? undefined : rows.find((row) => row?.id === id) ?? null
    known.state = isAwaited(known.ticket)
      ? yield* builtState(farm, known.ticket, task)
      : yield* wantedState(farm, known, known.ticket, { tagged, current, progress, task })
  }
})
