/** Releases of the `/orch/v1` face: wire to domain and back, nothing else. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import type {
  ReleaseDetail,
  ReleaseEditRequest,
  ReleaseExplanation,
  ReleasePlanView,
  ReleaseProblemView,
  ReleaseRepository,
  ReleaseSummary
} from "@orch/api/orch/ReleasesApi"
import { CommandQueues } from "@orch/core/ports/CommandQueue"
import { Outbox } from "@orch/core/ports/Outbox"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import type { Placement } from "@orch/core/release/Placement"
import { type Release, repositoriesOf } from "@orch/core/release/Release"
import type { ReleaseEdit } from "@orch/core/release/ReleaseEdit"
import * as Explanation from "@orch/core/release/ReleaseExplanation"
import type { ReleaseModule, ReleasePackage } from "@orch/core/release/ReleasePackage"
import * as ReleaseProblem from "@orch/core/release/ReleaseProblem"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { Access } from "../../auth/Access.ts"
import { CurrentCaller } from "../../auth/CurrentCaller.ts"
import { whenAway } from "../../http/Failures.ts"
import * as Paging from "../../http/Paging.ts"
import * as PathNumber from "../../http/PathNumber.ts"
import * as EventStream from "../../operations/EventStream.ts"
import { ReleaseOrders, type ReleaseRefused, type Told } from "../ReleaseOrders.ts"
import { ReleaseReads } from "../ReleaseReads.ts"

const time = (at: number): string => new Date(at).toISOString()

const problemView = (problem: ReleaseProblem.ReleaseProblem): ReleaseProblemView => ({
  severity: problem.severity,
  kind: problem._tag,
  message: ReleaseProblem.describe(problem)
})

const summary = (release: Release): ReleaseSummary => ({
  id: release.id,
  state: release.state,
  state_reason: release.reason,
  platform: release.plan.platform,
  builds: [...release.plan.builds],
  tasks: release.plan.tasks === undefined ? null : [...release.plan.tasks],
  product: release.plan.product ?? null,
  created_by: release.plan.by,
  blocks: release.problems.filter(({ severity }) => severity === "blocks").length,
  warns: release.problems.filter(({ severity }) => severity === "warns").length,
  created_at: time(release.createdAt),
  modified_at: time(release.modifiedAt)
})

const repositoryView = (one: Explanation.RepositoryExplanation): ReleaseRepository => ({
  name: one.name,
  additions: one.additions,
  done: one.done ?? null,
  running: one.running ?? null,
  next: one.next ?? null,
  problem: one.problem ?? null
})

const detail = (release: Release): ReleaseDetail => ({
  ...summary(release),
  repositories: Explanation.explain(release).repositories.map(repositoryView),
  problems: release.problems.map(problemView),
  edits: [...release.edits],
  erratum: release.erratum ?? null
})

const planView = (release: Release): ReleasePlanView => {
  const packages = new Map<string, { readonly one: ReleasePackage; readonly places: Array<Placement> }>()
  const modules = new Map<string, { readonly one: ReleaseModule; readonly places: Array<Placement> }>()
  for (const { additions } of repositoriesOf(release)) {
    for (const addition of additions) {
      if (addition._tag === "Package") {
        const known = packages.get(addition.package.nevra) ?? { one: addition.package, places: [] }
        known.places.push(addition.placement)
        packages.set(addition.package.nevra, known)
      } else {
        const known = modules.get(addition.module.id) ?? { one: addition.module, places: [] }
        known.places.push(addition.placement)
        modules.set(addition.module.id, known)
      }
    }
  }
  return {
    state: release.state,
    packages: [...packages.values()].map(({ one, places }) => ({
      nevra: one.nevra,
      build: one.build,
      source: one.source,
      sha256: one.sha256,
      module: one.module ?? null,
      signers: [...one.signers],
      places
    })).sort((a, b) => a.nevra < b.nevra ? -1 : 1),
    modules: [...modules.values()].map(({ one, places }) => ({
      id: one.id,
      build: one.build,
      artifacts: [...one.artifacts],
      places
    })),
    left_out: [...release.leftOut],
    problems: release.problems.map(problemView)
  }
}

/** An edit of this person, of what they sent. */
const editOf = (given: ReleaseEditRequest, by: string): ReleaseEdit => {
  const who = { by, why: given.why ?? "" }
  if ("place" in given) return { _tag: "Place", package: given.place, repositories: given.repositories, ...who }
  if ("place_module" in given) {
    return { _tag: "PlaceModule", module: given.place_module, repositories: given.repositories, ...who }
  }
  if ("exclude" in given) return { _tag: "Exclude", subject: given.exclude, ...who }
  if ("reset" in given) return { _tag: "Reset", subject: given.reset, ...who }
  return { _tag: "Force", package: given.force, ...who }
}

const bodies = {
  forbidden: ErrorBody.forbidden,
  unknown: ErrorBody.notFound,
  conflict: ErrorBody.conflict,
  invalid: ErrorBody.badRequest
}

const answered = <A>(asked: Effect.Effect<A, ReleaseRefused | StoreUnavailable>) =>
  asked.pipe(
    Effect.catchTag("ReleaseRefused", ({ message, reason }) =>
      Effect.fail<
        ErrorBody.Forbidden | ErrorBody.NotFound | ErrorBody.Conflict | ErrorBody.BadRequest
      >(bodies[reason](message))),
    whenAway
  )

const number = PathNumber.of("release")

/** Dead letters looked through for those of one release. */
const deadLetterLimit = 1000

export const layer = HttpApiBuilder.group(
  OrchApi,
  "releases",
  Effect.fn(function*(handlers) {
    const access = yield* Access
    const orders = yield* ReleaseOrders
    const reads = yield* ReleaseReads
    const queue = yield* CommandQueues
    const outbox = yield* Outbox

    const asking = Effect.map(CurrentCaller, (caller) => ({
      name: caller.name,
      releases: access.allows(caller, "release")
    }))

    /** A release that has to be there: what else could be wrong with it is not asked. */
    const find = Effect.fnUntraced(function*(given: string) {
      const id = yield* number(given)
      return yield* orders.find(id).pipe(
        Effect.catchTag("ReleaseRefused", ({ message }) => Effect.fail(ErrorBody.notFound(message))),
        whenAway
      )
    })

    /** Tells a release that is the caller's own, or anybody's where they may release. */
    const tell = Effect.fnUntraced(function*(given: string, events: (by: string) => ReadonlyArray<Told>) {
      const release = yield* find(given)
      const by = yield* asking
      yield* answered(orders.own(release, by))
      return summary(yield* answered(orders.tell(release.id, ...events(by.name))))
    })

    return handlers.handleAll({
      plan: Effect.fnUntraced(function*({ payload }) {
        return summary(yield* answered(orders.create(payload, yield* asking)))
      }),
      list: Effect.fnUntraced(function*({ query: { limit, offset, package: name, platform, state } }) {
        const paging = yield* Paging.parse({
          ...(limit === undefined ? {} : { limit }),
          ...(offset === undefined ? {} : { offset })
        }, 20)
        const states = state === undefined ? undefined : [state]
        const page = yield* reads.page(
          { states, platform, package: name },
          Math.min(paging.limit, 100),
          paging.offset,
          "short"
        ).pipe(whenAway)
        return { items: page.releases.map(summary), total: page.total }
      }),
      get: ({ params }) => Effect.map(find(params.id), detail),
      planOf: ({ params }) => Effect.map(find(params.id), planView),
      explain: Effect.fnUntraced(function*({ params }) {
        const release = yield* find(params.id)
        const letters = yield* whenAway(
          queue.deadLetters({ life: "release", process: release.id, limit: deadLetterLimit })
        )
        const { reason, repositories, state, waitsFor } = Explanation.explain(release)
        const explanation: ReleaseExplanation = {
          state,
          reason,
          waits_for: [
            ...waitsFor,
            ...letters.map(({ command, id }) =>
              `Somebody has to release the command ${
                command ?? "that cannot be read"
              } (orch dead-letters release ${id}): its retries are spent.`
            )
          ],
          repositories: repositories.map(repositoryView),
          dead_letters: letters.map((letter) => ({
            id: letter.id,
            command: letter.command ?? "unreadable",
            reason: letter.reason
          }))
        }
        return explanation
      }),
      events: Effect.fnUntraced(function*({ headers, params }) {
        const { id } = yield* find(params.id)
        return yield* EventStream.follow(headers["last-event-id"], "beginning", { subject: `release/${id}` }).pipe(
          Effect.provideService(Outbox, outbox)
        )
      }),
      replan: ({ params }) => tell(params.id, (by) => [{ _tag: "PlanRequested", by }]),
      edit: ({ params, payload }) =>
        tell(params.id, (by) => payload.edits.map((edit) => ({ _tag: "Edited", edit: editOf(edit, by) }))),
      describe: ({ params, payload }) => tell(params.id, (by) => [{ _tag: "Described", by, erratum: payload }]),
      order: Effect.fnUntraced(function*({ params, payload }) {
        yield* find(params.id)
        yield* answered(orders.checkBuilds(payload.builds, yield* asking))
        return yield* tell(params.id, (by) => [{ _tag: "Reordered", by, ...payload }])
      }),
      commit: ({ params }) => tell(params.id, (by) => [{ _tag: "CommitRequested", by }]),
      revert: ({ params, payload }) =>
        tell(params.id, (by) => [{ _tag: "RevertRequested", by, why: payload.why ?? "no reason given" }]),
      remove: ({ params }) => Effect.asVoid(tell(params.id, (by) => [{ _tag: "RemoveRequested", by }]))
    })
  })
)
