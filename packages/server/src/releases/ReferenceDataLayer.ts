/**
 * Reference data from a service that knows distributions (beholder), or from a file.
 *
 * The service is asked with `POST /api/v1/distros/NAME/VERSION/projects/` about many source packages at once. The file holds, by
 * `NAME VERSION` of a distribution, what such a service would answer.
 */
import { type Interface, ReferenceData, ReferenceDataError } from "@orch/core/ports/release/ReferenceData"
import * as ReferenceMatching from "@orch/core/release/ReferenceMatching"
import type { ReferencePackage } from "@orch/core/release/ReleaseTarget"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Fs from "node:fs/promises"
import * as JsonRequest from "../outgoing/JsonRequest.ts"

const maybe = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

const Package = Schema.Struct({
  name: Schema.String,
  arch: Schema.String,
  repositories: Schema.Array(Schema.Struct({ name: Schema.String, arch: Schema.String }))
})

/** What is said of one source package; `match` says how it was found, and `sourcerpm` which it is. */
const Source = Schema.Struct({
  match: maybe(Schema.String),
  sourcerpm: maybe(Schema.Struct({ name: Schema.String, version: Schema.String, release: Schema.String })),
  packages: Schema.Array(Package)
})
type Source = typeof Source.Type

const Answer = Schema.Array(Source)
const Book = Schema.Record(Schema.String, Answer)

const matches: Readonly<Record<string, ReferencePackage["matched"]>> = {
  exact: "exact",
  closest: "closest",
  name_version: "version",
  name_only: "name"
}

const fileOf = ({ sourcerpm }: Source): string | undefined =>
  sourcerpm === undefined || sourcerpm === null
    ? undefined
    : `${sourcerpm.name}-${sourcerpm.version}-${sourcerpm.release}.src.rpm`

/** Sources asked about in one request. */
const batch = 200

const nothing: Interface = { find: () => Effect.succeed([]) }

/** Asks a service. */
const ofService = (root: string): Interface => ({
  find: Effect.fn("ReferenceData.find")(
    function*({ distributions, sources }) {
      const found: Array<ReferencePackage> = []
      for (const { name, platform, version } of distributions) {
        const url = `${root.replace(/\/+$/, "")}/api/v1/distros/${encodeURIComponent(name)}/${
          encodeURIComponent(version)
        }/projects/`
        for (let from = 0; from < sources.length; from += batch) {
          const body = { source_rpms: sources.slice(from, from + batch), match: Object.keys(matches).toReversed() }
          const answer = yield* JsonRequest.ask(url, Answer, {
            timeoutMillis: 60_000,
            maxBytes: 64 * 1024 * 1024,
            init: JsonRequest.post(body)
          }).pipe(Effect.catchIf(({ message }) => message.endsWith("status 404"), () => Effect.succeed([])))
          for (const { match, packages } of answer) {
            found.push(
              ...ReferenceMatching.places({ platform, matched: matches[match ?? "exact"] ?? "name", packages })
            )
          }
        }
      }
      return ReferenceMatching.preferred(found)
    },
    Effect.mapError(({ message }) =>
      new ReferenceDataError({
        reason: "unreachable",
        message: `the reference data does not answer: ${message}`,
        away: "the reference data"
      })
    )
  ) as Interface["find"]
})

/** Looks into a file, which is read anew for each plan. */
const ofFile = (path: string): Interface => ({
  find: Effect.fn("ReferenceData.find")(function*({ distributions, sources }) {
    const text = yield* Effect.promise(() => Fs.readFile(path, "utf8"))
    const book = yield* Schema.decodeUnknownEffect(Schema.fromJsonString(Book))(text)
    const found = distributions.flatMap(({ name, platform, version }) =>
      (book[`${name} ${version}`] ?? []).flatMap((known) => {
        const file = fileOf(known)
        if (file === undefined) return []
        const fits = sources.flatMap((source) => ReferenceMatching.match(source, file) ?? [])
        const matched = (["exact", "version", "name"] as const).find((one) => fits.includes(one))
        return matched === undefined
          ? []
          : ReferenceMatching.places({ platform, matched, packages: known.packages })
      })
    )
    return ReferenceMatching.preferred(found)
  }, (effect) =>
    Effect.catchCause(effect, (cause) =>
      Effect.andThen(
        Effect.logWarning(`The reference data in ${path} cannot be read`, cause),
        Effect.fail(
          new ReferenceDataError({ reason: "rejected", message: `the reference data in ${path} cannot be read` })
        )
      ))) as Interface["find"]
})

/** By what the setting names: an address, a file, or nothing. */
export const layer = (from: string | undefined): Layer.Layer<ReferenceData> =>
  Layer.succeed(
    ReferenceData,
    from === undefined ? nothing : /^https?:\/\//.test(from) ? ofService(from) : ofFile(from)
  )
