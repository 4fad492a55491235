/** What the headers of packages say that a module's document needs to know: licences, and for which architectures they are. */
import type { Artifact } from "@orch/core/ports/BuildSystem"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { element, type Rpm } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import { HubUnreachable, type KojiError } from "./KojiError.ts"
import type { KojiHub } from "./KojiHub.ts"

/**
 * What a package's header says: its licence, and the architectures it is for and not for. A binary package has only the
 * licence; what the header leaves out is absent.
 */
export interface PackageHeader extends Pick<Artifact, "license" | "exclusiveArch" | "excludeArch"> {}

const Texts = Schema.optional(Schema.NullOr(Schema.Array(Schema.String)))
const Headers = Schema.Struct({
  license: Schema.optional(Schema.NullOr(Schema.String)),
  exclusivearch: Texts,
  excludearch: Texts
})

/** Headers in one request: the hub opens a file for each, and the deadline of a request grows with the calls in it. */
const atOnce = 500

const isSource = ({ arch }: Rpm): boolean => arch === "src" || arch === "nosrc"

const some = (texts: typeof Texts.Type): texts is ReadonlyArray<string> =>
  texts !== undefined && texts !== null && texts.length > 0

/**
 * The headers by the packages' numbers at the hub.
 *
 * A package whose headers the hub cannot read makes all of it fail: a document without a licence, or with a package where it
 * cannot be installed, could not be taken back.
 */
export const read = (
  hub: KojiHub,
  rpms: ReadonlyArray<Rpm>
): Effect.Effect<ReadonlyMap<number, PackageHeader>, KojiError> =>
  Effect.gen(function*() {
    const calls = rpms.map((rpm) =>
      KojiCall.make("getRPMHeaders", [], {
        rpmID: rpm.id,
        headers: isSource(rpm) ? ["exclusivearch", "excludearch", "license"] : ["license"]
      })
    )
    const parts = Array.from(
      { length: Math.ceil(calls.length / atOnce) },
      (_, at) => calls.slice(at * atOnce, (at + 1) * atOnce)
    )
    const answers = (yield* Effect.forEach(parts, hub.readAll)).flat()
    const headers = new Map<number, PackageHeader>()
    for (const [index, { arch, id, name, release, version }] of rpms.entries()) {
      const { excludearch, exclusivearch, license } = yield* element(Headers, "getRPMHeaders", answers[index])
      if (license === undefined) {
        return yield* new HubUnreachable({
          reason: "malformed",
          method: "getRPMHeaders",
          text: `the hub cannot read the headers of ${name}-${version}-${release}.${arch}`
        })
      }
      headers.set(id, {
        ...(license === null ? {} : { license }),
        ...(some(exclusivearch) ? { exclusiveArch: exclusivearch } : {}),
        ...(some(excludearch) ? { excludeArch: excludearch } : {})
      })
    }
    return headers
  })
