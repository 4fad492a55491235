/**
 * The modules in a tag, as builds of a content generator: of each stream those in the nearest tag that has any, since a product's
 * tag stands before those of the products it is made from.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { element } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiError } from "./KojiError.ts"
import type { KojiHub } from "./KojiHub.ts"

const Inherited = Schema.Array(Schema.Struct({ name: Schema.String }))

const Tagged = Schema.Array(Schema.Struct({
  nvr: Schema.String,
  name: Schema.String,
  version: Schema.String,
  tag_name: Schema.String
}))

/** NVRs of the builds of these modules, in one request; fails as the hub does where there is no such tag. */
export const read = (
  hub: KojiHub,
  tag: string,
  modules: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<string>, KojiError> =>
  Effect.gen(function*() {
    const [inheritance, ...listed] = yield* hub.readAll([
      KojiCall.make("getFullInheritance", [tag]),
      ...modules.map((name) => KojiCall.make("listTagged", [tag], { inherit: true, type: "module", package: name }))
    ])
    const near = [tag, ...(yield* element(Inherited, "getFullInheritance", inheritance)).map(({ name }) => name)]
    const found: Array<string> = []
    for (const answer of listed) {
      const rows = yield* element(Tagged, "listTagged", answer)
      for (const builds of Map.groupBy(rows, ({ name, version }) => `${name} ${version}`).values()) {
        const nearest = near.find((one) => builds.some(({ tag_name }) => tag_name === one))
        found.push(...builds.filter(({ tag_name }) => tag_name === nearest).map(({ nvr }) => nvr))
      }
    }
    return found
  })
