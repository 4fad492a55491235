/** `/module-builds/` of the Module Build Service's face: list, show, submit, cancel, and what we offer beyond. */
import * as MbsError from "@orch/api/mbs/MbsError"
import * as MbsPagination from "@orch/api/mbs/MbsPagination"
import * as MbsQuery from "@orch/api/mbs/MbsQuery"
import * as MbsSubmitRequest from "@orch/api/mbs/MbsSubmitRequest"
import { ModuleBuildEngine } from "@orch/core/engine/modulebuild/ModuleBuildEngine"
import { explain } from "@orch/core/modulebuild/Explanation"
import { isTerminal, type ModuleBuild } from "@orch/core/modulebuild/ModuleBuild"
import * as WaitChain from "@orch/core/modulebuild/WaitChain"
import { CommandQueues } from "@orch/core/ports/CommandQueue"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import * as ScmAllowList from "@orch/core/ScmAllowList"
import * as ScmUrl from "@orch/core/ScmUrl"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import { Access } from "../../auth/Access.ts"
import * as ExplanationView from "../../modulebuilds/ExplanationView.ts"
import { Submission } from "../../modulebuilds/submission/Submission.ts"
import { SubmissionSettings } from "../../modulebuilds/submission/SubmissionSettings.ts"
import * as SystemConditions from "../../operations/SystemConditions.ts"
import { ScmSettings } from "../../scm/ScmSettings.ts"
import { MbsBuilds } from "../MbsBuilds.ts"
import { MbsSettings } from "../MbsSettings.ts"
import * as MbsSubmission from "../MbsSubmission.ts"
import * as MbsAnswer from "./MbsAnswer.ts"
import * as MbsCall from "./MbsCall.ts"
import * as MbsPermissions from "./MbsPermissions.ts"

const none = MbsError.notFound("No such module found.")

/** Builds are named by id in the path; who asks with an option is told where to go. */
export const refuseId = (call: MbsCall.MbsCall) => {
  const id = call.query.get("id")
  if (id === null || id === "") return Effect.void
  const place = `/module-build-service/${call.apiVersion}/${call.segments[0]}/${encodeURIComponent(id)}`
  return Effect.fail(MbsError.invalid(`The "id" query option is invalid. Did you mean to go to "${place}"?`))
}

/** `GET /module-builds/`: a page of builds with its `meta`. Fails with 400 for filters and pages that cannot be. */
export const list = Effect.fnUntraced(function*(call: MbsCall.MbsCall) {
  yield* refuseId(call)
  const builds = yield* MbsBuilds
  const query = yield* Effect.fromResult(MbsQuery.parseModules(call.query))
  const page = MbsPagination.parse(call.query)
  const representation = MbsQuery.representation(call.query)
  const { items, total } = yield* builds.listModules(query, page, representation, call.apiVersion)
  return MbsAnswer.json(call, { items, meta: MbsPagination.meta(call.url, call.query, page, total) })
})

/** `GET /module-builds/ID`: one build. Fails with 404 where there is none. */
export const show = Effect.fnUntraced(function*(call: MbsCall.MbsCall, id: number | undefined) {
  yield* refuseId(call)
  if (id === undefined) return yield* none
  const builds = yield* MbsBuilds
  const [build] = yield* builds.modules([id], MbsQuery.representation(call.query), call.apiVersion)
  return build === undefined ? yield* none : MbsAnswer.json(call, build)
})

/** The settings of a submission; whether this very URL is allowed is decided as for every other face. */
export const settingsFor = Effect.fnUntraced(function*(scmurl: unknown) {
  const { isOpen } = yield* Access
  const { scmAllow } = yield* ScmSettings
  const { allowScratch, allowYaml, rebuildStrategies } = yield* SubmissionSettings
  const parsed = typeof scmurl === "string" ? ScmUrl.parse(scmurl) : undefined
  const allowed = parsed !== undefined && Result.isSuccess(parsed) && ScmAllowList.allows(scmAllow, parsed.success)
  const prefixes = ScmAllowList.format(scmAllow).split(",").filter((prefix) => prefix !== "")
  return {
    scratchAllowed: allowScratch,
    yamlAllowed: allowYaml,
    ownerAllowed: isOpen,
    scmPrefixes: prefixes.map((prefix) => `${prefix}/`),
    customScmAllowed: allowed,
    rebuildStrategyOverride: rebuildStrategies.length > 0,
    rebuildStrategies
  } satisfies MbsSubmitRequest.SubmitSettings
})

const longestWait = 3600

/** Seconds a client wants to wait for the end, by `?wait` (a minute) or `?wait=SECONDS`. */
const waitOf = (query: URLSearchParams): number => {
  const wait = query.get("wait")
  if (wait === null || wait === "false" || wait === "0") return 0
  return /^\d{1,6}$/.test(wait) ? Math.min(Number(wait), longestWait) : 60
}

/** Scratch builds end when they are done, others when they are ready. */
const hasEnded = ({ plan, state }: ModuleBuild): boolean => isTerminal(state) || (state === "done" && plan.scratch)

const waitFor = Effect.fnUntraced(function*(ids: ReadonlyArray<number>, seconds: number) {
  const store = yield* ModuleBuilds
  const unfinished = Effect.forEach(ids, (id) => store.get(id), { concurrency: 4 }).pipe(
    Effect.map((found) => found.some(({ state: build }) => !hasEnded(build))),
    Effect.catchTag("ProcessNotFound", () => Effect.succeed(false))
  )
  yield* unfinished.pipe(
    Effect.repeat({ while: (open) => open, schedule: Schedule.spaced("500 millis") }),
    Effect.timeoutOption(`${seconds} seconds`)
  )
})

/** Components of which nothing is known yet but their names, by kind and name. */
const untouched = (tasks: unknown) =>
  Object.fromEntries(
    Object.entries(tasks as Readonly<Record<string, object>>).map(([kind, components]) => [
      kind,
      Object.fromEntries(
        Object.keys(components).map((name) => [name, { task_id: null, state: null, state_reason: null, nvr: null }])
      )
    ])
  )

/** A new build as it was submitted: work on it may have begun, or even ended, while the answer is written. */
const asSubmitted = (build: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const trace = build["state_trace"]
  return {
    ...build,
    state: 0,
    state_name: "init",
    state_reason: null,
    koji_tag: null,
    batch: 0,
    new_repo_task_id: null,
    time_completed: null,
    tasks: untouched(build["tasks"]),
    state_trace: Array.isArray(trace) ? trace.slice(0, 1) : []
  }
}

export const submit = Effect.fnUntraced(function*(call: MbsCall.MbsCall) {
  const { fields, upload } = yield* MbsCall.body(call)
  const actor = yield* MbsPermissions.actor(yield* MbsPermissions.identify(call), fields["owner"])
  const settings = yield* settingsFor(fields["scmurl"])
  const request = yield* Effect.fromResult(MbsSubmitRequest.parse(fields, upload, settings))
  const submission = yield* Submission
  const { defaultRef } = yield* MbsSettings
  const submitted = yield* submission.submit(MbsSubmission.toRequest(request, actor.name, defaultRef)).pipe(
    Effect.catchTag("SubmissionRefused", (refused) => Effect.fail(MbsSubmission.ofRefused(refused)))
  )
  const ids = submitted.map(({ id }) => id)
  const wait = waitOf(call.query)
  if (wait > 0) yield* waitFor(ids, wait)
  const builds = yield* MbsBuilds
  const found = yield* builds.modules(ids, "verbose", call.apiVersion)
  const shown = wait > 0 ? found : found.map((build, index) => submitted[index]!.isNew ? asSubmitted(build) : build)
  // The first version of the API knows one build for each submission.
  return MbsAnswer.changed(201, call.apiVersion === 1 ? shown[0] : shown)
})

const cancelable = ["build", "init", "wait"]

export const cancel = Effect.fnUntraced(function*(call: MbsCall.MbsCall, id: number | undefined) {
  const { isOpen } = yield* Access
  const builds = yield* MbsBuilds
  const caller = yield* MbsPermissions.identify(call)
  const { fields } = yield* MbsCall.body(call)
  if (Object.hasOwn(fields, "owner") && !isOpen) {
    return yield* MbsError.invalid("The request contains 'owner' parameter, however NO_AUTH is not allowed")
  }
  const actor = yield* MbsPermissions.actor(caller, fields["owner"])
  const build = id === undefined ? undefined : yield* builds.findModule(id)
  if (build === undefined) return yield* none
  yield* MbsPermissions.requireOwner(actor, build.owner)
  const state = fields["state"]
  if (!state) return yield* MbsError.invalid("Invalid JSON submitted")
  if (!["failed", "4", 4].includes(state as string)) {
    return yield* MbsError.invalid("An invalid state was submitted. Valid states values are: failed, 4")
  }
  const engine = yield* ModuleBuildEngine
  const refused = MbsError.invalid(
    `To cancel a module build, it must be in one of the following states: ${cancelable.join(", ")}`
  )
  yield* engine.cancel(build.id, actor.name).pipe(
    Effect.catchTag("IllegalTransition", () => Effect.fail(refused)),
    Effect.catchTag("ProcessNotFound", () => Effect.fail(none))
  )
  const [shown] = yield* builds.modules([build.id], "verbose", call.apiVersion)
  return MbsAnswer.changed(200, shown)
})

/** Log messages of a build and its components, newest first. */
export const messages = Effect.fnUntraced(function*(call: MbsCall.MbsCall, id: number | undefined) {
  const builds = yield* MbsBuilds
  const page = MbsPagination.parse(call.query)
  const found = id === undefined ? undefined : yield* builds.moduleMessages(id, page)
  if (found === undefined) return yield* none
  const meta = MbsPagination.meta(call.url.replace(/\/$/, ""), new URLSearchParams(), page, found.total)
  return MbsAnswer.json(call, { messages: found.items, meta })
})

/** Ours: what the build waits for, and why every component is where it is. */
export const explanation = Effect.fnUntraced(function*(call: MbsCall.MbsCall, id: number | undefined) {
  const store = yield* ModuleBuilds
  const queue = yield* CommandQueues
  if (id === undefined) return yield* none
  const { state: build } = yield* Effect.catchTag(store.get(id), "ProcessNotFound", () => Effect.fail(none))
  const letters = yield* queue.deadLetters({ life: "module-build", process: id, limit: 100 })
  const away = yield* SystemConditions.away(build.plan.platform)
  return MbsAnswer.json(
    call,
    ExplanationView.explanation(
      explain(build, away),
      letters,
      ExplanationView.waits(id, WaitChain.of(build, away), undefined)
    )
  )
})

/** Ours: another attempt for one failed component. */
export const retry = Effect.fnUntraced(function*(call: MbsCall.MbsCall, id: number | undefined, component: string) {
  const { isOpen } = yield* Access
  const caller = yield* MbsPermissions.identify(call)
  const engine = yield* ModuleBuildEngine
  const builds = yield* MbsBuilds
  const build = id === undefined ? undefined : yield* builds.findModule(id)
  if (id === undefined || build === undefined) return yield* none
  if (!isOpen) yield* MbsPermissions.requireOwner(caller, build.owner)
  yield* engine.retry(id, component, caller.name).pipe(
    Effect.catchTag("IllegalTransition", ({ message }) => Effect.fail(MbsError.conflict(message))),
    Effect.catchTag("ProcessNotFound", () => Effect.fail(none))
  )
  const [shown] = yield* builds.modules([id], "verbose", call.apiVersion)
  return MbsAnswer.changed(200, shown)
})
