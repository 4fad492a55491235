/**
 * What went into builds of the hub: what their source packages ask for, what their packages offer, and what their buildroots held, of one
 * architecture each.
 *
 * Four requests for a handful of builds: what they left behind, their headers, the lists of their buildroots, and the builds that the packages
 * there are from.
 */
import type { BuildInputs, HeldPackage } from "@orch/core/ports/BuildSystem"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { elementOr, Rpm } from "./HubShapes.ts"
import * as KojiCall from "./KojiCall.ts"
import type { KojiError } from "./KojiError.ts"
import type { KojiHub } from "./KojiHub.ts"

const number = Schema.optional(Schema.NullOr(Schema.Number))
const Made = Schema.Array(Schema.Struct({ ...Rpm.fields, buildroot_id: number }))
const Held = Schema.Array(Schema.Struct({ name: Schema.String, build_id: number }))
const Named = Schema.NullOr(Schema.Struct({ name: Schema.String }))
const Texts = Schema.optional(Schema.NullOr(Schema.Array(Schema.String)))
const Headers = Schema.Struct({ requirename: Texts, providename: Texts })

/** Headers in one request, as `PackageHeaders` has them. */
const headersAtOnce = 500
/** Lists of buildroots in one request: each has some hundred packages, a kilobyte each. */
const listsAtOnce = 8
/** Builds that are asked for their names; packages of further ones are known by their own. */
const mostBuilds = 5_000
const buildsAtOnce = 1_000
/** Packages of one build whose offers are read. */
const mostPackages = 200

const isSource = ({ arch }: Rpm): boolean => arch === "src" || arch === "nosrc"

/** What they are, in order; of a build that the hub does not know, nothing. */
export const read = (hub: KojiHub, nvrs: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<BuildInputs>, KojiError> =>
  Effect.gen(function*() {
    const all = Effect.fnUntraced(function*(calls: ReadonlyArray<KojiCall.KojiCall>, atOnce: number) {
      const parts = Array.from(
        { length: Math.ceil(calls.length / atOnce) },
        (_, at) => calls.slice(at * atOnce, (at + 1) * atOnce)
      )
      return (yield* Effect.forEach(parts, hub.readAll)).flat()
    })

    const listings = yield* all(nvrs.map((nvr) => KojiCall.make("listBuildRPMs", [nvr])), headersAtOnce)
    const builds = yield* Effect.forEach(
      listings,
      (answer) =>
        Effect.map(elementOr(Made, "listBuildRPMs", answer, []), (rpms) => {
          const arch = rpms.find((rpm) => !isSource(rpm) && rpm.arch !== "noarch")?.arch
          const packages = rpms.filter((rpm) => rpm.arch === "noarch" || rpm.arch === arch).slice(0, mostPackages)
          const source = rpms.find(isSource)
          const buildroot = packages.find(({ arch: own }) => own === (arch ?? "noarch"))?.buildroot_id
          return { source, packages, buildroot: buildroot ?? undefined }
        })
    )

    const headerCalls = builds.flatMap(({ packages, source }) => [
      ...(source === undefined ? [] : [{ id: source.id, name: "requirename" }]),
      ...packages.map(({ id }) => ({ id, name: "providename" }))
    ])
    const headerAnswers = yield* all(
      headerCalls.map(({ id, name }) => KojiCall.make("getRPMHeaders", [], { rpmID: id, headers: [name] })),
      headersAtOnce
    )
    const headers = new Map<number, typeof Headers.Type>()
    for (const [index, { id }] of headerCalls.entries()) {
      headers.set(id, yield* elementOr(Headers, "getRPMHeaders", headerAnswers[index], {}))
    }

    const roots = [...new Set(builds.flatMap(({ buildroot }) => buildroot ?? []))]
    const rootAnswers = yield* all(
      roots.map((id) => KojiCall.make("listRPMs", [], { componentBuildrootID: id })),
      listsAtOnce
    )
    const held = new Map<number, typeof Held.Type>()
    for (const [index, id] of roots.entries()) {
      held.set(id, yield* elementOr(Held, "listRPMs", rootAnswers[index], []))
    }

    const made = [...new Set([...held.values()].flat().flatMap(({ build_id }) => build_id ?? []))].slice(0, mostBuilds)
    const madeAnswers = yield* all(made.map((id) => KojiCall.make("getBuild", [id])), buildsAtOnce)
    const sources = new Map<number, string>()
    for (const [index, id] of made.entries()) {
      const build = yield* elementOr(Named, "getBuild", madeAnswers[index], null)
      if (build !== null) sources.set(id, build.name)
    }

    return builds.map(({ buildroot, packages, source }): BuildInputs => {
      if (source === undefined && packages.length === 0) return {}
      const packagesHeld = buildroot === undefined ? [] : held.get(buildroot) ?? []
      return {
        requires: [...new Set(source === undefined ? [] : headers.get(source.id)?.requirename ?? [])],
        provides: [...new Set(packages.flatMap(({ id, name }) => [name, ...headers.get(id)?.providename ?? []]))],
        // A buildroot is never empty: a hub that lists nothing does not know it any more.
        ...(packagesHeld.length === 0 ? {} : {
          buildroot: packagesHeld.map(({ build_id, name }): HeldPackage => {
            const from = sources.get(build_id ?? -1)
            return from === undefined ? { name } : { name, source: from }
          })
        })
      }
    })
  })
