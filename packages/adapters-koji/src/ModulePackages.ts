/** The packages of a module's tag, as an import has to name them. */
import * as Nevra from "@orch/core/Nevra"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { element } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiError } from "./KojiError.ts"
import type { Answer } from "./KojiHub.ts"

/** One package of one architecture in a module's tag, with what an import says of it. */
export interface ModulePackage {
  /** `name-epoch:version-release.arch`. */
  readonly nevra: string
  readonly name: string
  readonly arch: string
  readonly version: string
  readonly release: string
  readonly epoch: number | null
  /** MD5 of header and payload, which Koji calls `payloadhash` and content generators `sigmd5`. */
  readonly sigmd5: string
}

const Row = Schema.Struct({
  name: Schema.String,
  version: Schema.String,
  release: Schema.String,
  epoch: Schema.NullOr(Schema.Number),
  arch: Schema.String,
  payloadhash: Schema.String
})
type Row = typeof Row.Type

/** The packages, and the builds they are of. */
const Listing = Schema.Tuple([Schema.Array(Row), Schema.Array(Schema.Unknown)])

const nevraOf = ({ arch, epoch, name, release, version }: Row): string =>
  Nevra.format({ name, epoch: epoch ?? 0, version, release, arch })

/** Asks what is tagged in this tag itself, the newest build of each package. */
export const listing = (tag: string): KojiCall.KojiCall =>
  KojiCall.make("listTaggedRPMS", [tag], { latest: true, inherit: false })

/** The packages, from the answer to `listing`. */
export const decoded = (answer: Answer | undefined): Effect.Effect<ReadonlyArray<ModulePackage>, KojiError> =>
  Effect.map(element(Listing, "listTaggedRPMS", answer), ([rows]) =>
    rows.map((row) => ({
      nevra: nevraOf(row),
      name: row.name,
      version: row.version,
      release: row.release,
      epoch: row.epoch,
      arch: row.arch,
      sigmd5: row.payloadhash
    })))
