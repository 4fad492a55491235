/** A farm that owns module builds, in memory. Builds go on when a test says so; calls can be made to get lost. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PubSub from "effect/PubSub"
import * as Stream from "effect/Stream"
import { BuildSystem } from "../ports/BuildSystem.ts"
import { BuildSystemError } from "../ports/BuildSystemError.ts"
import * as ModuleBuildSystem from "../ports/ModuleBuildSystem.ts"
import type { FarmModuleRequest, FarmModuleSeen, Interface } from "../ports/ModuleFarm.ts"

interface Held {
  readonly request: FarmModuleRequest
  seen: FarmModuleSeen
  revision: number
}

/** How a test drives the farm. */
export interface Control {
  /** Every module that was begun or continued, as `name:stream:version:context`, in order. */
  readonly begun: Array<string>
  /** Ids that were asked about, in order. */
  readonly asked: Array<string>
  /** How a build is from now on. */
  readonly tell: (id: string, news: Partial<Omit<FarmModuleSeen, "id">>) => Effect.Effect<void>
  readonly forget: (id: string) => Effect.Effect<void>
  /** The next calls: not heard at all, or heard and the answer lost. */
  readonly fail: (...faults: ReadonlyArray<"unanswered" | "forgotten">) => Effect.Effect<void>
  /** Tells whoever listens that a build is worth asking about. */
  readonly hint: (id: string) => Effect.Effect<void>
}

/** The control of the farm in a layer. */
export class MemoryModuleFarm extends Context.Service<MemoryModuleFarm, Control>()(
  "@orch/core/testing/MemoryModuleFarm"
) {}

/** How fast it is asked. */
export interface Options {
  /** Milliseconds between two questions about a build; 50 unless told. */
  readonly interval?: number
  /** Of names that begin so, modules are refused. */
  readonly refuses?: string
}

const nsvcOf = ({ context, name, stream, version }: FarmModuleRequest) => `${name}:${stream}:${version}:${context}`

const away = (operation: string) =>
  new BuildSystemError({ reason: "unreachable", operation, message: "the farm does not answer" })

/** The farm as the build system, and its control. */
export const layer = (options: Options = {}): Layer.Layer<BuildSystem | MemoryModuleFarm> =>
  Layer.effectContext(Effect.gen(function*() {
    const hints = yield* PubSub.unbounded<string>()
    const builds = new Map<string, Held>()
    const faults: Array<"unanswered" | "forgotten"> = []
    const begun: Array<string> = []
    const asked: Array<string> = []
    const urlOf = (id: string) => `https://modules.example.org/${id}`
    const holds = (request: FarmModuleRequest) =>
      [...builds].find(([, held]) => nsvcOf(held.request) === nsvcOf(request))

    /** Does something whose answer may get lost. */
    const call = <A>(operation: string, work: () => A): Effect.Effect<A, BuildSystemError> =>
      Effect.suspend(() => {
        const fault = faults.shift()
        if (fault === "unanswered") return Effect.fail(away(operation))
        const answer = work()
        return fault === "forgotten" ? Effect.fail(away(operation)) : Effect.succeed(answer)
      })

    const begin = (id: string, held: Held): void => {
      held.seen = { id, url: urlOf(id), state: "waiting", reason: "", parts: [] }
      held.revision++
      begun.push(nsvcOf(held.request))
    }

    const modules: Interface = {
      bulk: 10,
      interval: options.interval ?? 50,
      find: (request) =>
        call("findModule", () => {
          const [id, held] = holds(request) ?? []
          return id === undefined || held === undefined
            ? undefined
            : { id, url: urlOf(id), revision: `${held.revision}` }
        }),
      handOver: (request, before) =>
        call("handOver", () => {
          if (options.refuses !== undefined && request.name.startsWith(options.refuses)) {
            return { _tag: "Rejected", reason: `${request.name} can never be built` } as const
          }
          const [known, held] = holds(request) ?? []
          if (known !== undefined && held !== undefined) {
            const isOurs = `${held.revision}` !== before
            if (!isOurs && held.seen.state !== "failed") {
              return { _tag: "Rejected", reason: `${nsvcOf(request)} is there already` } as const
            }
            if (!isOurs) begin(known, held)
            return { _tag: "Accepted", module: { id: known, url: urlOf(known) }, adopted: isOurs } as const
          }
          const id = `${builds.size + 1}`
          const made: Held = { request, revision: 0, seen: { id, url: "", state: "waiting", reason: "", parts: [] } }
          builds.set(id, made)
          begin(id, made)
          return { _tag: "Accepted", module: { id, url: urlOf(id) }, adopted: false } as const
        }),
      observe: (ids) =>
        call("observeModules", () => {
          asked.push(...ids)
          return ids.map((id): FarmModuleSeen =>
            builds.get(id)?.seen ?? { id, url: urlOf(id), state: "gone", reason: "", parts: [] }
          )
        }),
      cancel: (id) =>
        call("cancelModule", () => {
          const held = builds.get(id)
          if (held === undefined || held.seen.state === "ready" || held.seen.state === "failed") return
          held.seen = { ...held.seen, state: "failed", reason: "Canceled" }
          held.revision++
        }),
      result: (id) =>
        Effect.suspend(() => {
          const held = builds.get(id)
          return held?.seen.state === "ready"
            ? call("moduleResult", () => ({ nsvc: nsvcOf(held.request), document: held.request.document }))
            : Effect.fail(
              new BuildSystemError({ reason: "gone", operation: "moduleResult", message: `there is no build ${id}` })
            )
        }),
      hints: Stream.fromPubSub(hints)
    }
    const control: Control = {
      begun,
      asked,
      tell: (id, news) =>
        Effect.sync(() => {
          const held = builds.get(id)
          if (held === undefined) throw new Error(`there is no build ${id}`)
          held.seen = { ...held.seen, ...news }
          held.revision++
        }),
      forget: (id) => Effect.sync(() => void builds.delete(id)),
      fail: (...some) => Effect.sync(() => void faults.push(...some)),
      hint: (id) => Effect.asVoid(PubSub.publish(hints, id))
    }
    const system = ModuleBuildSystem.make(
      { name: "memory", arches: ["x86_64"], platforms: undefined, hints: true, bulk: 10 },
      modules,
      () => Effect.succeed([])
    )
    return Context.make(BuildSystem, system).pipe(Context.add(MemoryModuleFarm, control))
  }))
