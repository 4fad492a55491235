/** A build system whose calls are spans of a trace, named after the farm: `koji.submit`. */
import * as Effect from "effect/Effect"
import type { Interface } from "../BuildSystem.ts"
import * as BuildSystemCalls from "./BuildSystemCalls.ts"

/** The same build system; what fails ends its span as failed. */
export const traced = (system: Interface): Interface =>
  BuildSystemCalls.around(system, (operation, call) => {
    const { name } = system.capabilities
    return Effect.withSpan(call, `${name}.${operation}`, { attributes: { farm: name, operation } })
  })
