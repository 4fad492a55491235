/**
 * Says what has become of tasks: one request for all of them, and one or two more when some have ended.
 *
 * A task that failed because its NVR was there already is looked at twice: the build that took the NVR is the same one if it
 * was made from the same source, and is then taken as the task's result; otherwise the reason says whose it is.
 */
import { type Artifact, type Observation, type Result, TaskId } from "@orch/core/ports/BuildSystem"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as ComponentSource from "./ComponentSource.ts"
import { policyAdvice } from "./HubFailure.ts"
import * as HubHistory from "./HubHistory.ts"
import { Build, element, elementOr, Rpm, Task, TaskFault } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiFarm } from "./KojiFarm.ts"
import type { Answer } from "./KojiHub.ts"
import * as PackageHeaders from "./PackageHeaders.ts"
import * as TaskLedger from "./TaskLedger.ts"

const states: Readonly<Record<number, Observation["state"]>> = {
  0: "free",
  1: "open",
  2: "closed",
  3: "canceled",
  // A builder has it, but may give it back.
  4: "free",
  5: "failed"
}

const buildId = (task: TaskId): number | undefined => {
  const digits = /^build:(\d{1,15})$/.exec(task)?.[1]
  return digits === undefined ? undefined : Number(digits)
}
const taskNumber = (task: TaskId): number | undefined => /^\d{1,15}$/.test(task) ? Number(task) : undefined

const volumeRoot = (topurl: string, { volume_name }: Build): string =>
  volume_name === "DEFAULT" ? topurl : `${topurl}/vol/${volume_name}`

const packagePath = ({ name, release, version }: Build): string => `packages/${name}/${version}/${release}`

const artifactsOf = (
  farm: KojiFarm,
  build: Build,
  rpms: ReadonlyArray<Rpm>,
  headers: ReadonlyMap<number, PackageHeaders.PackageHeader>
): ReadonlyArray<Artifact> => {
  const root = volumeRoot(farm.settings.topurl ?? "", build)
  return rpms.map(({ arch, epoch, id, name, release, size, version }) => ({
    nevra: `${name}-${epoch ?? 0}:${version}-${release}.${arch}`,
    location: `${root}/${packagePath(build)}/${arch}/${name}-${version}-${release}.${arch}.rpm`,
    ...headers.get(id),
    ...(size === undefined || size === null ? {} : { size })
  }))
}

const taskLog = (farm: KojiFarm, task: number, file: string): { readonly log?: string } => {
  const { topurl, weburl } = farm.settings
  if (topurl !== undefined) return { log: `${topurl}/work/tasks/${task % 10_000}/${task}/${file}` }
  return weburl === undefined ? {} : { log: `${weburl}/taskinfo?taskID=${task}` }
}

const Rpms = Schema.Array(Rpm)
const Builds = Schema.Array(Build)

/** What is there of finished builds: by number, or by name. */
const listingCalls = (builds: ReadonlyArray<number | string>): ReadonlyArray<KojiCall.KojiCall> =>
  builds.map((build) => KojiCall.make("listBuildRPMs", [build]))

/** What finished builds left behind, from the answers to `listingCalls`. */
const rpmsOf = Effect.fnUntraced(function*(farm: KojiFarm, answers: ReadonlyArray<Answer>) {
  const listed: Array<ReadonlyArray<Rpm>> = []
  for (const answer of answers) listed.push(yield* element(Rpms, "listBuildRPMs", answer))
  return { listed, headers: yield* PackageHeaders.read(farm.hub, listed.flat()) }
})

const noHeaders: ReadonlyMap<number, PackageHeaders.PackageHeader> = new Map()

/** Observations of finished builds, by build id; in brief without what they left behind. */
const described = Effect.fnUntraced(function*(
  farm: KojiFarm,
  builds: ReadonlyArray<Build>,
  isBrief = false,
  listing?: ReadonlyArray<Answer>
) {
  if (builds.length === 0) return new Map<number, Pick<Observation, "nvr" | "artifacts" | "log">>()
  const { headers, listed } = isBrief
    ? { headers: noHeaders, listed: builds.map((): ReadonlyArray<Rpm> => []) }
    : yield* rpmsOf(farm, listing ?? (yield* farm.hub.readAll(listingCalls(builds.map(({ build_id }) => build_id)))))
  const out = new Map<number, Pick<Observation, "nvr" | "artifacts" | "log">>()
  for (const [index, build] of builds.entries()) {
    const rpms = listed[index]!
    const arch = rpms.find((rpm) => rpm.arch !== "src")?.arch ?? "noarch"
    const { topurl } = farm.settings
    out.set(build.build_id, {
      nvr: build.nvr,
      artifacts: artifactsOf(farm, build, rpms, headers),
      // Where the log is depends on the architectures of what was left behind.
      ...(isBrief
        ? {}
        : topurl !== undefined
        ? { log: `${volumeRoot(topurl, build)}/${packagePath(build)}/data/logs/${arch}/build.log` }
        : build.task_id === null
        ? {}
        : taskLog(farm, build.task_id, "build.log"))
    })
  }
  return out
})

const srpmNvr = (tree: Readonly<Record<string, ReadonlyArray<Task>>>): string | undefined => {
  for (const { request } of Object.values(tree).flat()) {
    const path = request?.find((part): part is string => typeof part === "string" && part.endsWith(".src.rpm"))
    if (path !== undefined) return path.slice(path.lastIndexOf("/") + 1, -".src.rpm".length)
  }
  return undefined
}

/** A task that has ended without a result. */
export interface Ended {
  readonly task: TaskId
  readonly id: number
  readonly source: string | undefined
  /** Ours, see `TaskLedger`. */
  readonly key: string | undefined
}

/** What took the NVR of a task that found it taken: the id in the fault's text, or the name of the source package. */
const rivalCalls = (
  fault: string,
  component: string | undefined,
  nvr: string | undefined,
  source: string | undefined
) => {
  const id = /\bid=(\d+)/.exec(fault)?.[1]
  return [
    ...(id === undefined ? [] : [KojiCall.make("getBuild", [Number(id)])]),
    ...(nvr === undefined ? [] : [KojiCall.make("getBuild", [nvr])]),
    ...(component === undefined || source === undefined
      ? []
      : [KojiCall.make("listBuilds", [], { packageID: component, source: ComponentSource.recorded(source), state: 1 })])
  ]
}

const componentOf = (source: string | undefined): string | undefined =>
  source === undefined ? undefined : /\/([^/#?]+?)(?:\.git)?\/?(?:[?#].*)?$/.exec(source)?.[1]

/** Why tasks failed; the build of another task where that is what this one was to make. */
export const failures = Effect.fnUntraced(function*(farm: KojiFarm, ended: ReadonlyArray<Ended>) {
  const out = new Map<TaskId, Observation | Build>()
  if (ended.length === 0) return out
  const answers = yield* farm.hub.readAll(ended.flatMap(({ id }) => [
    KojiCall.make("getTaskResult", [id], { raise_fault: false }),
    KojiCall.make("getTaskDescendents", [id], { request: true })
  ]))
  for (const [index, { id, key, source, task }] of ended.entries()) {
    const fault = yield* elementOr(TaskFault, "getTaskResult", answers[2 * index], undefined)
    const tree = yield* elementOr(
      Schema.Record(Schema.String, Schema.Array(Task)),
      "getTaskDescendents",
      answers[2 * index + 1],
      {} as Readonly<Record<string, ReadonlyArray<Task>>>
    )
    const text = fault?.faultString ?? "the hub gives no reason"
    const culprit = Object.values(tree).flat().find((child) => child.state === 5)
    const observation: Observation = {
      task,
      state: "failed",
      artifacts: [],
      reason: `${text.trim().split("\n").at(-1) ?? text} (Koji task ${culprit?.id ?? id}${
        culprit === undefined ? "" : `, ${culprit.method}${culprit.arch === null ? "" : ` for ${culprit.arch}`}`
      })${policyAdvice(farm.hub, text)}`,
      ...taskLog(farm, culprit?.id ?? id, culprit?.method === "buildArch" ? "build.log" : "root.log")
    }
    out.set(task, observation)
    // Only a task that failed by itself, with the general code, can have found its NVR taken.
    if (fault?.faultCode !== 1000 || culprit !== undefined) continue
    const rivals = yield* farm.hub.readAll(rivalCalls(text, componentOf(source), srpmNvr(tree), source))
    for (const rival of rivals) {
      const answer = yield* elementOr(Schema.Union([Builds, Schema.NullOr(Build)]), "getBuild", rival, null)
      const build = (Array.isArray(answer) ? answer[0] : answer) as Build | null | undefined
      if (build === null || build === undefined || build.task_id === id) continue
      const isSame = source !== undefined && build.source === ComponentSource.recorded(source)
      const [theirs, ours] = [TaskLedger.keyIn(build.extra), key].map((one) =>
        one === undefined ? undefined : TaskLedger.componentOf(one)
      )
      if (isSame && theirs !== undefined && ours !== undefined && theirs !== ours) {
        out.set(task, {
          ...observation,
          reason:
            `${build.nvr} exists already: it is the build of the component ${theirs}, from the same source as ${ours}` +
            "; a package that is built twice needs a release of its own each time, which %{?dist} in its Release gives it"
        })
      } else if (build.state === 1 && isSame) out.set(task, build)
      else {
        out.set(task, {
          ...observation,
          reason: `${build.nvr} exists already: build ${build.build_id} by ${build.owner_name}` +
            ` from ${build.source ?? "an unknown source"}; this one was to be from ${source ?? "an unknown source"}`
        })
      }
      break
    }
  }
  return out
})

/** What builds left behind, in order; fails where the hub does not know one of them any more. */
export const results = Effect.fnUntraced(function*(farm: KojiFarm, nvrs: ReadonlyArray<string>) {
  const answers = yield* farm.hub.readAll([
    ...nvrs.map((nvr) => KojiCall.make("getBuild", [nvr], { strict: true })),
    ...listingCalls(nvrs)
  ])
  const builds: Array<Build> = []
  for (const answer of answers.slice(0, nvrs.length)) builds.push(yield* element(Build, "getBuild", answer))
  const found = yield* described(farm, builds, false, answers.slice(nvrs.length))
  return builds.map(({ build_id }): Result => {
    const { artifacts, log } = found.get(build_id)!
    return { artifacts, ...(log === undefined ? {} : { log }) }
  })
})

/** Seconds by which clocks differ, and a build may be written down before its task ends. */
const overlap = 300

/** What has come out of our tasks lately, to be asked along with the tasks: most closed tasks need no further question then. */
const recentBuilds = (farm: KojiFarm, since: number): KojiCall.KojiCall =>
  KojiCall.make("listBuilds", [], {
    userID: farm.user.id,
    state: 1,
    completeAfter: Math.floor(since / 1000) - overlap,
    queryOpts: { order: "-build_id", limit: 1000 }
  })

/**
 * What the hub says of each of the tasks now; `gone` for those that it does not know.
 *
 * @param since when they were last asked about (milliseconds since 1970), by our clock.
 * @param mayWait whether what has come of tasks may be read with the next question, as long as others are open: reading takes two
 * requests, of however many.
 * @param isBrief whether it need not be read at all; `artifacts` of closed tasks are empty then.
 */
export const ask = Effect.fnUntraced(function*(
  farm: KojiFarm,
  tasks: ReadonlyArray<TaskId>,
  since: number,
  { isBrief = false, mayWait = false }: { readonly mayWait?: boolean; readonly isBrief?: boolean } = {}
) {
  const out = new Map<TaskId, Observation>(
    tasks.map((task) => [task, { task, state: "gone", artifacts: [] }])
  )
  const numbers = tasks.flatMap((task) => taskNumber(task) ?? [])
  const builds = tasks.flatMap((task) => buildId(task) ?? [])
  const [info, recent] = numbers.length === 0 ? [] : yield* farm.hub.readAll([
    KojiCall.make("getTaskInfo", [numbers], { request: true }),
    recentBuilds(farm, since)
  ])
  const rows = info === undefined ? [] : yield* element(Schema.Array(Schema.NullOr(Task)), "getTaskInfo", info)
  // A hub that does not know the filters is asked for each task.
  const known = new Map(
    (recent === undefined ? [] : yield* elementOr(Builds, "listBuilds", recent, [])).map((
      build
    ) => [build.task_id, build])
  )
  const closed: Array<Ended> = []
  const took = new Map<TaskId, number>()
  const failed: Array<Ended> = []
  for (const row of rows) {
    if (row === null) continue
    const task = TaskId.make(String(row.id))
    const state = states[row.state] ?? "open"
    const source = row.request?.[0]
    const ended = {
      task,
      id: row.id,
      source: typeof source === "string" ? source : undefined,
      key: TaskLedger.keyIn(row.request?.[2])
    }
    const millis = state === "closed" ? HubHistory.tookOf(row) : undefined
    if (millis !== undefined) took.set(task, millis)
    if (state === "closed") closed.push(ended)
    else if (state === "failed") failed.push(ended)
    else {
      out.set(task, {
        task,
        state,
        artifacts: [],
        ...(state === "canceled" ? { reason: `Koji task ${row.id} was canceled` } : {})
      })
    }
  }
  if (mayWait && [...out.values()].some(({ state }) => state === "open" || state === "free")) {
    for (const { task } of closed.splice(0)) out.set(task, { task, state: "open", artifacts: [] })
  }
  const finished = closed.flatMap(({ id, task }) => {
    const build = known.get(id)
    return build === undefined ? [] : [{ task, build }]
  })
  const unknown = closed.filter(({ id }) => !known.has(id))
  if (unknown.length + builds.length > 0) {
    const answers = yield* farm.hub.readAll([
      ...unknown.map(({ id }) => KojiCall.make("listBuilds", [], { taskID: id })),
      ...builds.map((id) => KojiCall.make("getBuild", [id]))
    ])
    for (const [index, { task }] of unknown.entries()) {
      const [build] = yield* element(Builds, "listBuilds", answers[index])
      if (build !== undefined) finished.push({ task, build })
      else out.set(task, { task, state: "failed", artifacts: [], reason: `Koji task ${task} ended without a build` })
    }
    for (const [index, id] of builds.entries()) {
      const build = yield* element(Schema.NullOr(Build), "getBuild", answers[unknown.length + index])
      if (build?.state === 1) finished.push({ task: TaskId.make(`build:${id}`), build })
    }
  }
  for (const [task, what] of yield* failures(farm, failed)) {
    if ("build_id" in what) finished.push({ task, build: what })
    else out.set(task, what)
  }
  const descriptions = yield* described(farm, finished.map(({ build }) => build), isBrief)
  for (const { build, task } of finished) {
    out.set(task, { task, state: "closed", artifacts: [], ...descriptions.get(build.build_id) })
  }
  return { seen: out as ReadonlyMap<TaskId, Observation>, took: took as ReadonlyMap<TaskId, number> }
})
