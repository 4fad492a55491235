/** The signing as a life: what the engine and the stores are given to sign builds. */
import * as Schema from "effect/Schema"
import type { Life } from "../life/Life.ts"
import { assemble, Progress, SignedPackage, type Signing, SigningPlan, unborn } from "./Signing.ts"
import { SigningCommand, SigningEvent } from "./SigningEvent.ts"
import { decide } from "./SigningTransition.ts"

/** The type of `signingLife`. */
export type SigningLife = Life<"signing", SigningPlan, Progress, SignedPackage, Signing, SigningEvent, SigningCommand>

/** Requests to sign: their parts are packages. A build is signed with one key once at a time. */
export const signingLife: SigningLife = {
  name: "signing",
  codecs: {
    plan: Schema.toCodecJson(SigningPlan),
    progress: Schema.toCodecJson(Progress),
    part: Schema.toCodecJson(SignedPackage),
    event: Schema.toCodecJson(SigningEvent),
    command: Schema.toCodecJson(SigningCommand)
  },
  unborn,
  assemble,
  take: ({ id: _, packages, plan, ...progress }) => ({ plan, progress, part: (name) => packages.get(name) }),
  idOf: ({ id }) => id,
  stateOf: ({ state }) => state,
  modifiedAt: ({ modifiedAt }) => modifiedAt,
  place: ({ plan, state }) => state === "failed" ? undefined : `${plan.build}/${plan.key.id}`,
  decide,
  rejected: (command, reason, at) => ({ _tag: "CommandRejected", at, command, reason })
}
