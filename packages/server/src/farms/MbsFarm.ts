/** Module builds that a Module Build Service owns: whole modules are handed over, and what comes out stays there. */
import { Publisher } from "@orch/core/engine/modulebuild/Publisher"
import { BuildSystem } from "@orch/core/ports/BuildSystem"
import { RepositoryHostError } from "@orch/core/ports/RepositoryHost"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as MbsBuildSystem from "../mbsfarm/MbsBuildSystem.ts"
import type { Values as MbsFarmSettings } from "../mbsfarm/MbsFarmSettings.ts"
import { ModuleLocations } from "./ModuleLocations.ts"

/** The settings say too little. */
export class MbsFarmUnusable extends Data.TaggedError("MbsFarmUnusable")<{ readonly message: string }> {}

/** Nobody asks: a farm that owns module builds publishes what it built. */
const publisher = Layer.succeed(Publisher, {
  publish: () =>
    Effect.fail(
      new RepositoryHostError({
        reason: "rejected",
        operation: "publish",
        message: "a Module Build Service publishes what it built"
      })
    )
})

/** The farm of these settings. */
export const layer = (config: MbsFarmSettings & { readonly platforms: ReadonlyArray<string> }) =>
  Layer.mergeAll(
    Layer.effect(
      BuildSystem,
      Effect.gen(function*() {
        if (config.mbsFarmUrl !== "") return yield* MbsBuildSystem.make(config)
        return yield* new MbsFarmUnusable({
          message:
            "ORCH_BUILD_SYSTEM is mbs, and ORCH_MBS_FARM_URL does not say where that is: set it to the root of the "
            + "Module Build Service, such as https://mbs.example.org"
        })
      })
    ),
    publisher,
    Layer.succeed(ModuleLocations, { of: ({ progress: { published } }) => published?.url })
  )
