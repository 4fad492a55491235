/** The build system of an installation whose module builds a Module Build Service owns. */
import type { Condition } from "@orch/core/ports/BuildSystem"
import * as ModuleBuildSystem from "@orch/core/ports/ModuleBuildSystem"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as MbsCalls from "./MbsCalls.ts"
import type { Values } from "./MbsFarmSettings.ts"
import { MbsMessages } from "./MbsMessages.ts"
import * as MbsModuleFarm from "./MbsModuleFarm.ts"

/** Milliseconds that an answer may take. */
const timeout = 30_000
/** The same where somebody waits to hear how it is. */
const soon = 3000

/** How it is; one that has said nothing for `silent` milliseconds is asked. */
const conditions = (calls: MbsCalls.MbsCalls) =>
  Effect.fnUntraced(function*(silent: number): Effect.fn.Return<ReadonlyArray<Condition>> {
    const now = yield* Clock.currentTimeMillis
    if (calls.known().heardAt <= now - silent) {
      yield* Effect.ignore(
        calls.call("conditions", { method: "GET", path: "/module-build-service/2/about/" }, soon)
      )
    }
    const { away, locked } = calls.known()
    const waiting = away ?? locked
    return [{
      system: calls.system,
      available: waiting === undefined,
      ...(waiting === undefined ? {} : {
        waiting,
        advice: away === undefined
          ? "Put a token that counts into the file of ORCH_MBS_FARM_TOKEN_FILE; module builds then go on by themselves."
          : "Module builds go on when it answers again; what it built meanwhile is found."
      }),
      remarks: []
    }]
  })

/** The build system of these settings. */
export const make = Effect.fnUntraced(function*(config: Values & { readonly platforms: ReadonlyArray<string> }) {
  const calls = MbsCalls.make({ url: config.mbsFarmUrl, tokenFile: config.mbsFarmTokenFile, timeout })
  const { stream } = yield* MbsMessages
  const modules = MbsModuleFarm.make({
    calls,
    submits: config.mbsFarmSubmits,
    interval: config.mbsFarmInterval,
    hints: stream
  })
  return ModuleBuildSystem.make(
    { name: calls.system, arches: config.mbsFarmArches, platforms: config.platforms, hints: true, bulk: modules.bulk },
    modules,
    conditions(calls)
  )
})
