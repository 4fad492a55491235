/** Where a build of the hub is from. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { elementOr } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiError } from "./KojiError.ts"
import type { KojiHub } from "./KojiHub.ts"

const text = Schema.optional(Schema.NullOr(Schema.String))
const Build = Schema.NullOr(Schema.Struct({
  source: text,
  completion_ts: Schema.optional(Schema.NullOr(Schema.Number)),
  extra: Schema.optional(Schema.NullOr(Schema.Struct({
    source: Schema.optional(Schema.NullOr(Schema.Struct({ original_url: text })))
  })))
}))

/** Where its sources are, with the commit after `#`, and when it was complete, in milliseconds since the epoch. */
export interface BuildOrigin {
  readonly source: string | undefined
  readonly builtAt: number | undefined
}

/** The origin of the build with that NVR; `undefined` where the hub has none. */
export const find = (hub: KojiHub, nvr: string): Effect.Effect<BuildOrigin | undefined, KojiError> =>
  Effect.gen(function*() {
    const [answer] = yield* hub.readAll([KojiCall.make("getBuild", [nvr])])
    const build = yield* elementOr(Build, "getBuild", answer, null)
    if (build === null) return undefined
    return {
      source: build.source ?? build.extra?.source?.original_url ?? undefined,
      builtAt: typeof build.completion_ts === "number" ? Math.round(build.completion_ts * 1000) : undefined
    }
  })
