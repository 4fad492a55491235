/** Does what builds ask of a farm that owns them: looks what it has, hands the module over, reads what came out, calls it off. */
import * as Effect from "effect/Effect"
import type { Outcome as Untimed } from "../../life/Life.ts"
import * as HandoverDocument from "../../modulebuild/HandoverDocument.ts"
import type { ModuleBuild } from "../../modulebuild/ModuleBuild.ts"
import type { ModuleBuildEvent } from "../../modulebuild/ModuleBuildEvent.ts"
import { BuildSystemError } from "../../ports/BuildSystemError.ts"
import type * as ModuleFarm from "../../ports/ModuleFarm.ts"
import type { ResolutionSettings } from "../../resolution/ResolutionSettings.ts"

type Outcome = Untimed<ModuleBuildEvent>
/** What came of it, as events without their time. */
export type Outcomes = Effect.Effect<ReadonlyArray<Untimed<ModuleBuildEvent>>, BuildSystemError>

/** What a build asks of the farm that owns it. */
export interface HandingOver {
  readonly handOver: (build: ModuleBuild, attempt: number) => Outcomes
  readonly callOff: (build: ModuleBuild, attempt: number) => Outcomes
  readonly read: (build: ModuleBuild) => Outcomes
}

const none: Outcomes = Effect.succeed([])

/** Of a server that has another farm by now. */
const disowned = (operation: string) =>
  Effect.fail(
    new BuildSystemError({
      reason: "gone",
      operation,
      message: "the farm that owned the build is not this server's farm any more"
    })
  )

/** What asks this farm. */
export const make = (modules: ModuleFarm.Interface | undefined, settings: ResolutionSettings): HandingOver => {
  if (modules === undefined) {
    return {
      handOver: () => disowned("handOver"),
      callOff: () => none,
      read: () => disowned("moduleResult")
    }
  }
  const requestOf = ({ plan }: ModuleBuild) => HandoverDocument.requestOf(plan, settings)

  /** What an attempt brought about of which nobody has heard is found and ended as well. */
  const callOff = Effect.fnUntraced(function*(build: ModuleBuild, attempt: number) {
    const { handover, state } = build
    if ((state !== "failed" && state !== "garbage") || handover?.attempt !== attempt) return []
    // Nothing was asked for before it was written down what there was.
    if (handover.before === undefined) return []
    const found = handover.id === undefined ? yield* modules.find(requestOf(build)) : undefined
    const id = handover.id ?? (found === undefined || found.revision === handover.before ? undefined : found.id)
    if (id !== undefined) yield* modules.cancel(id)
    return []
  })

  const handOver = Effect.fnUntraced(function*(build: ModuleBuild, attempt: number): Effect.fn.Return<
    ReadonlyArray<Outcome>,
    BuildSystemError
  > {
    const { handover, state } = build
    if (handover?.attempt !== attempt) return []
    // A build that ended meanwhile may have a call cut short by the end of a process.
    if (state !== "wait") return yield* callOff(build, attempt)
    const problem = HandoverDocument.problemOf(build.plan)
    if (problem !== undefined) return [{ _tag: "CommandRejected", command: "HandOver", reason: problem }]
    const request = requestOf(build)
    if (handover.before === undefined) {
      const found = yield* modules.find(request)
      return [{ _tag: "HandoverPrepared", attempt, before: found?.revision ?? null }]
    }
    const answer = yield* modules.handOver(request, handover.before ?? undefined)
    if (answer._tag === "Rejected") return [{ _tag: "CommandRejected", command: "HandOver", reason: answer.reason }]
    const { adopted, module: { id, url } } = answer
    return [{ _tag: "HandedOver", attempt, id, url, adopted }]
  })

  const read = Effect.fnUntraced(function*(build: ModuleBuild): Effect.fn.Return<
    ReadonlyArray<Outcome>,
    BuildSystemError
  > {
    const { id, url } = build.handover ?? {}
    if (id === undefined || url === undefined) return []
    const { nsvc } = yield* modules.result(id)
    return [{ _tag: "HandoverRead", id, nsvc, url }, { _tag: "Published", url }]
  })

  return { handOver, callOff, read }
}
