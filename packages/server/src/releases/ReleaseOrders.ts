/** What people ask of releases, whichever face they use: begun, edited, committed, taken back, with who may do what. */
import type { Keyed } from "@orch/core/life/Keyed"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import { Releases } from "@orch/core/ports/release/Releases"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import type { Release, ReleaseOrder } from "@orch/core/release/Release"
import type { ReleaseEvent } from "@orch/core/release/ReleaseEvent"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Platforms } from "../platforms/Platforms.ts"
import { Products } from "../products/Products.ts"
import * as BuildContents from "./BuildContents.ts"

/** Why a release is not what was asked for. */
export class ReleaseRefused extends Data.TaggedError("ReleaseRefused")<{
  readonly reason: "forbidden" | "unknown" | "invalid" | "conflict"
  readonly message: string
}> {}

/** Who asks. */
export interface Asking {
  readonly name: string
  /** Whether they may change production repositories. */
  readonly releases: boolean
}

type Asked<A> = Effect.Effect<A, ReleaseRefused | StoreUnavailable>
/** An event without its time. */
export type Told = ReleaseEvent extends infer E ? E extends ReleaseEvent ? Omit<E, "at"> : never : never

/** What people can ask. */
export interface Interface {
  /** Begins a release of builds that have finished: the asker's own, unless they may release. */
  readonly create: (order: Omit<ReleaseOrder, "by">, by: Asking) => Asked<Release>
  /** A release that is there and was not removed. */
  readonly find: (id: number) => Asked<Release>
  /** Refuses who is neither the release's own nor may release. */
  readonly own: (release: Release, by: Asking) => Asked<void>
  /** Refuses builds that cannot be released by this asker. */
  readonly checkBuilds: (builds: ReadonlyArray<number>, by: Asking) => Asked<void>
  /** Tells the release. `conflict` where its state does not allow it. */
  readonly tell: (id: number, ...events: ReadonlyArray<Told>) => Asked<Release>
  /** The release once it is in none of these states any more, or after so many milliseconds. */
  readonly settled: (id: number, passing: ReadonlySet<Release["state"]>, millis: number) => Asked<Release>
}

/** What people ask of releases. */
export class ReleaseOrders extends Context.Service<ReleaseOrders, Interface>()("@orch/server/releases/ReleaseOrders") {}

const refuse = (reason: ReleaseRefused["reason"], message: string) =>
  Effect.fail(new ReleaseRefused({ reason, message }))

/** Orders on the stores. */
export const layer: Layer.Layer<ReleaseOrders, never, PackageBuilds | Platforms | Products | Releases> = Layer.effect(
  ReleaseOrders,
  Effect.gen(function*() {
    const releases = yield* Releases
    const builds = yield* PackageBuilds
    const platforms = yield* Platforms
    const products = yield* Products

    const find: Interface["find"] = (id) =>
      releases.get(id).pipe(
        Effect.map(({ state }) => state),
        Effect.catchTag("ProcessNotFound", () => refuse("unknown", `Release with ID ${id} does not exist`)),
        Effect.filterOrElse(
          ({ state }) => state !== "removed",
          () => refuse("unknown", `Release with ID ${id} does not exist`)
        )
      )

    const checkBuilds: Interface["checkBuilds"] = (ids, by) =>
      Effect.forEach(
        ids,
        Effect.fnUntraced(function*(id): Effect.fn.Return<void, ReleaseRefused | StoreUnavailable> {
          const build = yield* builds.get(id).pipe(
            Effect.map(({ state }) => state),
            Effect.catchTag("ProcessNotFound", () => refuse("unknown", `Build with ID ${id} does not exist`))
          )
          if (!by.releases && build.plan.owner !== by.name) {
            return yield* refuse("forbidden", `User does not have permissions to release build ${id}`)
          }
          const problem = BuildContents.problemOf(build)
          if (problem !== undefined) return yield* refuse("conflict", problem)
        }),
        { concurrency: 4, discard: true }
      )

    const tell: Interface["tell"] = Effect.fnUntraced(function*(id, ...events) {
      const at = yield* Clock.currentTimeMillis
      const all = events.map((event): Keyed<ReleaseEvent> => ({
        event: { ...event, at } as ReleaseEvent,
        key: undefined
      }))
      const { state } = yield* releases.apply(id, all).pipe(
        Effect.catchTag("ProcessNotFound", () => refuse("unknown", `Release with ID ${id} does not exist`)),
        Effect.catchTag("IllegalTransition", ({ message }) => refuse("conflict", message))
      )
      return state
    })

    return ReleaseOrders.of({
      find,
      checkBuilds,
      tell,
      create: Effect.fn("ReleaseOrders.create")(function*(order, by) {
        if (order.builds.length === 0) return yield* refuse("invalid", "name at least one build")
        if (!(yield* platforms.named([order.platform])).has(order.platform)) {
          return yield* refuse("unknown", `there is no platform ${order.platform}`)
        }
        if (order.product !== undefined && (yield* products.find({ id: order.product })) === undefined) {
          return yield* refuse("unknown", `Product with ID ${order.product} does not exist`)
        }
        yield* checkBuilds(order.builds, by)
        const at = yield* Clock.currentTimeMillis
        const { state } = yield* releases.create({ ...order, by: by.name }, { _tag: "Submitted", at }).pipe(
          Effect.catchTag("ProcessExists", Effect.die)
        )
        return state
      }),
      own: ({ plan }, by) =>
        by.releases || plan.by === by.name
          ? Effect.void
          : refuse("forbidden", `the release is ${plan.by}'s; only they and those who release may change it`),
      settled: Effect.fnUntraced(function*(id, passing, millis) {
        const until = (yield* Clock.currentTimeMillis) + millis
        for (;;) {
          const release = yield* find(id)
          if (!passing.has(release.state) || (yield* Clock.currentTimeMillis) >= until) return release
          yield* Effect.sleep("200 millis")
        }
      })
    })
  })
)
