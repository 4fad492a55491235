/** Releases on AlmaLinux's build system's interface, as both generations of its clients know them. */
import * as AlbsStatus from "@orch/api/albs/AlbsStatus"
import * as ReleaseWire from "@orch/api/albs/ReleaseWire"
import { type Release, type ReleaseState, states } from "@orch/core/release/Release"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as AlbsCall from "../../albs/AlbsCall.ts"
import { AlbsCallers, type Role } from "../../albs/AlbsCallers.ts"
import * as AlbsFailure from "../../albs/AlbsFailure.ts"
import { People } from "../../people/People.ts"
import { Platforms } from "../../platforms/Platforms.ts"
import { Products } from "../../products/Products.ts"
import * as PlanEdits from "../PlanEdits.ts"
import { type Asking, ReleaseOrders, type ReleaseRefused } from "../ReleaseOrders.ts"
import { ReleaseReads } from "../ReleaseReads.ts"
import { ReleaseTargets } from "../ReleaseTargets.ts"
import * as ReleaseView from "./ReleaseView.ts"

/** What the routes need. */
export type Services = AlbsCallers | People | Platforms | Products | ReleaseOrders | ReleaseReads | ReleaseTargets

type Handler = (call: AlbsCall.AlbsCall) => AlbsCall.Answer<Services>

const pageSize = 10
/** Releases that a list without pages shows. */
const mostListed = 200

/** How long a client waits for a plan, and one of old for the end of a commit; milliseconds. */
const planMillis = 60_000
const commitMillis = 240_000

const planning: ReadonlySet<ReleaseState> = new Set(["planning"])
const moving: ReadonlySet<ReleaseState> = new Set(["planning", "waiting", "committing", "reverting"])

const statuses = { forbidden: AlbsFailure.forbidden, unknown: AlbsFailure.notFound, conflict: AlbsFailure.conflict }

const failure = ({ message, reason }: ReleaseRefused): AlbsFailure.AlbsFailure =>
  reason === "invalid" ? AlbsFailure.badRequest(message) : statuses[reason](message)

const whenRefused = <A, E, R>(
  effect: Effect.Effect<A, E | ReleaseRefused, R>
): Effect.Effect<A, Exclude<E, ReleaseRefused> | AlbsFailure.AlbsFailure, R> =>
  Effect.catchTag(
    effect as Effect.Effect<A, ReleaseRefused, R>,
    "ReleaseRefused",
    (error) => Effect.fail(failure(error))
  ) as never

const asking = Effect.fnUntraced(function*(call: AlbsCall.AlbsCall, role: Role) {
  const { name, roles } = yield* (yield* AlbsCallers).require(call.request, role)
  return { name, releases: roles.has("releaser") || roles.has("admin") } satisfies Asking
})

/** Where releases may go, and the products that they are of, by number. */
const destinations = Effect.fnUntraced(function*(releases: ReadonlyArray<Release>) {
  const numbers = [...new Set(releases.flatMap(({ plan }) => plan.product ?? []))]
  const products = yield* (yield* Products).ofNumbers(numbers)
  return { products, repositories: yield* (yield* ReleaseTargets).reachable(products.values()) }
})

const surroundings = Effect.fnUntraced(function*(releases: ReadonlyArray<Release>) {
  const platforms = yield* (yield* Platforms).named([...new Set(releases.map(({ plan }) => plan.platform))])
  const people = yield* (yield* People).named([...new Set(releases.map(({ plan }) => plan.by))])
  const { products, repositories } = yield* destinations(releases)
  return {
    products,
    repositories: new Map(repositories.map((one) => [one.target.name, one])),
    platforms,
    people
  }
})

const shown = Effect.fnUntraced(function*(release: Release) {
  return ReleaseView.wire(release, yield* surroundings([release]))
})

const answer = (release: Release) =>
  Effect.map(shown(release), (wire) => AlbsCall.answer(ReleaseWire.ReleaseWire, wire))

const releaseOf = Effect.fnUntraced(function*(call: AlbsCall.AlbsCall) {
  const orders = yield* ReleaseOrders
  const id = yield* AlbsCall.id(call, "release_id")
  return yield* orders.find(id).pipe(whenRefused)
})

const create: Handler = Effect.fnUntraced(function*(call) {
  const by = yield* asking(call, "user")
  const given = yield* AlbsCall.body(call, ReleaseWire.ReleaseCreate, "payload", "release")
  const known = yield* (yield* Platforms).list
  const platform = known.find(({ id }) => id === given.platform_id)
  if (platform === undefined) {
    return yield* AlbsFailure.notFound(`Platform with ID ${given.platform_id} does not exist`)
  }
  const { build_tasks: tasks, product_id: product, reference_platform_id: referenceId } = given
  const reference = known.find(({ id }) => id === referenceId)
  if (referenceId !== undefined && referenceId !== null && reference === undefined) {
    return yield* AlbsFailure.notFound(`Platform with ID ${referenceId} does not exist`)
  }
  const orders = yield* ReleaseOrders
  const { id } = yield* orders.create({
    platform: platform.name,
    builds: [...new Set(given.builds)],
    ...(tasks === undefined || tasks === null || tasks.length === 0 ? {} : { tasks }),
    ...(reference === undefined ? {} : { references: [reference.name] }),
    ...(product === undefined || product === null ? { waits: true } : { product })
  }, by).pipe(whenRefused)
  return yield* answer(yield* orders.settled(id, planning, planMillis).pipe(whenRefused))
})

const update: Handler = Effect.fnUntraced(function*(call) {
  const by = yield* asking(call, "user")
  const release = yield* releaseOf(call)
  const orders = yield* ReleaseOrders
  yield* orders.own(release, by).pipe(whenRefused)
  const given = yield* AlbsCall.body(call, ReleaseWire.ReleaseUpdate, "payload", "release")
  if (given.plan !== undefined && given.plan !== null) {
    const { repositories } = yield* destinations([release])
    const edits = PlanEdits.between(release, given.plan, repositories, by.name)
    if (Result.isFailure(edits)) {
      return yield* AlbsFailure.invalid(
        edits.failure.map(({ loc, message }) => ({
          type: "value_error",
          loc: [...loc],
          msg: `Value error, ${message}`
        }))
      )
    }
    if (edits.success.length > 0) {
      yield* orders.tell(release.id, ...edits.success.map((edit) => ({ _tag: "Edited" as const, edit }))).pipe(
        whenRefused
      )
    }
  }
  const { build_tasks: tasks, builds } = given
  const isSame = (builds ?? []).join() === release.plan.builds.join()
    && (tasks ?? []).join() === (release.plan.tasks ?? []).join()
  if (builds !== undefined && builds !== null && !isSame) {
    yield* orders.checkBuilds(builds, by).pipe(whenRefused)
    yield* orders.tell(release.id, {
      _tag: "Reordered",
      by: by.name,
      builds: [...new Set(builds)],
      ...(tasks === undefined || tasks === null || tasks.length === 0 ? {} : { tasks })
    }).pipe(whenRefused)
  }
  return yield* answer(yield* orders.settled(release.id, planning, planMillis).pipe(whenRefused))
})

/** The release with its plan as it is now: what failed or was taken back is planned anew, since much may have changed. */
const planned = Effect.fnUntraced(function*(release: Release, by: Asking) {
  const orders = yield* ReleaseOrders
  if (release.state === "failed" || release.state === "reverted") {
    yield* orders.tell(release.id, { _tag: "PlanRequested", by: by.name }).pipe(whenRefused)
  }
  return yield* orders.settled(release.id, planning, planMillis).pipe(whenRefused)
})

/**
 * Clients of old wait for the end and are told of it; today's are told that it began. Both are answered 200 where the plan does not allow
 * it, as ever, and the release is failed then and says why.
 */
const commit: Handler = Effect.fnUntraced(function*(call) {
  const by = yield* asking(call, "releaser")
  const release = yield* planned(yield* releaseOf(call), by)
  const orders = yield* ReleaseOrders
  if (release.state === "planned") {
    yield* orders.tell(release.id, { _tag: "CommitRequested", by: by.name }).pipe(
      Effect.catchIf(
        (error): error is ReleaseRefused => error._tag === "ReleaseRefused" && error.reason === "conflict",
        ({ message: reason }) => orders.tell(release.id, { _tag: "CommitRefused", by: by.name, reason })
      ),
      whenRefused
    )
  }
  if (release.plan.waits !== true) {
    return AlbsCall.answer(ReleaseWire.ReleaseStarted, { message: "Release plan execution has been started" })
  }
  const ended = yield* shown(yield* orders.settled(release.id, moving, commitMillis).pipe(whenRefused))
  return AlbsCall.answer(ReleaseWire.ReleaseStarted, {
    release: ended,
    message: ended.plan?.last_log ?? "Release plan execution has been started"
  })
})

const revert: Handler = Effect.fnUntraced(function*(call) {
  const by = yield* asking(call, "releaser")
  const release = yield* releaseOf(call)
  const orders = yield* ReleaseOrders
  if (release.state !== "reverted" && release.state !== "reverting") {
    yield* orders.tell(release.id, { _tag: "RevertRequested", by: by.name, why: "asked by the build system's client" })
      .pipe(whenRefused)
  }
  return AlbsCall.answer(ReleaseWire.ReleaseStarted, { message: "Release plan revert has been started" })
})

const remove: Handler = Effect.fnUntraced(function*(call) {
  const by = yield* asking(call, "user")
  const release = yield* releaseOf(call)
  const orders = yield* ReleaseOrders
  yield* orders.own(release, by).pipe(whenRefused)
  yield* orders.tell(release.id, { _tag: "RemoveRequested", by: by.name }).pipe(whenRefused)
  return AlbsCall.empty(204)
})

const list: Handler = Effect.fnUntraced(function*(call) {
  const page = yield* AlbsCall.page(call)
  const status = yield* AlbsCall.queryNumber(call, "status")
  const platformId = yield* AlbsCall.queryNumber(call, "platform_id")
  const product = yield* AlbsCall.queryNumber(call, "product_id")
  const platforms = platformId === undefined ? [] : yield* (yield* Platforms).list
  const query = {
    states: status === undefined ? undefined : states.filter((state) => AlbsStatus.ofRelease[state] === status),
    // Of a number that no platform has there are no releases.
    platform: platformId === undefined ? undefined : platforms.find(({ id }) => id === platformId)?.name ?? "",
    product,
    package: AlbsCall.queryText(call, "package_name")
  }
  const isPaged = page !== undefined && page > 0
  const { releases, total } = yield* (yield* ReleaseReads).page(
    query,
    isPaged ? pageSize : mostListed,
    isPaged ? (page - 1) * pageSize : 0,
    "whole"
  )
  const around = yield* surroundings(releases)
  const shown = releases.map((release) => ReleaseView.wire(release, around))
  return isPaged
    ? AlbsCall.answer(ReleaseWire.ReleasePage, { releases: shown, total_releases: total, current_page: page })
    : AlbsCall.answer(Schema.Array(ReleaseWire.ReleaseWire), shown)
})

/** What is answered, by group and endpoint of `AlbsApi`. */
export const routes: Readonly<Record<string, Handler>> = {
  "albsReleases.list": list,
  "albsReleases.get": (call) => Effect.flatMap(releaseOf(call), answer),
  "albsReleases.create": create,
  "albsReleases.update": update,
  "albsReleases.commit": commit,
  "albsReleases.revert": revert,
  "albsReleases.remove": remove
}
