/**
 * The packages of a module's tag with what a module's document needs to know of them: licences, the source package they come
 * from, and for which architectures that is meant.
 */
import * as Nevra from "@orch/core/Nevra"
import type * as ModuleArtifacts from "@orch/core/resolution/ModuleArtifacts"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { element } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import { HubUnreachable, type KojiError } from "./KojiError.ts"
import type { KojiHub } from "./KojiHub.ts"

export interface ModulePackage extends ModuleArtifacts.Rpm {
  readonly version: string
  readonly release: string
  readonly epoch: number | null
  /** MD5 of header and payload, which Koji calls `payloadhash` and content generators `sigmd5`. */
  readonly sigmd5: string
}

const Row = Schema.Struct({
  id: Schema.Number,
  build_id: Schema.Number,
  name: Schema.String,
  version: Schema.String,
  release: Schema.String,
  epoch: Schema.NullOr(Schema.Number),
  arch: Schema.String,
  payloadhash: Schema.String
})
type Row = typeof Row.Type

const Listing = Schema.Tuple([
  Schema.Array(Row),
  Schema.Array(Schema.Struct({ build_id: Schema.Number, name: Schema.String }))
])

const Texts = Schema.optional(Schema.NullOr(Schema.Array(Schema.String)))
const Headers = Schema.Struct({
  license: Schema.optional(Schema.NullOr(Schema.String)),
  exclusivearch: Texts,
  excludearch: Texts
})

/** Headers in one request: the hub opens a file for each, which must not take as long as a call may. */
const atOnce = 100

const isSource = ({ arch }: Row): boolean => arch === "src" || arch === "nosrc"
const nevraOf = ({ arch, epoch, name, release, version }: Row): string =>
  Nevra.format({ name, epoch: epoch ?? 0, version, release, arch })

/**
 * What is tagged in this tag itself, the newest build of each package.
 *
 * A package whose headers the hub cannot read makes all of it fail: a document without a licence, or with a package where it
 * cannot be installed, could not be taken back.
 */
export const read = (hub: KojiHub, tag: string): Effect.Effect<ReadonlyArray<ModulePackage>, KojiError> =>
  Effect.gen(function*() {
    const [listing] = yield* hub.readAll([KojiCall.make("listTaggedRPMS", [tag], { latest: true, inherit: false })])
    const [rows, builds] = yield* element(Listing, "listTaggedRPMS", listing)
    if (rows.length === 0) return []
    const calls = rows.map((row) =>
      KojiCall.make("getRPMHeaders", [], {
        rpmID: row.id,
        headers: isSource(row) ? ["exclusivearch", "excludearch", "license"] : ["license"]
      })
    )
    const parts = Array.from(
      { length: Math.ceil(calls.length / atOnce) },
      (_, at) => calls.slice(at * atOnce, (at + 1) * atOnce)
    )
    const answers = (yield* Effect.forEach(parts, hub.readAll)).flat()
    const headers = new Map<number, typeof Headers.Type>()
    for (const [index, row] of rows.entries()) {
      const found = yield* element(Headers, "getRPMHeaders", answers[index])
      if (found.license === undefined) {
        return yield* new HubUnreachable({
          reason: "malformed",
          method: "getRPMHeaders",
          text: `the hub cannot read the headers of ${nevraOf(row)}`
        })
      }
      headers.set(row.id, found)
    }
    const names = new Map(builds.map(({ build_id, name }) => [build_id, name]))
    const sources = new Map(rows.filter(isSource).map((row) => [row.build_id, row]))
    return rows.map((row) => {
      const source = sources.get(row.build_id)
      const about = source === undefined ? undefined : headers.get(source.id)
      return {
        nevra: nevraOf(row),
        name: row.name,
        version: row.version,
        release: row.release,
        epoch: row.epoch,
        arch: row.arch,
        sigmd5: row.payloadhash,
        srpmName: names.get(row.build_id) ?? row.name,
        srpmNevra: source === undefined ? "" : nevraOf(source),
        license: headers.get(row.id)?.license ?? undefined,
        exclusiveArch: about?.exclusivearch ?? [],
        excludeArch: about?.excludearch ?? []
      }
    })
  })
