/** Module builds of the `/orch/v1` face: wire to domain and back, nothing else. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import { ModuleBuildEngine } from "@orch/core/engine/modulebuild/ModuleBuildEngine"
import type { IllegalTransition } from "@orch/core/life/IllegalTransition"
import { explain } from "@orch/core/modulebuild/Explanation"
import type { ModuleBuild } from "@orch/core/modulebuild/ModuleBuild"
import { trace } from "@orch/core/modulebuild/Trace"
import * as WaitChain from "@orch/core/modulebuild/WaitChain"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import { CommandQueues } from "@orch/core/ports/CommandQueue"
import { ModuleBuildIndex } from "@orch/core/ports/modulebuild/ModuleBuildIndex"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import { Outbox } from "@orch/core/ports/Outbox"
import type { Applied, ProcessNotFound } from "@orch/core/ports/ProcessStore"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import { Access } from "../../auth/Access.ts"
import { CurrentCaller } from "../../auth/CurrentCaller.ts"
import { FarmQueue } from "../../farmqueue/FarmQueue.ts"
import { whenAway } from "../../http/Failures.ts"
import * as Paging from "../../http/Paging.ts"
import * as EventStream from "../../operations/EventStream.ts"
import * as SystemConditions from "../../operations/SystemConditions.ts"
import * as ExplanationView from "../ExplanationView.ts"
import { Submission } from "../submission/Submission.ts"
import * as Failures from "./ModuleBuildFailures.ts"
import * as View from "./ModuleBuildView.ts"
import * as SubmissionBody from "./SubmissionBody.ts"

/** A build has a handful of events for each component; more than this is not a history but a fault. */
const historyLimit = 100_000

/** Characters of a build's answer that is kept: a build of a hundred components. The store keeps a thousand builds. */
const keptDetail = 100_000

/** Dead letters looked through for those of one build. */
const deadLetterLimit = 1000

export const layer = HttpApiBuilder.group(
  OrchApi,
  "moduleBuilds",
  Effect.fn(function*(handlers) {
    const access = yield* Access
    const engine = yield* ModuleBuildEngine
    const store = yield* ModuleBuilds
    const index = yield* ModuleBuildIndex
    const queue = yield* CommandQueues
    const submission = yield* Submission
    const outbox = yield* Outbox
    const farm = yield* BuildSystem
    const farmQueue = yield* FarmQueue
    /** What was answered about a build, for as long as the store keeps it as it is: its history is replayed once, not for each reader. */
    const details = new WeakMap<ModuleBuild, HttpServerResponse.HttpServerResponse>()

    const changed = (
      effect: Effect.Effect<Applied<ModuleBuild>, IllegalTransition | ProcessNotFound | StoreUnavailable>
    ) =>
      effect.pipe(
        Effect.catchTag("IllegalTransition", (error) => Effect.fail(Failures.ofTransition(error))),
        Failures.whenMissing,
        whenAway,
        Effect.map(({ state }) => View.summaryOf(state))
      )

    const administers = Effect.map(
      CurrentCaller,
      (caller) => access.allows(caller, "administer")
    )

    /** A build is its owner's and the administrators' to change. */
    const own = Effect.fnUntraced(function*(
      given: string,
      claimed: string | undefined,
      change: (
        id: number,
        by: string
      ) => Effect.Effect<Applied<ModuleBuild>, IllegalTransition | ProcessNotFound | StoreUnavailable>
    ) {
      const id = yield* Failures.moduleBuildId(given)
      if (!(yield* administers)) {
        const caller = yield* CurrentCaller
        const { state: build } = yield* store.get(id, 1).pipe(Failures.whenMissing, whenAway)
        if (build.plan.owner !== caller.name) {
          return yield* ErrorBody.forbidden(
            `Module build ${id} is ${build.plan.owner}'s; only they and administrators may change it`
          )
        }
      }
      return yield* changed(change(id, yield* SubmissionBody.actor(claimed)))
    })

    const prioritize = Effect.fnUntraced(function*(id: string, claimed: string | undefined, priority: number) {
      if (priority > 0 && !(yield* administers)) {
        return yield* ErrorBody.forbidden("Only administrators may have a build come before those of others")
      }
      return yield* own(id, claimed, (id, by) => engine.prioritize(id, priority, by))
    })

    return handlers.handleAll({
      submit: ({ payload }) =>
        Effect.gen(function*() {
          const request = yield* SubmissionBody.request(payload, yield* SubmissionBody.actor(payload.owner))
          const submitted = yield* submission.submit(request)
          const builds = yield* Effect.forEach(submitted, ({ id }) => store.get(id), { concurrency: 4 })
          return builds.map(({ state: build }) => View.summaryOf(build))
        }).pipe(
          Effect.catchTag("SubmissionRefused", (refused) => Effect.fail(Failures.ofSubmission(refused))),
          Effect.catchTag("ProcessNotFound", Effect.die),
          whenAway
        ),
      list: Effect.fnUntraced(function*({ query: { limit, name, offset, owner, state, stream } }) {
        const paging = yield* Paging.parse({
          ...(limit === undefined ? {} : { limit }),
          ...(offset === undefined ? {} : { offset })
        }, 50)
        const states = yield* Paging.states(state)
        const { items, total } = yield* index.list({
          ...paging,
          order: "newest",
          ...(states === undefined ? {} : { states }),
          ...(name === undefined ? {} : { name }),
          ...(stream === undefined ? {} : { stream }),
          ...(owner === undefined ? {} : { owner })
        }).pipe(whenAway)
        return { items: items.map(View.summary), total }
      }),
      get: Effect.fnUntraced(function*({ params }) {
        const id = yield* Failures.moduleBuildId(params.id)
        const { state: build } = yield* store.get(id).pipe(Failures.whenMissing, whenAway)
        const known = details.get(build)
        if (known !== undefined) return known
        const events = yield* whenAway(store.history(id, 0, historyLimit))
        const text = yield* View.detail(build, trace(id, build.plan, events.map(({ event }) => event)))
        const response = HttpServerResponse.text(text, { contentType: "application/json" })
        if (text.length <= keptDetail) details.set(build, response)
        return response
      }),
      explain: Effect.fnUntraced(function*({ params }) {
        const id = yield* Failures.moduleBuildId(params.id)
        const { state: build } = yield* store.get(id).pipe(Failures.whenMissing, whenAway)
        const letters = yield* whenAway(
          queue.deadLetters({ life: "module-build", process: id, limit: deadLetterLimit })
        )
        const away = yield* SystemConditions.away(build.plan.platform).pipe(Effect.provideService(BuildSystem, farm))
        const chain = WaitChain.of(build, away)
        // Only what is queued has a place there, and looking for it costs.
        const found = chain.some(({ queued }) => queued.length > 0) ? yield* whenAway(farmQueue.queue) : undefined
        return ExplanationView.explanation(explain(build, away), letters, ExplanationView.waits(id, chain, found))
      }),
      events: Effect.fnUntraced(function*({ headers, params }) {
        const id = yield* Failures.moduleBuildId(params.id)
        yield* store.get(id).pipe(Failures.whenMissing, whenAway)
        return yield* EventStream.follow(headers["last-event-id"], "beginning", { subject: `module-build/${id}` }).pipe(
          Effect.provideService(Outbox, outbox)
        )
      }),
      cancel: ({ params, query }) => own(params.id, query.by, (id, by) => engine.cancel(id, by)),
      resume: ({ params, query }) => own(params.id, query.by, (id, by) => engine.resume(id, by)),
      prioritize: ({ params, payload, query }) => prioritize(params.id, query.by, payload.priority),
      retire: ({ params, query }) => own(params.id, query.by, (id, by) => engine.retire(id, by)),
      retry: ({ params, query }) => own(params.id, query.by, (id, by) => engine.retry(id, params.component, by))
    })
  })
)
