/**
 * From a request to module builds: fetch, read, resolve, decide, plan, store.
 *
 * Every face submits through this; a face only translates its wire to a `SubmissionRequest`, and what is refused to its own
 * words. Nothing is stored until everything that can be checked has been: a refused submission leaves no trace.
 */
import { ModuleBuildEngine } from "@orch/core/engine/modulebuild/ModuleBuildEngine"
import { stateNumber } from "@orch/core/modulebuild/ModuleBuild"
import type { ModulePlan } from "@orch/core/modulebuild/ModulePlan"
import { SourceControl } from "@orch/core/ports/SourceControl"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import type { ExpandedModule } from "@orch/core/resolution/ExpandedModule"
import * as ResubmissionRule from "@orch/core/resolution/ResubmissionRule"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as DocumentRules from "./DocumentRules.ts"
import { Expansion } from "./Expansion.ts"
import { KnownBuilds } from "./KnownBuilds.ts"
import { Plans } from "./Plans.ts"
import * as Source from "./Source.ts"
import { isScratchOnly, scratchOnly, StreamSettings } from "./StreamSettings.ts"
import { conflict, invalid, malformed, type SubmissionRefused } from "./SubmissionRefused.ts"
import type { SubmissionRequest } from "./SubmissionRequest.ts"
import * as SubmissionRules from "./SubmissionRules.ts"
import { SubmissionSettings } from "./SubmissionSettings.ts"

export interface Submitted {
  readonly id: number
  /** Whether it began with this submission, rather than being there before. */
  readonly isNew: boolean
}

/** One build that a submission would come to. */
export interface Previewed {
  readonly outcome: "new" | "resumed" | "exists"
  /** Of the build that is there already. */
  readonly id: number | undefined
  readonly plan: ModulePlan
}

export interface Interface {
  /** What the same submission would come to; stores nothing. At least one build. */
  readonly preview: (
    request: SubmissionRequest
  ) => Effect.Effect<
    { readonly source: Source.Source; readonly builds: ReadonlyArray<Previewed> },
    SubmissionRefused | StoreUnavailable
  >
  /** The builds of the module, new ones and those that existed, in the order of their expansion; at least one. */
  readonly submit: (
    request: SubmissionRequest
  ) => Effect.Effect<ReadonlyArray<Submitted>, SubmissionRefused | StoreUnavailable>
}

/** What becomes of one build, decided before anything is stored. */
interface Decided {
  /** Of the build that exists. */
  readonly id: number
  readonly outcome: ResubmissionRule.Outcome
  readonly module: ExpandedModule
}

export class Submission
  extends Context.Service<Submission, Interface>()("@orch/server/modulebuilds/submission/Submission")
{
  static readonly layer: Layer.Layer<
    Submission,
    never,
    ModuleBuildEngine | SourceControl | Expansion | Plans | KnownBuilds | StreamSettings | SubmissionSettings
  > = Layer.effect(
    Submission,
    Effect.gen(function*() {
      const settings = yield* SubmissionSettings
      const streamSettings = yield* StreamSettings
      const engine = yield* ModuleBuildEngine
      const scm = yield* SourceControl
      const expansion = yield* Expansion
      const plans = yield* Plans
      const builds = yield* KnownBuilds

      /** The build to take components from, as an id. */
      const reusedId = Effect.fnUntraced(function*(identifier: number | string | undefined) {
        if (identifier === undefined) return undefined
        const [name = "", stream = "", version = "", context = ""] = String(identifier).split(":")
        const found = typeof identifier === "number"
          ? yield* builds.byId(identifier)
          : /^\d{1,20}$/.test(version)
          ? yield* builds.byIdentity({ name, stream, version: BigInt(version), context })
          : undefined
        const parameter = "The module in the parameter \"reuse_components_from\""
        if (found === undefined) return yield* malformed(`${parameter} could not be found`)
        return found.state === "ready" ? found.id : yield* malformed(`${parameter} must be in the ready state`)
      })

      /** By the rules of resubmission, or for those who only ask what there is: a failed build is no longer in the way. */
      const outcomeOf = Effect.fnUntraced(function*(module: ExpandedModule, request: SubmissionRequest) {
        const scratchContexts = request.scratch ? yield* builds.scratchContexts(module) : []
        const found = request.scratch ? undefined : yield* builds.byIdentity(module)
        const isOver = found?.state === "failed" || found?.state === "garbage"
        const existing = found === undefined || (request.existing === "answer" && isOver) ? undefined : found
        const outcome = ResubmissionRule.decide(
          request,
          module.context,
          existing === undefined ? undefined : { ...existing, trace: [] },
          scratchContexts
        )
        return { id: existing?.id ?? 0, outcome }
      })

      const decide = Effect.fnUntraced(
        function*(
          module: ExpandedModule,
          request: SubmissionRequest,
          branch: string | undefined
        ): Effect.fn.Return<Decided, SubmissionRefused | StoreUnavailable> {
          const { id, outcome } = yield* outcomeOf(module, request)
          if (outcome._tag === "Refuse") return yield* invalid(outcome.message)
          if (outcome._tag !== "Create") return { id, outcome, module }
          if (!request.scratch && isScratchOnly(streamSettings, branch)) return yield* invalid(scratchOnly)
          if (!settings.allowDashes) yield* Effect.fromResult(DocumentRules.refuseDashes(module))
          return { id, outcome, module: { ...module, context: `${module.context}${outcome.contextSuffix}` } }
        }
      )

      const begin = (plan: ModulePlan, first: number | undefined, owner: string) =>
        engine.submit(first === undefined ? plan : { ...plan, sibling: first }, owner).pipe(
          Effect.map(({ state }): Submitted => ({ id: state.id, isNew: true })),
          // Somebody else submitted the same at the same moment.
          Effect.catchTag("ProcessExists", ({ id }) => Effect.succeed({ id, isNew: false }))
        )

      const resume = (id: number, owner: string) =>
        engine.resume(id, owner).pipe(
          Effect.as({ id, isNew: false }),
          Effect.catchTag("IllegalTransition", ({ message }) => Effect.fail(conflict(message))),
          Effect.catchTag("ProcessNotFound", Effect.die)
        )

      return Submission.of({
        preview: Effect.fn("Submission.preview")(function*(request) {
          yield* Effect.fromResult(SubmissionRules.check(request, settings))
          const reuse = yield* reusedId(request.reuseComponentsFrom)
          const source = Source.rebuilt(yield* Source.fetch(scm, request.source, settings), request.rebuildAt)
          const builds: Array<Previewed> = []
          for (const expanded of yield* expansion.expand(source, request)) {
            const here = yield* Effect.forEach(expanded.expanded, (one) => decide(one, request, source.branch))
            const made = yield* plans.make(here.map(({ module }) => module), expanded, source, request, reuse)
            for (const [index, { id, outcome }] of here.entries()) {
              builds.push({ outcome: foreseen(outcome), id: id === 0 ? undefined : id, plan: made[index]! })
            }
          }
          return { source, builds }
        }),
        submit: Effect.fn("Submission.submit")(function*(request) {
          yield* Effect.fromResult(SubmissionRules.check(request, settings))
          const reuse = yield* reusedId(request.reuseComponentsFrom)
          const source = Source.rebuilt(yield* Source.fetch(scm, request.source, settings), request.rebuildAt)
          const decided: Array<Decided> = []
          const planned = new Map<ExpandedModule, ModulePlan>()
          for (const expanded of yield* expansion.expand(source, request)) {
            const here = yield* Effect.forEach(expanded.expanded, (one) => decide(one, request, source.branch))
            const anew = here.flatMap(({ module, outcome }) => outcome._tag === "Create" ? [module] : [])
            if (anew.length > 0) {
              const made = yield* plans.make(anew, expanded, source, request, reuse)
              for (const [index, module] of anew.entries()) planned.set(module, made[index]!)
            }
            decided.push(...here)
          }
          const last = decided.at(-1)?.outcome
          if (last?._tag === "Skip" && request.existing === "resume" && decided.every(isSkipped)) {
            return yield* conflict(ResubmissionRule.allSkipped(stateNumber[last.state]))
          }
          const submitted: Array<Submitted> = []
          for (const { id, module, outcome } of decided) {
            submitted.push(
              outcome._tag === "Create"
                ? yield* begin(planned.get(module)!, submitted[0]?.id, request.owner)
                : outcome._tag === "Resume"
                ? yield* resume(id, request.owner)
                : { id, isNew: false }
            )
          }
          return submitted
        })
      })
    })
  )
}

const foreseen = ({ _tag }: ResubmissionRule.Outcome): Previewed["outcome"] =>
  _tag === "Create" ? "new" : _tag === "Resume" ? "resumed" : "exists"

const isSkipped = ({ outcome }: Decided): boolean => outcome._tag === "Skip"
