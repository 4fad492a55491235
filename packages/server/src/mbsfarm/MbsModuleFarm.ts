/**
 * A Module Build Service as a farm that owns module builds. It knows no keys: what a request has become is found by name, stream and
 * version (or by the commit that was submitted) and by the streams that were chosen, and told apart from what was there before by how
 * often it changed.
 */
import { BuildSystemError } from "@orch/core/ports/BuildSystemError"
import type { FarmModuleRequest, FarmModuleSeen, HandedOver, Interface } from "@orch/core/ports/ModuleFarm"
import * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import * as MbsCalls from "./MbsCalls.ts"
import * as MbsShapes from "./MbsShapes.ts"

/** What is submitted: the modulemd, which has to be allowed there, or the commit that it is in. */
export type Submits = "modulemd" | "scmurl"

/** How it is used. */
export interface Options {
  readonly calls: MbsCalls.MbsCalls
  readonly submits: Submits
  /** Milliseconds between two questions about a build that keeps changing. */
  readonly interval: number
  /** Ids that its messages name. */
  readonly hints: Stream.Stream<string>
}

/** Builds of one name, stream and version, or commit, that are looked at. */
const mostFound = 50

/** Requests that are made to it at the same time. */
const concurrency = 4

/** The date of a version, which is its end: what is in front of it is the platform's, and as the service computes it. */
const dateOf = (version: string): string => version.slice(-14)

const isSame = (request: FarmModuleRequest, { buildrequires = {}, context }: {
  readonly context: string
  readonly buildrequires?: Readonly<Record<string, { readonly stream: string }>>
}): boolean =>
  context === request.context
  || Object.entries(request.streams).every(([name, stream]) => buildrequires[name]?.stream === stream)

const revisionOf = ({ state_name, state_trace, time_modified }: MbsShapes.Verbose): string =>
  `${state_trace.length} ${state_name} ${time_modified ?? ""}`

/** What is sent to have it built. */
const bodyOf = (request: FarmModuleRequest, submits: Submits): unknown => {
  const scratch = request.scratch ? { scratch: true } : {}
  if (submits === "modulemd" || request.scmurl === undefined) return { modulemd: request.document, ...scratch }
  return {
    scmurl: request.scmurl,
    branch: request.stream,
    buildrequire_overrides: Object.fromEntries(Object.entries(request.streams).map(([name, one]) => [name, [one]])),
    require_overrides: request.requires,
    ...scratch
  }
}

/** The farm. */
export const make = ({ calls, hints, interval, submits }: Options): Interface => {
  const { urlOf } = calls

  const list = Effect.fnUntraced(function*(
    request: FarmModuleRequest,
    filter: Readonly<Record<string, string>>
  ): Effect.fn.Return<ReadonlyArray<MbsShapes.Verbose>, BuildSystemError> {
    const query = new URLSearchParams({
      name: request.name,
      stream: request.stream,
      ...filter,
      order_desc_by: "id",
      per_page: String(mostFound),
      verbose: "true"
    })
    const answer = yield* calls.call("findModule", { method: "GET", path: `${MbsCalls.builds}?${query}` })
    if (answer._tag === "Refused") {
      return yield* new BuildSystemError({ reason: "rejected", operation: "findModule", message: answer.message })
    }
    const { items } = yield* MbsCalls.decoded("findModule", MbsShapes.Page, answer.body)
    return items.filter((one) =>
      (one.scratch ?? false) === request.scratch && one.state_name !== "garbage" && isSame(request, one)
    )
  })

  const found = (one: MbsShapes.Verbose | undefined) =>
    one === undefined
      ? undefined
      : { id: String(one.id), url: urlOf(String(one.id)), revision: revisionOf(one), state: one.state_name }

  const bySource = submits === "scmurl"
  const find = (request: FarmModuleRequest) =>
    Effect.map(
      list(
        request,
        bySource && request.scmurl !== undefined ? { scmurl: request.scmurl } : { version: String(request.version) }
      ),
      ([newest]) => found(newest)
    )

  /** Whatever it put in front of the version. */
  const findByDate = (request: FarmModuleRequest) =>
    Effect.map(
      list(request, {}),
      (all) => found(all.find(({ version }) => dateOf(version) === dateOf(String(request.version))))
    )

  const handOver = Effect.fnUntraced(function*(
    request: FarmModuleRequest,
    before: string | undefined
  ): Effect.fn.Return<HandedOver, BuildSystemError> {
    const known = yield* find(request)
    const adopted = (one: { readonly id: string; readonly url: string }): HandedOver => ({
      _tag: "Accepted",
      module: { id: one.id, url: one.url },
      adopted: true
    })
    if (known !== undefined && known.revision !== before) return adopted(known)
    const answer = yield* calls.call("handOver", {
      method: "POST",
      path: MbsCalls.builds,
      body: bodyOf(request, submits)
    })
    if (answer._tag === "Refused") {
      // Somebody was faster, or it counts versions otherwise.
      const there = answer.status === 409 ? yield* (bySource ? find : findByDate)(request) : undefined
      const isOurs = there !== undefined && there.revision !== before && there.state !== "failed"
      return isOurs ? adopted(there) : { _tag: "Rejected", reason: answer.message }
    }
    const all = yield* MbsCalls.decoded("handOver", MbsShapes.Submitted, answer.body)
    const own = all.find((one) => isSame(request, one)) ?? all[0]
    if (own === undefined) return { _tag: "Rejected", reason: `${calls.system} began no build` }
    const id = String(own.id)
    return { _tag: "Accepted", module: { id, url: urlOf(id) }, adopted: false }
  })

  const observeOne = Effect.fnUntraced(function*(id: string): Effect.fn.Return<FarmModuleSeen, BuildSystemError> {
    const answer = yield* calls.call("observeModules", { method: "GET", path: `${MbsCalls.builds}${id}` })
    if (answer._tag === "Good") {
      const shown = yield* MbsCalls.decoded("observeModules", MbsShapes.Shown, answer.body)
      const [state, reason, parts] = [MbsShapes.stateOf(shown), MbsShapes.reasonOf(shown), MbsShapes.partsOf(shown)]
      return { id, url: urlOf(id), state, reason, parts }
    }
    if (answer.status === 404) return { id, url: urlOf(id), state: "gone", reason: answer.message, parts: [] }
    return yield* new BuildSystemError({ reason: "rejected", operation: "observeModules", message: answer.message })
  })

  return {
    bulk: 50,
    interval,
    find,
    handOver,
    observe: (ids) => Effect.forEach(ids, observeOne, { concurrency }),
    cancel: Effect.fnUntraced(function*(id) {
      const seen = yield* observeOne(id)
      if (seen.state !== "waiting" && seen.state !== "building") return
      const answer = yield* calls.call("cancelModule", {
        method: "PATCH",
        path: `${MbsCalls.builds}${id}`,
        body: { state: "failed" }
      })
      if (answer._tag === "Good") return
      // It has ended meanwhile.
      const { state } = yield* observeOne(id)
      if (state === "waiting" || state === "building") {
        return yield* new BuildSystemError({ reason: "refused", operation: "cancelModule", message: answer.message })
      }
    }),
    result: Effect.fnUntraced(function*(id) {
      const answer = yield* calls.call("moduleResult", {
        method: "GET",
        path: `${MbsCalls.builds}${id}?verbose=true`
      })
      if (answer._tag === "Refused") {
        return yield* new BuildSystemError({ reason: "gone", operation: "moduleResult", message: answer.message })
      }
      const shown = yield* MbsCalls.decoded("moduleResult", MbsShapes.Verbose, answer.body)
      return {
        nsvc: `${shown.name}:${shown.stream}:${shown.version}:${shown.context}`,
        document: shown.modulemd ?? "",
        ...(typeof shown.koji_tag === "string" ? { place: shown.koji_tag } : {})
      }
    }),
    hints
  }
}
