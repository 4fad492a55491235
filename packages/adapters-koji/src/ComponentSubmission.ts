/**
 * Submits components: one look at what is there, one write for what is missing.
 *
 * A request is answered by what an earlier attempt left: a task with its key, a task for the same source and target that has
 * not failed, or a finished build of the same source that carries the module's dist tag. Only then is a task made. When the
 * answer to the write is lost, the look is taken again, and finds the tasks by key. `FirstSubmission` needs no look before.
 */
import {
  type BuildSystemError,
  type ComponentRequest,
  type Submission,
  type SubmitOptions,
  TaskId
} from "@orch/core/ports/BuildSystem"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { readFile } from "node:fs/promises"
import { basename } from "node:path"
import { listTagged } from "./BuildAdmission.ts"
import { distExtra } from "./BuildrootConfiguration.ts"
import { type BuildrootNames, ofPass } from "./BuildrootNames.ts"
import * as ComponentSource from "./ComponentSource.ts"
import * as FirstSubmission from "./FirstSubmission.ts"
import { failure } from "./HubFailure.ts"
import { Build, element, elementOr, Tag, TaggedBuild, Target } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiError } from "./KojiError.ts"
import { type KojiFarm, ownTasks } from "./KojiFarm.ts"
import * as KojiHub from "./KojiHub.ts"
import * as ModuleBuildMacros from "./ModuleBuildMacros.ts"
import * as Wish from "./SubmissionWish.ts"

/** A build that has no task of its own to be observed by, such as an imported one. */
export const buildTaskId = (build: number): TaskId => TaskId.make(`build:${build}`)

const lookupCall = ({ request, source }: Wish.Wish): KojiCall.KojiCall =>
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
  wishes: ReadonlyArray<Wish.Wish>
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
    const task = Wish.taskOf(wishes[index]!, forTarget)
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

const uploaded = Effect.fnUntraced(function*(farm: KojiFarm, { file, source }: Wish.Wish) {
  if (file === undefined) return undefined
  const bytes = yield* Effect.result(Effect.tryPromise(() => readFile(file)))
  if (Result.isFailure(bytes)) return `the source package ${file} cannot be read`
  yield* farm.hub.upload(source.slice(0, source.lastIndexOf("/")), basename(source), bytes.success)
  return undefined
})

const attempt = Effect.fnUntraced(function*(
  farm: KojiFarm,
  place: Place,
  wishes: ReadonlyArray<Wish.Wish>,
  submissions: Map<string, Submission>,
  isFirstTry: boolean
) {
  const { buildTag, tag, target } = place.names
  const isDirect = isFirstTry && place.waitsFor === undefined
    && (yield* FirstSubmission.isPossible(farm, target, wishes))
  FirstSubmission.trying(farm, wishes)
  if (isDirect) {
    for (const one of yield* FirstSubmission.submit(farm, target, wishes)) submissions.set(one.key, one)
    return
  }
  const { found, hasTarget, needed } = yield* look(farm, place, wishes)
  const fresh: Array<Wish.Wish> = []
  for (const one of wishes) {
    const task = found.get(one.request.key)
    if (task !== undefined) submissions.set(one.request.key, Wish.accepted(one.request, task, true))
    else {
      const refusal = yield* uploaded(farm, one)
      if (refusal === undefined) fresh.push(one)
      else submissions.set(one.request.key, Wish.rejected(one.request, refusal))
    }
  }
  if (fresh.length === 0) return
  // Koji starts tasks of one priority in the order of their ids.
  fresh.sort((a, b) => b.request.priority - a.request.priority)
  // A target that somebody deleted is made again; that somebody else did so meanwhile is no failure.
  const again = hasTarget ? [] : [KojiCall.make("createBuildTarget", [target, buildTag, tag])]
  const written = yield* farm.hub.writeAll([...again, ...fresh.map((one) => Wish.buildCall(farm, target, needed, one))])
  const answers = written.slice(again.length)
  for (const one of yield* Wish.answered(farm, target, fresh, answers)) submissions.set(one.key, one)
})

/** Answers each request once, in order. */
export const submit = (
  farm: KojiFarm,
  names: BuildrootNames,
  requests: ReadonlyArray<ComponentRequest>,
  { isFirstTry = false }: SubmitOptions = {}
): Effect.Effect<ReadonlyArray<Submission>, KojiError | BuildSystemError> =>
  Effect.gen(function*() {
    const submissions = new Map<string, Submission>()
    const wishes: Array<Wish.Wish> = []
    for (const request of requests) {
      const one = Wish.make(request)
      if (Result.isFailure(one)) submissions.set(request.key, Wish.rejected(request, one.failure))
      else if (!wishes.some((other) => other.request.key === request.key)) wishes.push(one.success)
    }
    for (const [pass, some] of Map.groupBy(wishes, ({ request }) => request.pass)) {
      yield* KojiHub.converge("submit", attempt(farm, placeOf(names, pass), some, submissions, isFirstTry))
    }
    return requests.map((request) =>
      submissions.get(request.key) ?? Wish.rejected(request, "the hub did not answer for it")
    )
  }).pipe(farm.submitting.withPermit)
