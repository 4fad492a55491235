/** Package builds of the `/orch/v1` face: wire to domain and back, nothing else. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import type { PackageBuildDetail, PackageBuildExplanation, PackageBuildSummary } from "@orch/api/orch/PackageBuildsApi"
import * as QueueExplanation from "@orch/core/builderpool/QueueExplanation"
import { packageName } from "@orch/core/packagebuild/BuildRef"
import { counts, type PackageBuild } from "@orch/core/packagebuild/PackageBuild"
import type { PackageBuildEvent } from "@orch/core/packagebuild/PackageBuildEvent"
import * as Explanation from "@orch/core/packagebuild/PackageBuildExplanation"
import * as TaskName from "@orch/core/packagebuild/TaskName"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as SelfUrl from "../../albs/SelfUrl.ts"
import * as TypedFailures from "../../albs/TypedFailures.ts"
import * as ArtifactHref from "../../artifacts/ArtifactHref.ts"
import { Access } from "../../auth/Access.ts"
import { CurrentCaller } from "../../auth/CurrentCaller.ts"
import { BuilderPool } from "../../builders/BuilderPool.ts"
import { whenAway } from "../../http/Failures.ts"
import * as Paging from "../../http/Paging.ts"
import * as PathNumber from "../../http/PathNumber.ts"
import { People } from "../../people/People.ts"
import { BuildSubmission } from "../BuildSubmission.ts"
import { PackageBuildReads } from "../PackageBuildReads.ts"

const time = (at: number): string => new Date(at).toISOString()
const optionalTime = (at: number | undefined): string | null => at === undefined ? null : time(at)

const summary = (build: PackageBuild): PackageBuildSummary => ({
  id: build.id,
  state: build.state,
  state_reason: build.reason,
  owner: build.plan.owner,
  packages: build.plan.refs.map(packageName),
  platforms: build.plan.platforms.map(({ name }) => name),
  tasks: counts(build),
  priority: build.priority ?? 0,
  created_at: time(build.createdAt),
  finished_at: optionalTime(build.finishedAt)
})

const contentOf = (name: string, href: string): string | null => {
  const sha256 = ArtifactHref.parse(href)
  return sha256 === undefined ? null : ArtifactHref.content(sha256, name)
}

const detail = (build: PackageBuild): PackageBuildDetail => ({
  ...summary(build),
  task_list: build.plan.tasks.map((plan, position) => {
    const task = build.tasks.get(plan.name)!
    return {
      id: TaskName.number(build.plan, position),
      name: plan.name,
      package: packageName(build.plan.refs[plan.index]!),
      platform: plan.platform,
      arch: plan.arch,
      state: task.state,
      state_reason: task.reason,
      attempt: task.attempt,
      node: task.node ?? null,
      commit: task.commit ?? null,
      started_at: optionalTime(task.startedAt),
      finished_at: optionalTime(task.finishedAt),
      artifacts: task.artifacts.map(({ href, name, type }) => ({ name, type, url: contentOf(name, href) }))
    }
  }),
  repositories: build.repositories.map(({ arch, debug, name, url }) => ({
    name,
    arch,
    debug,
    url: SelfUrl.read(url, "")
  }))
})

/** Tasks whose wait in the queue is explained: each costs a look at the queue. */
const explained = 20

const number = PathNumber.of("package build")

export const layer = HttpApiBuilder.group(
  OrchApi,
  "packageBuilds",
  Effect.fn(function*(handlers) {
    const access = yield* Access
    const builds = yield* PackageBuilds
    const people = yield* People
    const reads = yield* PackageBuildReads
    const submission = yield* BuildSubmission
    const pool = yield* BuilderPool

    const find = Effect.fnUntraced(function*(given: string) {
      const id = yield* number(given)
      const { state } = yield* builds.get(id).pipe(
        Effect.catchTag("ProcessNotFound", () => Effect.fail(ErrorBody.notFound(`There is no package build ${id}`))),
        whenAway
      )
      return state
    })

    /** A build is its owner's and the administrators' to change. */
    const change = Effect.fnUntraced(function*(given: string, event: (at: number, by: string) => PackageBuildEvent) {
      const caller = yield* CurrentCaller
      const build = yield* find(given)
      if (caller.name !== build.plan.owner && !access.allows(caller, "administer")) {
        return yield* ErrorBody.forbidden(
          `Package build ${build.id} is ${build.plan.owner}'s; only they and administrators may change it`
        )
      }
      const at = yield* Clock.currentTimeMillis
      return yield* builds.apply(build.id, [{ event: event(at, caller.name), key: undefined }]).pipe(
        Effect.catchTag("IllegalTransition", ({ message }) => Effect.fail(ErrorBody.conflict(message))),
        Effect.catchTag(
          "ProcessNotFound",
          ({ id }) => Effect.fail(ErrorBody.notFound(`There is no package build ${id}`))
        ),
        whenAway,
        Effect.map(({ state }) => summary(state))
      )
    })

    const queueOf = Effect.fnUntraced(function*(task: number) {
      const why = yield* pool.explain(task).pipe(
        Effect.catchTag("UnknownTask", () => Effect.undefined),
        whenAway
      )
      if (why === undefined) return null
      const place = why._tag === "Turn" || why._tag === "Limit" ? why.place : undefined
      return {
        kind: why._tag,
        sentence: QueueExplanation.sentence(why, time),
        place: place?.place ?? null,
        expected_at: optionalTime(place?.at),
        node: place?.node ?? (why._tag === "NotQueued" ? why.node : undefined) ?? null
      }
    })

    const explain = Effect.fnUntraced(function*(build: PackageBuild) {
      const { reason, state, tasks, waitsFor } = Explanation.explain(build)
      let asked = 0
      const shown: Array<PackageBuildExplanation["tasks"][number]> = []
      for (const task of tasks) {
        const isQueued = task.waitsFor?._tag === "Node" && asked++ < explained
        shown.push({
          name: task.task,
          package: task.package,
          state: task.state,
          reason: task.reason,
          waits_for: task.waitsFor?._tag === "Tasks" ? task.waitsFor.tasks : [],
          queue: isQueued ? yield* queueOf(task.number) : null
        })
      }
      return { state, reason, waits_for: waitsFor, tasks: shown }
    })

    return handlers.handleAll({
      submit: Effect.fnUntraced(function*({ payload }) {
        const { name } = yield* CurrentCaller
        const { email } = yield* people.ensure(name).pipe(whenAway)
        const build = yield* submission.submit({
          platforms: payload.platforms.map(({ arches, name }) => ({ name, arch_list: arches })),
          tasks: payload.refs.map(({ mock_options, ref, type, url }) => ({
            url,
            ...(ref === undefined ? {} : { git_ref: ref }),
            ...(type === undefined ? {} : { ref_type: type }),
            ...(mock_options === undefined ? {} : { mock_options })
          })),
          ...(payload.linked_builds === undefined ? {} : { linked_builds: payload.linked_builds }),
          ...(payload.mock_options === undefined ? {} : { mock_options: payload.mock_options }),
          independent_tasks: payload.independent === true,
          is_secure_boot: payload.secure_boot === true
        }, { name, email }).pipe(
          Effect.catchTag("AlbsFailure", (failure) => {
            const error = TypedFailures.of(failure)
            return Effect.fail(error instanceof ErrorBody.Conflict ? ErrorBody.unprocessable(error.message) : error)
          }),
          whenAway
        )
        return summary(build)
      }),
      list: Effect.fnUntraced(function*({ query }) {
        const { limit, offset } = yield* Paging.parse(query, 20)
        const { builds: found, total } = yield* reads.page(
          {
            owner: query.owner,
            project: query.project,
            running: query.running === undefined ? undefined : query.running === "true",
            rpm: {}
          },
          Math.min(limit, 100),
          offset
        ).pipe(whenAway)
        return { items: found.map(summary), total }
      }),
      get: ({ params }) => Effect.map(find(params.id), detail),
      explain: ({ params }) => Effect.flatMap(find(params.id), explain),
      cancel: ({ params }) => change(params.id, (at, by) => ({ _tag: "CancelRequested", at, by })),
      restart: ({ params, payload }) =>
        change(params.id, (at, by) => ({ _tag: "RestartRequested", at, by, ...payload })),
      prioritize: Effect.fnUntraced(function*({ params, payload: { priority } }) {
        if (priority > 0 && !access.allows(yield* CurrentCaller, "administer")) {
          return yield* ErrorBody.forbidden("Only administrators may have a build come before those of others")
        }
        return yield* change(params.id, (at, by) => ({ _tag: "PriorityRequested", at, by, priority }))
      })
    })
  })
)
