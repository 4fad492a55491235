/**
 * Submits components: one look at what is there, one write for what is missing.
 *
 * A request is answered by what an earlier attempt left: a task with its key, a task for the same source and target that has
 * not failed, or a finished build of the same source that carries the module's dist tag. Only then is a task made. When the
 * answer to the write is lost, the look is taken again, and finds the tasks by key.
 */
import { type BuildSystemError, type ComponentRequest, type Submission, TaskId } from "@orch/core/ports/BuildSystem"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { createHash } from "node:crypto"
import { readFile } from "node:fs/promises"
import { basename } from "node:path"
import { listTagged } from "./BuildAdmission.ts"
import { distExtra } from "./BuildrootConfiguration.ts"
import { type BuildrootNames, ofPass } from "./BuildrootNames.ts"
import * as ComponentSource from "./ComponentSource.ts"
import { failure, reasonOf } from "./HubFailure.ts"
import { Build, element, elementOr, Tag, TaggedBuild, Target } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiError } from "./KojiError.ts"
import { type KojiFarm, ownTasks } from "./KojiFarm.ts"
import * as KojiHub from "./KojiHub.ts"
import * as ModuleBuildMacros from "./ModuleBuildMacros.ts"
import * as TaskLedger from "./TaskLedger.ts"

/** A build that has no task of its own to be observed by, such as an imported one. */
export const buildTaskId = (build: number): TaskId => TaskId.make(`build:${build}`)

interface Wish {
  readonly request: ComponentRequest
  /** As the hub knows the source; for a file of ours, where it will be uploaded to. */
  readonly source: string
  /** The file to be uploaded. */
  readonly file: string | undefined
}

const accepted = (request: ComponentRequest, task: TaskId, adopted: boolean): Submission => ({
  _tag: "Accepted",
  key: request.key,
  task,
  adopted
})
const rejected = (request: ComponentRequest, reason: string): Submission => ({
  _tag: "Rejected",
  key: request.key,
  reason
})

const wish = (request: ComponentRequest): Result.Result<Wish, string> =>
  Result.map(ComponentSource.of(request), (source) => {
    switch (source._tag) {
      case "Scm":
        return { request, source: source.url, file: undefined }
      case "Uploaded":
        return { request, source: source.path, file: undefined }
      case "Local": {
        const place = createHash("sha256").update(request.key).digest("hex").slice(0, 16)
        return { request, source: `cli-build/orch-${place}/${basename(source.path)}`, file: source.path }
      }
    }
  })

const lookupCall = ({ request, source }: Wish): KojiCall.KojiCall =>
  source.endsWith(".src.rpm")
    ? KojiCall.make("getBuild", [basename(source, ".src.rpm")])
    : KojiCall.make("listBuilds", [], {
      packageID: request.component,
      source: ComponentSource.recorded(source),
      state: 1
    })

const Builds = Schema.Array(Build)

/** A finished build that is this component of this module: the same source, and the dist tag only this module has. */
const ownBuild = (builds: ReadonlyArray<Build>, dist: string | undefined, wanted: string): Build | undefined =>
  dist === undefined
    ? undefined
    // Hubs take the source for a pattern; a source package is known by its NVR, and its path differs with each upload.
    : builds.find(({ release, source, state }) =>
      state === 1 && release.endsWith(`.${dist}`) &&
      (source === ComponentSource.recorded(wanted) || wanted.endsWith(".src.rpm"))
    )

const adoptable = new Set([0, 1, 2, 4])

/** Where components are built: all of them, or those of one pass, which wait for what has been admitted for all. */
interface Place {
  readonly names: BuildrootNames
  /** The build tag whose builds must be in the repository. */
  readonly waitsFor: string | undefined
}

const placeOf = (names: BuildrootNames, pass: number | undefined): Place => ({
  names: ofPass(names, pass),
  waitsFor: pass === undefined ? undefined : names.buildTag
})

const look = Effect.fnUntraced(function*(
  farm: KojiFarm,
  { names, waitsFor }: Place,
  wishes: ReadonlyArray<Wish>
) {
  const [own, target, tag, ...more] = yield* farm.hub.readAll([
    yield* farm.ledger.look,
    KojiCall.make("getBuildTarget", [names.target]),
    KojiCall.make("getTag", [names.buildTag]),
    ...wishes.map(lookupCall),
    ...(waitsFor === undefined ? [] : [listTagged(waitsFor)])
  ])
  const builds = more.slice(0, wishes.length)
  const buildTag = yield* element(Schema.NullOr(Tag), "getTag", tag)
  const hasTarget = (yield* element(Schema.NullOr(Target), "getBuildTarget", target)) !== null
  if (!hasTarget && buildTag === null) {
    return yield* failure(
      farm.hub,
      "submit",
      "gone",
      `there is no target ${names.target}, nor its tag ${names.buildTag}`
    )
  }
  const needed = waitsFor === undefined
    ? []
    // The macros package of the pass hides the module's.
    : (yield* element(Schema.Array(TaggedBuild), "listTagged", more.at(-1))).flatMap(({ nvr, package_name }) =>
      package_name === ModuleBuildMacros.packageName ? [] : [nvr]
    )
  // Another server with the same account, or one that lost its database, counts its module builds from 1 as well; the target
  // has the module's version and context in its name.
  const forTarget = (yield* ownTasks(farm, own)).filter((task) => task.target === names.target)
  const extra = buildTag?.extra ?? {}
  const dist = typeof extra[distExtra] === "string" ? extra[distExtra] : undefined
  const found = new Map<string, TaskId>()
  for (const [index, { request, source }] of wishes.entries()) {
    const byKey = forTarget.findLast(({ key }) => key === request.key)
    // Of a package that is built twice, the other pass has the same source; it is another component.
    const bySource = forTarget.findLast((task) =>
      task.source === source && adoptable.has(task.state) &&
      (task.key === undefined || TaskLedger.componentOf(task.key) === TaskLedger.componentOf(request.key))
    )
    const task = byKey ?? bySource
    if (task !== undefined) {
      found.set(request.key, TaskId.make(String(task.id)))
      continue
    }
    // An old hub may not know the filter; the build then shows itself when the task finds its NVR taken.
    const answer = yield* elementOr(Schema.Union([Builds, Schema.NullOr(Build)]), "listBuilds", builds[index], [])
    const build = ownBuild(Array.isArray(answer) ? answer : answer === null ? [] : [answer as Build], dist, source)
    if (build !== undefined) {
      found.set(request.key, build.task_id === null ? buildTaskId(build.build_id) : TaskId.make(String(build.task_id)))
    }
  }
  return { found, needed, hasTarget }
})

const uploaded = Effect.fnUntraced(function*(farm: KojiFarm, { file, source }: Wish) {
  if (file === undefined) return undefined
  const bytes = yield* Effect.result(Effect.tryPromise(() => readFile(file)))
  if (Result.isFailure(bytes)) return `the source package ${file} cannot be read`
  yield* farm.hub.upload(source.slice(0, source.lastIndexOf("/")), basename(source), bytes.success)
  return undefined
})

const buildCall = (
  farm: KojiFarm,
  target: string,
  needed: ReadonlyArray<string>,
  { request, source }: Wish
): KojiCall.KojiCall =>
  KojiCall.make("build", [
    source,
    target,
    {
      skip_tag: true,
      custom_user_metadata: { [TaskLedger.keyMember]: request.key },
      // Nobody asks for the repositories of passes: their builds wait for one that has what was admitted.
      ...(needed.length === 0 ? {} : { wait_repo: true, wait_builds: needed })
    }
  ], { priority: farm.settings.priority, channel: farm.settings.channel })

const attempt = Effect.fnUntraced(function*(
  farm: KojiFarm,
  place: Place,
  wishes: ReadonlyArray<Wish>,
  submissions: Map<string, Submission>
) {
  const { buildTag, tag, target } = place.names
  const { found, hasTarget, needed } = yield* look(farm, place, wishes)
  const fresh: Array<Wish> = []
  for (const one of wishes) {
    const task = found.get(one.request.key)
    if (task !== undefined) submissions.set(one.request.key, accepted(one.request, task, true))
    else {
      const refusal = yield* uploaded(farm, one)
      if (refusal === undefined) fresh.push(one)
      else submissions.set(one.request.key, rejected(one.request, refusal))
    }
  }
  if (fresh.length === 0) return
  // Koji starts tasks of one priority in the order of their ids.
  fresh.sort((a, b) => b.request.priority - a.request.priority)
  // A target that somebody deleted is made again; that somebody else did so meanwhile is no failure.
  const again = hasTarget ? [] : [KojiCall.make("createBuildTarget", [target, buildTag, tag])]
  const written = yield* farm.hub.writeAll([...again, ...fresh.map((one) => buildCall(farm, target, needed, one))])
  const answers = written.slice(again.length)
  for (const [index, { request, source }] of fresh.entries()) {
    const answer = yield* Effect.result(element(Schema.Number, "build", answers[index]))
    if (Result.isSuccess(answer)) {
      farm.ledger.remember([{ id: answer.success, key: request.key, source, target, state: 0 }])
      submissions.set(request.key, accepted(request, TaskId.make(String(answer.success)), false))
    } else if (reasonOf(answer.failure) === "rejected") {
      submissions.set(request.key, rejected(request, answer.failure.message))
    } else return yield* Effect.fail(answer.failure)
  }
})

/** Answers each request once, in order. */
export const submit = (
  farm: KojiFarm,
  names: BuildrootNames,
  requests: ReadonlyArray<ComponentRequest>
): Effect.Effect<ReadonlyArray<Submission>, KojiError | BuildSystemError> =>
  Effect.gen(function*() {
    const submissions = new Map<string, Submission>()
    const wishes: Array<Wish> = []
    for (const request of requests) {
      const one = wish(request)
      if (Result.isFailure(one)) submissions.set(request.key, rejected(request, one.failure))
      else if (!wishes.some((other) => other.request.key === request.key)) wishes.push(one.success)
    }
    for (const [pass, some] of Map.groupBy(wishes, ({ request }) => request.pass)) {
      yield* KojiHub.converge("submit", attempt(farm, placeOf(names, pass), some, submissions))
    }
    return requests.map((request) => submissions.get(request.key) ?? rejected(request, "the hub did not answer for it"))
  }).pipe(farm.submitting.withPermit)
