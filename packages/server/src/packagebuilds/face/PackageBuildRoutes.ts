/** Builds on AlmaLinux's build system's interface: asking for them, looking at them, changing them. */
import * as BuildWire from "@orch/api/albs/BuildWire"
import type { PackageBuild } from "@orch/core/packagebuild/PackageBuild"
import type { PackageBuildEvent } from "@orch/core/packagebuild/PackageBuildEvent"
import { packageBuildLife } from "@orch/core/packagebuild/PackageBuildLife"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as AlbsCall from "../../albs/AlbsCall.ts"
import { type AlbsCaller, AlbsCallers } from "../../albs/AlbsCallers.ts"
import * as AlbsFailure from "../../albs/AlbsFailure.ts"
import * as AlbsPermission from "../../albs/AlbsPermission.ts"
import * as SelfUrl from "../../albs/SelfUrl.ts"
import { BuilderPool } from "../../builders/BuilderPool.ts"
import { People } from "../../people/People.ts"
import type { Action } from "../../people/Permission.ts"
import { Flavors } from "../../platforms/Flavors.ts"
import * as BuildRights from "../../products/BuildRights.ts"
import { Products } from "../../products/Products.ts"
import { BuildNeighbours, none } from "../BuildNeighbours.ts"
import { BuildSubmission } from "../BuildSubmission.ts"
import { ModulePreviews } from "../ModulePreviews.ts"
import { type BuildQuery, PackageBuildReads } from "../PackageBuildReads.ts"
import * as PackageBuildView from "./PackageBuildView.ts"

/** What the routes need. */
export type Services =
  | BuildNeighbours
  | AlbsCallers
  | BuilderPool
  | BuildSubmission
  | Flavors
  | ModulePreviews
  | PackageBuildReads
  | PackageBuilds
  | People
  | Products

type Handler = (call: AlbsCall.AlbsCall) => AlbsCall.Answer<Services>

const pageSize = 10
/** Builds of the bare list that page 0 asks for: what once was all of them. */
const mostBuilds = 100

/** What clients see of builds, in a constant number of statements. */
const show = Effect.fnUntraced(function*(builds: ReadonlyArray<PackageBuild>) {
  const people = yield* (yield* People).named([...new Set(builds.map(({ plan }) => plan.owner))])
  const running = builds.filter(({ state }) => state === "building").map(({ id }) => id)
  const rows = yield* (yield* BuilderPool).ofProcesses(packageBuildLife.name, running)
  const flavors = new Map(
    (yield* (yield* Flavors).numbered([...new Set(builds.flatMap(({ plan }) => plan.flavors))])).map(
      ({ id, name }) => [id, name]
    )
  )
  const neighbours = yield* (yield* BuildNeighbours).of(builds.map(({ id }) => id))
  const pool = new Map(rows.map((row) => [Number(row.id), row]))
  return builds.map((build) =>
    PackageBuildView.view(build, { ...neighbours.get(build.id) ?? none, people, pool, flavors })
  )
})

/**
 * The answer, written once: what is shown is made here and is JSON as it stands, and going through it for each task of a build of thousands
 * takes seconds.
 */
const shownTo = (
  { origin }: AlbsCall.AlbsCall,
  shown: BuildWire.BuildWire | typeof BuildWire.BuildPage.Type
): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.text(SelfUrl.readText(JSON.stringify(shown), origin), { contentType: "application/json" })

const notFound = (id: number) => AlbsFailure.notFound(`Build with build_id=${id} is not found`)

/** A build; one that was removed is not there. */
const get = Effect.fnUntraced(function*(id: number) {
  const { state } = yield* (yield* PackageBuilds).get(id).pipe(
    Effect.catchTag("ProcessNotFound", () => Effect.fail(notFound(id)))
  )
  return state.state === "removed" ? yield* notFound(id) : state
})

/** A build within a moment: what was read before is not read again, unless it is older or newer than the moment. */
const asItIs = Effect.fnUntraced(function*(id: number) {
  const now = yield* (yield* PackageBuildReads).revision(id)
  const known = yield* (yield* PackageBuilds).get(id, now).pipe(
    Effect.catchTag("ProcessNotFound", () => Effect.fail(notFound(id)))
  )
  if (known.revision !== now) return yield* get(id)
  return known.state.state === "removed" ? yield* notFound(id) : known.state
})

/** The build of the path. */
const find = (call: AlbsCall.AlbsCall) => Effect.flatMap(AlbsCall.id(call, "build_id"), get)

/** A build as it is shown: who sees that all is signed or tested sees the packages that were there then. */
const one = Effect.fnUntraced(function*(id: number, call: AlbsCall.AlbsCall) {
  const { atOneMoment } = yield* PackageBuildReads
  const [shown] = yield* atOneMoment(Effect.flatMap(asItIs(id), (build) => show([build])))
  return shownTo(call, shown!)
})

/** Whoever changes a build owns it, has a role in the team of its product that allows it, or runs the place. */
const requireOwner = Effect.fnUntraced(function*(call: AlbsCall.AlbsCall, build: PackageBuild, action: Action) {
  const caller = yield* (yield* AlbsCallers).require(call.request, "packager")
  const team = yield* BuildRights.teamOf(build)
  if (!AlbsPermission.may(caller, action, { owner: build.plan.owner, team })) {
    return yield* AlbsFailure.forbidden("User has no permissions to change the build")
  }
  return caller
})

/** What is built for a product is shown there, and its team may change it. */
const requireProduct = Effect.fnUntraced(function*(caller: AlbsCaller, id: number | null | undefined) {
  if (id === undefined || id === null) return
  const product = yield* (yield* Products).find({ id })
  if (product === undefined) return yield* AlbsFailure.notFound(`Product with id=${id} is not found`)
  if (!(yield* BuildRights.mayBuildFor(caller, product))) {
    return yield* AlbsFailure.forbidden("User has no permissions to create builds of the product")
  }
})

const apply = Effect.fnUntraced(function*(build: PackageBuild, event: (at: number) => PackageBuildEvent) {
  const at = yield* Clock.currentTimeMillis
  return yield* (yield* PackageBuilds).apply(build.id, [{ event: event(at), key: undefined }]).pipe(
    Effect.map(({ state }) => state),
    Effect.catchTag("ProcessNotFound", () => Effect.fail(notFound(build.id))),
    Effect.catchTag("IllegalTransition", ({ message }) => Effect.fail(AlbsFailure.conflict(message)))
  )
})

const changing = (event: (caller: AlbsCaller, at: number) => PackageBuildEvent): Handler =>
  Effect.fnUntraced(function*(call) {
    // Who nobody knows does not learn what there is.
    yield* (yield* AlbsCallers).require(call.request, "packager")
    const build = yield* find(call)
    const caller = yield* requireOwner(call, build, "change_build")
    yield* apply(build, (at) => event(caller, at))
    return yield* one(build.id, call)
  })

const queryOf = Effect.fnUntraced(function*(call: AlbsCall.AlbsCall) {
  const creator = yield* AlbsCall.queryNumber(call, "created_by")
  const person = creator === undefined ? undefined : yield* (yield* People).find({ id: creator })
  const rpm = Object.fromEntries(
    ["name", "epoch", "version", "release", "arch"].flatMap((part) => {
      const given = AlbsCall.queryText(call, `rpm_${part}`)
      return given === undefined ? [] : [[part, given]]
    })
  )
  const query: BuildQuery = {
    // Nobody's builds are none.
    owner: creator === undefined ? undefined : person?.name ?? "",
    project: AlbsCall.queryText(call, "project"),
    ref: AlbsCall.queryText(call, "ref"),
    rpm,
    platform: yield* AlbsCall.queryNumber(call, "platform_id"),
    arch: AlbsCall.queryText(call, "build_task_arch"),
    released: yield* AlbsCall.queryFlag(call, "released"),
    signed: yield* AlbsCall.queryFlag(call, "signed"),
    running: yield* AlbsCall.queryFlag(call, "is_running")
  }
  return query
})

/** What is answered, by group and endpoint of `AlbsApi`. */
export const routes: Readonly<Record<string, Handler>> = {
  "albsBuilds.create": Effect.fnUntraced(function*(call) {
    const caller = yield* (yield* AlbsCallers).require(call.request, "packager")
    const asked = yield* AlbsCall.body(call, BuildWire.BuildCreate, "build")
    yield* requireProduct(caller, asked.product_id)
    const build = yield* (yield* BuildSubmission).submit(asked, {
      name: caller.name,
      email: caller.person?.email ?? null
    })
    return yield* one(build.id, call)
  }),
  "albsBuilds.list": Effect.fnUntraced(function*(call) {
    const page = yield* AlbsCall.page(call)
    if (page === undefined) return yield* AlbsFailure.invalidAt(["query", "pageNumber"], "Field required", "missing")
    const query = yield* queryOf(call)
    const reads = yield* PackageBuildReads
    const { shown, total } = yield* reads.atOneMoment(Effect.gen(function*() {
      const { builds, total } = page === 0
        ? yield* reads.page(query, mostBuilds, 0)
        : yield* reads.page(query, pageSize, (page - 1) * pageSize)
      return { shown: yield* show(builds), total }
    }))
    return shownTo(call, page === 0 ? shown : { builds: shown, total_builds: total, current_page: page })
  }),
  "albsBuilds.get": (call) => Effect.flatMap(AlbsCall.id(call, "build_id"), (id) => one(id, call)),
  "albsBuilds.restartFailed": changing(({ name }, at) => ({ _tag: "RestartRequested", at, by: name })),
  "albsBuilds.parallelRestartFailed": changing(({ name }, at) => ({
    _tag: "RestartRequested",
    at,
    by: name,
    parallel: true
  })),
  "albsBuilds.cancel": changing(({ name }, at) => ({ _tag: "CancelRequested", at, by: name })),
  "albsBuilds.modulePreview": Effect.fnUntraced(function*(call) {
    const asked = yield* AlbsCall.body(call, BuildWire.ModulePreviewRequest, "module_request", "payload")
    return AlbsCall.answer(BuildWire.ModulePreview, yield* (yield* ModulePreviews).preview(asked))
  }),
  "albsBuilds.remove": Effect.fnUntraced(function*(call) {
    yield* (yield* AlbsCallers).require(call.request, "packager")
    const build = yield* find(call)
    const { name } = yield* requireOwner(call, build, "delete_build")
    const inside = (yield* (yield* Products).ofBuilds([build.id])).get(build.id) ?? []
    if (inside.length > 0) {
      return yield* AlbsFailure.conflict(
        `Build with build_id=${build.id} is in ${inside.map((one) => one.name).join(", ")}; remove it from there first`
      )
    }
    yield* apply(build, (at) => ({ _tag: "RemoveRequested", at, by: name }))
    return AlbsCall.empty(204)
  })
}
