/** All that messages of brokers may be about, except build systems, which bring their own. The first one that knows a topic gets the message. */
import * as Effect from "effect/Effect"
import * as CiMessages from "./CiMessages.ts"
import * as ComposeMessages from "./ComposeMessages.ts"
import * as DistGitMessages from "./DistGitMessages.ts"
import * as GateMessages from "./GateMessages.ts"
import * as OrchMessages from "./OrchMessages.ts"

/** The handlers, in their order. */
export const handlers = (
  config: {
    readonly rpmsRepository: string
    readonly modulesRepository: string
    readonly greenwaveSubjectType: string
  }
) =>
  Effect.all([
    DistGitMessages.make({ rpms: config.rpmsRepository, modules: config.modulesRepository }),
    CiMessages.make,
    ComposeMessages.make,
    GateMessages.make(config),
    OrchMessages.make(config)
  ])
