/** Tells package builds which release they went out with, and when that was taken back. */
import * as Following from "@orch/core/engine/Following"
import type { Announcement } from "@orch/core/ports/Announcer"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"

const Told = Schema.Struct({ id: Schema.Number, state: Schema.String, builds: Schema.Array(Schema.Number) })
const decode = Schema.decodeUnknownOption(Told)

/** Follows releases for as long as the server lives. */
export const layer = Layer.effectDiscard(
  Effect.gen(function*() {
    const builds = yield* PackageBuilds
    yield* Following.follow({
      name: "released-builds",
      store: builds,
      of: Effect.fnUntraced(function*({ body, topic }: Announcement) {
        const told = topic === "release.state" ? decode(body) : undefined
        if (told?._tag !== "Some") return []
        const { builds: numbers, id: release, state } = told.value
        if (state === "released") {
          return numbers.map((process) => ({ process, event: { _tag: "Released" as const, release } }))
        }
        if (state !== "reverted" && state !== "failed") return []
        // Another release may have brought them meanwhile.
        const known = yield* Effect.forEach(numbers, (id) =>
          builds.get(id).pipe(
            Effect.map(({ state }) => state.release === release ? [id] : []),
            Effect.catchTag("ProcessNotFound", () => Effect.succeed([]))
          ))
        return known.flat().map((process) => ({ process, event: { _tag: "Released" as const } }))
      })
    })
  })
)
