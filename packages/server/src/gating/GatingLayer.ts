/** The gates that this server runs itself, and which gate module builds are held to. */
import { Gate } from "@orch/core/ports/Gate"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { BoundWaivers } from "./BoundWaivers.ts"
import * as DecisionNews from "./DecisionNews.ts"
import { GateDecisions } from "./GateDecisions.ts"
import { GateQuestions } from "./GateQuestions.ts"
import * as GatingConfig from "./GatingConfig.ts"
import * as GatingFiles from "./GatingFiles.ts"
import type { Values } from "./GatingSettings.ts"
import * as GreenwaveGate from "./GreenwaveGate.ts"
import * as ModuleCheckRuns from "./ModuleCheckRuns.ts"
import * as OwnGate from "./OwnGate.ts"
import * as SetPromotions from "./SetPromotions.ts"
import { TestResults } from "./TestResults.ts"
import { Waivers } from "./Waivers.ts"

/** What the settings and the directory of the gates say. */
export const config = ({ gatingDirectory, gatingRemoteRules, waiverSuperusers }: Values) =>
  Layer.effect(
    GatingConfig.GatingConfig,
    Effect.map(
      gatingDirectory === undefined ? Effect.succeed(GatingConfig.none) : GatingFiles.read(gatingDirectory),
      (found) => ({ ...GatingConfig.none, ...found, remoteRules: gatingRemoteRules, superusers: waiverSuperusers })
    )
  )

/** Decisions are announced when they change; those about module builds where their gate decides, this server or another service. */
const news = (
  { greenwaveContext, greenwaveProductVersions, greenwaveSubjectType, greenwaveUrl }: Values
) => {
  const moduleContext = greenwaveContext === "" ? undefined : greenwaveContext
  return DecisionNews.layer(
    greenwaveUrl === undefined
      ? { moduleContext }
      : {
        moduleContext,
        external: GreenwaveGate.decisions({
          url: greenwaveUrl,
          decisionContext: greenwaveContext,
          subjectType: greenwaveSubjectType,
          productVersions: greenwaveProductVersions
        })
      }
  )
}

/** Finished modules are checked unless the settings say otherwise. */
const checks = ({ checkModules, checkRepositories, greenwaveSubjectType }: Values) =>
  checkModules
    ? ModuleCheckRuns.layer({ repositories: checkRepositories, subjectType: greenwaveSubjectType })
    : Layer.empty

/** What goes on beside questions: decisions are announced, modules checked, sets promoted. */
export const work = (values: Values) => Layer.mergeAll(news(values), checks(values), SetPromotions.layer)

/** Results, waivers and decisions. */
export const layer = Layer.merge(GateDecisions.layer, BoundWaivers.layer).pipe(
  Layer.provideMerge(Layer.mergeAll(TestResults.layer, Waivers.layer, GateQuestions.layer))
)

/** The gate of module builds: another service, else this server's own policies, else everything may pass. */
export const gate = (
  {
    gatingDirectory,
    greenwaveContext,
    greenwaveInterval,
    greenwaveProductVersions,
    greenwaveSubjectType,
    greenwaveUrl
  }: Values
): Layer.Layer<never, never, GateDecisions> => {
  const common = {
    decisionContext: greenwaveContext,
    subjectType: greenwaveSubjectType,
    productVersions: greenwaveProductVersions,
    retryAfter: greenwaveInterval
  }
  if (greenwaveUrl !== undefined) return GreenwaveGate.layer({ ...common, url: greenwaveUrl })
  return gatingDirectory === undefined || greenwaveContext === ""
    ? Layer.empty
    : Layer.effect(Gate, OwnGate.make(common))
}
